import ONNXFormat

/// The module paths found in a graph and the value each of them hands out.
struct ModuleTree: Sendable {
  /// The value a module path stands for: the last on the path that leaves the module's nodes.
  private let outputs: [String: String]
  /// A module's children in order of appearance; those of the empty path are the outermost.
  private let children: [String: [String]]
  /// Module paths by the value they stand for, outermost first.
  private let pathsByValue: [String: [String]]
  /// Module paths by their last part.
  private let pathsByLastPart: [String: [String]]

  /// Collects the modules of the nodes on a path.
  init(_ graph: Graph, _ path: FloatPath) {
    let modules = ModulePaths(of: graph.nodes).ofNode
    let around = modules.map(Set.init)
    let results = Set(graph.outputs.map(\.name))
    var outputs: [String: String] = [:]
    var children: [String: [String]] = [:]
    var known: [String] = []
    var seen: Set<String> = []
    for index in path.nodes {
      for module in modules[index] where seen.insert(module).inserted {
        known.append(module)
        children[Self.parent(of: module), default: []].append(module)
      }
      for value in graph.nodes[index].output where path.values.contains(value) {
        for module in modules[index] {
          let leaves = (graph.consumers[value] ?? []).contains { !around[$0].contains(module) }
          if leaves || results.contains(value) { outputs[module] = value }
        }
      }
    }
    self.outputs = outputs
    self.children = children
    pathsByValue = Dictionary(grouping: outputs.keys) { outputs[$0] ?? "" }
      .mapValues { $0.sorted { ($0.count, $0) < ($1.count, $1) } }
    pathsByLastPart = Dictionary(grouping: known) { Self.lastPart(of: $0) }
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

  private static func parent(of module: String) -> String {
    module.lastIndex(of: ".").map { String(module[..<$0]) } ?? ""
  }

  private static func lastPart(of module: String) -> String {
    module.lastIndex(of: ".").map { String(module[module.index(after: $0)...]) } ?? module
  }
}

// MARK: - Reading a written path

extension ModuleTree {
  /// The module that a written path means: `layer4.2`, `layer4[-1]`, `blocks[0].norm1`.
  ///
  /// An index, in brackets or as a part of its own, counts the children with numbers for names,
  /// from the end where it is negative; a module without such children counts all of them in
  /// order of appearance.
  ///
  /// - Parameter anywhere: whether the path may begin below other modules, as where a wrapper
  ///   puts `module.` before every name.  The outermost such place counts, if it is only one.
  func resolve(_ path: WrittenPath, anywhere: Bool = false) -> String? {
    if !anywhere { return follow(path.parts[...], from: "") }
    guard case .name(let first) = path.parts.first else { return nil }
    let found = Dictionary(
      grouping: (pathsByLastPart[first] ?? []).compactMap {
        follow(path.parts.dropFirst(), from: $0)
      }
    ) { $0.utf8.count { $0 == UInt8(ascii: ".") } }
    guard let outermost = found.min(by: { $0.key < $1.key })?.value else { return nil }
    return outermost.count == 1 ? outermost[0] : nil
  }

  private func follow(_ parts: ArraySlice<WrittenPath.Part>, from start: String) -> String? {
    var module = start
    for part in parts {
      switch part {
      case .name(let name):
        let child = module.isEmpty ? name : "\(module).\(name)"
        if isKnown(child) {
          module = child
        } else if let index = Int(name), let child = self.child(of: module, at: index) {
          module = child
        } else {
          return nil
        }
      case .index(let index):
        guard let child = child(of: module, at: index) else { return nil }
        module = child
      }
    }
    return module.isEmpty || !isKnown(module) ? nil : module
  }

  private func isKnown(_ module: String) -> Bool {
    outputs[module] != nil || children[module] != nil
  }

  private func child(of module: String, at index: Int) -> String? {
    let all = children[module] ?? []
    let numbered = all.compactMap { path in
      Int(Self.lastPart(of: path)).map { (number: $0, path: path) }
    }.sorted { $0.number < $1.number }
    if index >= 0, let named = numbered.first(where: { $0.number == index }) { return named.path }
    if numbered.isEmpty, module.isEmpty { return nil }
    let ordered = numbered.isEmpty ? all : numbered.map(\.path)
    let place = index < 0 ? index + ordered.count : index
    return ordered.indices.contains(place) ? ordered[place] : nil
  }
}
