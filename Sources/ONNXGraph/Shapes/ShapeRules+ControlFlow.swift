import ONNXFormat

extension ShapeRules {
  /// Operators that hold graphs: what these declare of their results.
  static let controlFlow: [String: ShapeRule] = [
    "If": { question in
      let branches = ["then_branch", "else_branch"].map { results(of: $0, question, after: 0) }
      return zip(branches[0], branches[1]).map { yes, no in
        ValueFacts(
          type: yes.type == no.type ? yes.type : nil, shape: yes.shape == no.shape ? yes.shape : nil
        )
      }
    },
    // Values carried from round to round keep their type, not always their shape; what is
    // collected gets one axis more.
    "Loop": { results(of: "body", $0, after: 1).map { ValueFacts(type: $0.type) } },
    "Scan": { results(of: "body", $0, after: 0).map { ValueFacts(type: $0.type) } },
  ]

  private static func results(
    of name: String, _ question: ShapeQuestion, after first: Int
  ) -> [ValueFacts] {
    guard let graph = question.node.attribute(name), graph.hasG else { return [] }
    return graph.g.output.dropFirst(first).map { ValueFacts(declared: $0, batchName: nil).bounded }
  }
}
