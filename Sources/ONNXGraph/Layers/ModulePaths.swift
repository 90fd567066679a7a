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
    let shared = Self.shared(
      by: read.compactMap { $0 }.filter(\.style.dropsSharedScopes).flatMap(\.chains))
    ofNode = read.map { found in
      guard let found else { return [] }
      var modules: [String] = []
      for chain in found.chains {
        for path in found.style.dropsSharedScopes ? Self.dropping(shared, from: chain) : chain {
          for module in Self.ancestors(of: path) where !modules.contains(module) {
            modules.append(module)
          }
        }
      }
      return modules
    }
  }

  /// The longest path that stands around every chain's last scope.
  private static func shared(by chains: [[String]]) -> String {
    guard var common = chains.first?.dropLast() else { return "" }
    for chain in chains {
      let length = zip(common, chain.dropLast()).prefix { $0 == $1 }.count
      common = common.prefix(length)
    }
    return common.last ?? ""
  }

  /// A chain without the scopes around everything.
  private static func dropping(_ shared: String, from chain: [String]) -> [String] {
    guard !shared.isEmpty else { return chain }
    return chain.compactMap { path in
      path.hasPrefix(shared + ".") ? String(path.dropFirst(shared.count + 1)) : nil
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
