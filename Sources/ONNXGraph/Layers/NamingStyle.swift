import ONNXFormat

/// How a family of exporters writes down where a node stands among the layers people know.
///
/// | exporter | written as | read as |
/// |---|---|---|
/// | PyTorch, dynamo | metadata `['', 'layer4', 'layer4.2', 'relu_16']` | `layer4`, `layer4.2` |
/// | PyTorch, TorchScript | node `/layer4/layer4.2/relu_2/Relu` | … and `layer4.2.relu_2` |
/// | TensorFlow, Keras | value `model/conv5_block3_out/Relu:0` | `conv5_block3_out` |
/// | PyTorch before 1.10 | weight `features.4.weight` | `features.4` |
///
/// A new family is a new row of ``all``.
struct NamingStyle: Sendable {
  /// The paths of the enclosing modules that a node tells, each a chain from the outermost in;
  /// empty for a node of another style.
  let chains: @Sendable (NodeProto) -> [[String]]

  /// Whether scopes that enclose every node are left out: what a wrapper adds to each name.
  let dropsSharedScopes: Bool

  /// Every style; the first that tells something of a node counts.
  static let all: [NamingStyle] = [
    NamingStyle(chains: printedScopes, dropsSharedScopes: false),
    NamingStyle(chains: pathFromRoot, dropsSharedScopes: false),
    NamingStyle(chains: scopedNames, dropsSharedScopes: true),
    NamingStyle(chains: weightNames, dropsSharedScopes: false),
  ]
}

// MARK: - Reading one node

extension NamingStyle {
  /// The longest name that is read as a path, and the most modules in one: a hostile name would
  /// cost its square.
  private static let lengthLimit = 4096
  static let depthLimit = 64

  /// The metadata entry `pkg.torch.onnx.name_scopes`, a printed list that ends in the node.
  private static func printedScopes(of node: NodeProto) -> [[String]] {
    let key = "pkg.torch.onnx.name_scopes"
    guard let listed = node.metadataProps.first(where: { $0.key == key }),
      listed.value.utf8.count <= 4 * lengthLimit
    else { return [] }
    return [printedList(listed.value).dropLast().prefix(depthLimit).filter { !$0.isEmpty }]
  }

  /// A node name such as `/layer4/layer4.2/relu_2/Relu`, whose parts repeat the list they stand
  /// in: `layer4.2` within `layer4` adds `2`, `blocks.0` outside of `blocks` adds both.
  private static func pathFromRoot(of node: NodeProto) -> [[String]] {
    guard node.name.hasPrefix("/"), node.name.utf8.count <= lengthLimit else { return [] }
    var path = ""
    let chain = node.name.split(separator: "/").dropLast().prefix(depthLimit).map { part in
      let cut = part.lastIndex(of: ".")
      let list = cut.map { part[..<$0] } ?? ""
      let repeats = path == list || path.hasSuffix(".\(list)")
      let added = cut.flatMap { repeats ? part[part.index(after: $0)...] : nil } ?? part
      path = path.isEmpty ? String(added) : "\(path).\(added)"
      return path
    }
    return [chain]
  }

  /// The scopes of a node's first value, of the node itself, and of a convolution's weights.
  /// They differ where a converter fused layers: then the value is the output of each.
  private static func scopedNames(of node: NodeProto) -> [[String]] {
    let weighted = ["Conv", "ConvTranspose", "Gemm"].contains(node.opType)
    let weights = weighted ? Array(node.input.dropFirst()) : []
    var found: [[String]] = []
    for name in [node.output.first ?? "", node.name] + weights {
      guard !name.hasPrefix("/"), name.utf8.count <= lengthLimit else { continue }
      let chain = name.split(separator: "/").dropLast().prefix(depthLimit).map(String.init)
      if !chain.isEmpty, !found.contains(chain) { found.append(chain) }
    }
    return found.map { parts in
      parts.indices.map { parts[...$0].joined(separator: ".") }
    }
  }

  /// The module whose weight a node reads; nodes without weights tell nothing.
  private static func weightNames(of node: NodeProto) -> [[String]] {
    let ending = ".weight"
    let weight = node.input.dropFirst().first { $0.hasSuffix(ending) }
    guard let weight, weight.utf8.count <= lengthLimit else { return [] }
    return [[String(weight.dropLast(ending.count))]]
  }

  /// Reads a printed list of quoted texts, `['', 'layer4', 'relu_16']`.
  private static func printedList(_ text: String) -> [String] {
    var items: [String] = []
    var current: String?
    var quote: Character = "'"
    for character in text {
      if let item = current {
        if character == quote {
          items.append(item)
          current = nil
        } else {
          current = item + String(character)
        }
      } else if character == "'" || character == "\"" {
        quote = character
        current = ""
      }
    }
    return items
  }
}
