import ONNXGraph

extension RuleTable {
  /// The table as a document: every operator with its gradient.
  package var markdown: String {
    let flowing = rules.filter { if case .pullback = $0.state { true } else { false } }
    let constant = rules.filter { if case .constant = $0.state { true } else { false } }
    let lines =
      [
        "# Operators",
        "",
        "Written from the rule table; a test compares the two.",
        "",
        "## With a gradient",
        "",
        "x and y are a node's first input and output, dy and dx their cotangents. An input that was",
        "broadcast gets the sum over its copies.",
        "",
        "| operator | gradient |",
        "|---|---|",
      ] + flowing.map(\.row)
      + [
        "", "## Without a derivative", "",
        "Their outputs step or count; no cotangent flows through them.", "",
        "| operator | because it gives |", "|---|---|",
      ] + constant.map(\.row)
      + [
        "", "## Known beside the path", "",
        "Shapes follow through these, so they may stand where no gradient flows; on the way from",
        "the layer to the logits they are refused.", "",
      ] + Self.wrapped(ShapeInference.table.keys.filter { rows[$0] == nil }.sorted())
      + [
        "", "## All others", "",
        "An operator of another name or domain is refused where it lies between the layer and the",
        "logits, with its name and the nearest layer after it that can be explained.",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Names with commas between them, in lines of at most a hundred characters.
  private static func wrapped(_ names: [String]) -> [String] {
    var lines: [String] = []
    for name in names {
      if let last = lines.last, last.count + name.count < 97 {
        lines[lines.count - 1] = "\(last), \(name)"
      } else {
        lines.append("- \(name)")
      }
    }
    return lines
  }
}

extension GradientRule {
  /// The row of the document.
  fileprivate var row: String {
    "| \(operatorName) | \(summary.replacing("|", with: "\\|")) |"
  }
}
