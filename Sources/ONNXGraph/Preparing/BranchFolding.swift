import ONNXFormat

/// Replaces each If whose condition is known by the nodes of the branch it takes: exporters write
/// some that ask for nothing but a shape.
struct BranchFolding {
  /// The most nodes looked at in all rounds together: a folded branch may hold the next condition.
  private static let budget = 1 << 20

  /// Folds what can be, round by round.
  static func apply(to model: inout ModelProto, inputShapes: [String: [Int]]) {
    var left = budget
    while left > 0, model.graph.node.contains(where: \.isBranch) {
      left -= model.graph.node.count
      let facts = Graph(model, inputShapes: inputShapes).facts
      guard fold(&model.graph, facts) else { return }
    }
  }

  /// One round; false where nothing was folded.
  private static func fold(_ graph: inout GraphProto, _ facts: [String: ValueFacts]) -> Bool {
    var names = NameScope(of: graph)
    var nodes: [NodeProto] = []
    var isFolded = false
    for node in graph.node {
      guard node.isBranch, let condition = node.input(at: 0), let known = facts[condition]?.truth,
        let branch = node.attribute(known ? "then_branch" : "else_branch"), branch.hasG,
        branch.g.output.count >= node.output.count, branch.g.input.isEmpty
      else {
        nodes.append(node)
        continue
      }
      isFolded = true
      nodes += taken(branch.g, by: node, &graph, &names)
    }
    graph.node = nodes
    return isFolded
  }

  /// A branch's nodes, its weights put among the graph's, making what the If made.
  private static func taken(
    _ branch: GraphProto, by node: NodeProto, _ graph: inout GraphProto, _ names: inout NameScope
  ) -> [NodeProto] {
    var renamed: [String: String] = [:]
    let made = Set(branch.node.flatMap(\.output))
    var copies: [(from: String, to: String)] = []
    for (result, name) in zip(branch.output.map(\.name), node.output) where !name.isEmpty {
      if made.contains(result), renamed[result] == nil {
        renamed[result] = name
      } else {
        copies.append((result, name))
      }
    }
    for name in Set(branch.madeNames).sorted() where !name.isEmpty && renamed[name] == nil {
      let own = names.kept(name)
      if own != name { renamed[name] = own }
    }
    var branch = branch
    branch.rename(renamed)
    graph.initializer += branch.initializer
    for index in branch.node.indices where !branch.node[index].name.isEmpty {
      let name = branch.node[index].name
      if !branch.node[index].output.contains(name) { branch.node[index].name = names.kept(name) }
    }
    return branch.node
      + copies.map { NodeProto("Identity", [renamed[$0.from] ?? $0.from], [$0.to], name: $0.to) }
  }
}

extension NodeProto {
  /// Whether the node chooses between two graphs.
  fileprivate var isBranch: Bool { isStandard && opType == "If" }
}

extension ValueFacts {
  /// The one truth value that a condition is known to hold.
  fileprivate var truth: Bool? {
    guard let integers, integers.count == 1, let value = integers[0].value else { return nil }
    return value != 0
  }
}
