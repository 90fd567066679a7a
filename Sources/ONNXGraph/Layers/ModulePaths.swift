import ONNXFormat

/// Which modules enclose each node of a graph.
struct ModulePaths {
  /// For each node, the paths of all modules around it, an outer one before an inner one.
  let ofNode: [[String]]

  /// Reads the paths of all nodes.
  init(of nodes: [NodeProto]) {
    let read = nodes.map { node in
      NamingStyle.all.lazy.map { (style: $0, chains: $0.chains(node)) }
        .first { !$0.chains.isEmpty }
    }
    let wrapping = Wrapping(
      of: read.compactMap { $0 }.filter(\.style.dropsSharedScopes).flatMap(\.chains))
    ofNode = read.map { found in
      guard let found else { return [] }
      var modules: [String] = []
      for chain in found.chains {
        let kept = found.style.dropsSharedScopes ? chain.compactMap(wrapping.unwrapped) : chain
        for module in kept.flatMap(Self.ancestors) where !modules.contains(module) {
          modules.append(module)
        }
      }
      return modules
    }
  }

  /// A path and the lists of modules around it that are called by nobody and so leave no trace:
  /// `blocks` for `blocks.0`.
  private static func ancestors(of path: String) -> [String] {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > NamingStyle.depthLimit { return [path] }
    return parts.indices.map { parts[...$0].joined(separator: ".") }
  }
}

// MARK: - What stands around everything

/// What an exporter adds to every path: scopes around all layers, and a number after each layer's
/// name where the model was traced before.
private struct Wrapping {
  /// The longest path that all chains begin with.
  private let scope: String
  /// Whether each layer's name ends in a number that is not its own: `conv2d_1`, `conv2d_1_2`.
  private let isNumbered: Bool

  init(of chains: [[String]]) {
    var common = chains.first?[...] ?? []
    for chain in chains {
      common = common.prefix(zip(common, chain).prefix { $0 == $1 }.count)
    }
    let scope = common.last ?? ""
    let endings = chains.compactMap { chain in
      chain.dropFirst(common.count).first.map { Self.number(after: Self.below(scope, $0)) }
    }
    self.scope = scope
    isNumbered =
      !endings.contains("") && 2 * endings.count { $0 == endings.first } > endings.count
  }

  /// A path without what was added to it; nil for one that is nothing else.
  func unwrapped(_ path: String) -> String? {
    guard path.count > scope.count else { return nil }
    let inside = Self.below(scope, path)
    let layer = inside.prefix { $0 != "." }
    let name = isNumbered ? layer.dropLast(Self.number(after: layer).count) : layer
    return String(name) + inside.dropFirst(layer.count)
  }

  private static func below(_ scope: String, _ path: String) -> Substring {
    scope.isEmpty ? path[...] : path.dropFirst(scope.count + 1)
  }

  /// The `_1` that a layer's name ends in; empty where it ends in none.
  private static func number(after layer: Substring) -> Substring {
    guard let line = layer.lastIndex(of: "_"), line > layer.startIndex else { return "" }
    let tail = layer[line...]
    return tail.count > 1 && tail.dropFirst().allSatisfy(\.isNumber) ? tail : ""
  }
}
