import ONNXFormat

/// The module paths found in a graph and the value each of them hands out.
struct ModuleTree: Sendable {
  /// The value a module path stands for: the last on the path that leaves the module's nodes.
  private let outputs: [String: String]
  /// A module's children in order of appearance.
  private let children: [String: [String]]
  /// Module paths by the value they stand for, outermost first.
  private let pathsByValue: [String: [String]]

  /// Collects the modules of the nodes on a path.
  init(_ graph: Graph, _ path: FloatPath) {
    let scopes = Dictionary(
      uniqueKeysWithValues: graph.nodes.indices.map { ($0, ModulePath.scopes(of: graph.nodes[$0])) }
    )
    let results = Set(graph.outputs.map(\.name))
    var outputs: [String: String] = [:]
    var children: [String: [String]] = [:]
    var known: Set<String> = []
    for index in path.nodes {
      let enclosing = scopes[index] ?? []
      var parent = ""
      for module in enclosing {
        if known.insert("\(parent)\n\(module)").inserted {
          children[parent, default: []].append(module)
        }
        parent = module
        for value in graph.nodes[index].output where path.values.contains(value) {
          let readers = graph.consumers[value] ?? []
          let leaves = readers.contains { !(scopes[$0] ?? []).contains(module) }
          if leaves || results.contains(value) { outputs[module] = value }
        }
      }
    }
    self.outputs = outputs
    self.children = children
    pathsByValue = Dictionary(grouping: outputs.keys) { outputs[$0] ?? "" }
      .mapValues { $0.sorted { ($0.count, $0) < ($1.count, $1) } }
  }

  /// The module paths whose output is a value, outermost first.
  func paths(endingAt value: String) -> [String] { pathsByValue[value] ?? [] }

  /// The value a module hands out.
  func output(of module: String) -> String? { outputs[module] }

  /// Module paths, and the `parent[-1]` spelling of last children.
  var spelledPaths: [String] {
    outputs.keys.sorted()
      + children.filter { !$0.key.isEmpty }.keys.sorted().map { "\($0)[-1]" }
  }

  /// The module that a written path means: `layer4.2`, `layer4[-1]`, `blocks[0].norm1`.
  ///
  /// An index counts the children with numbers for names, from the end where it is negative; a
  /// module without such children counts all of them in order of appearance.
  func resolve(_ written: String) -> String? {
    var module = ""
    for part in written.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let name = pieces.first else { return nil }
      if !name.isEmpty {
        module = module.isEmpty ? String(name) : "\(module).\(name)"
      } else if pieces.count < 2 {
        return nil
      }
      for piece in pieces.dropFirst() {
        guard piece.hasSuffix("]"), let index = Int(piece.dropLast()),
          let child = child(of: module, at: index)
        else { return nil }
        module = child
      }
    }
    return outputs[module] != nil || children[module] != nil ? module : nil
  }

  private func child(of module: String, at index: Int) -> String? {
    let all = children[module] ?? []
    let numbered = all.compactMap { path in
      path.split(separator: ".").last.flatMap { Int($0) }.map { (number: $0, path: path) }
    }.sorted { $0.number < $1.number }
    if index >= 0, let named = numbered.first(where: { $0.number == index }) { return named.path }
    let ordered = numbered.isEmpty ? all : numbered.map(\.path)
    let place = index < 0 ? index + ordered.count : index
    return ordered.indices.contains(place) ? ordered[place] : nil
  }
}
