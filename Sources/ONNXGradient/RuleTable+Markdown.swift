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
        "", "## Rectifiers", "",
        "Guided backpropagation and Deconvnet replace the gradient of activations that let through",
        "what is positive and hold back what is negative, and of these alone:", "",
      ] + Self.wrapped(Rectifier.activations.sorted())
      + [
        "- Clip from 0 on, as ReLU6 is, unless it clips x + 3 to 6, which is a gate; Max with 0",
        "- Softplus unless a Tanh reads it, as in Mish",
        "- Mul of x with a gate made of x, as exporters write Swish, HardSwish, Mish and Gelu out: one",
        "  factor grows with x, the other goes from 0 far below zero to a constant far above",
        "- com.microsoft.FusedConv and com.microsoft.FusedGemm with Relu, LeakyRelu or Clip from 0 on",
        "",
        "| rules | dx |", "|---|---|",
        "| guided backpropagation | f'(x) · ReLU(dy) · [y > 0]; for ReLU dy · [dy > 0] · [x > 0] |",
        "| Deconvnet | ReLU(dy), whatever x is |",
        "",
        "Sigmoid, Tanh, Softsign, Shrink and the activations within recurrences keep their derivative.",
        "Integers that saturate at zero are no activations.",
      ]
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
