import ONNXFormat

/// Where a node stands in the PyTorch module tree, as its exporter wrote it down.
///
/// The TorchScript exporter names nodes by path, `/layer4/layer4.2/relu_2/Relu`; the dynamo
/// exporter lists the enclosing modules in the metadata entry `pkg.torch.onnx.name_scopes`.
enum ModulePath {
  /// The longest name that is read as a path; a hostile one would cost its square.
  private static let lengthLimit = 4096

  /// The enclosing module paths, outermost first: `layer4`, `layer4.2`, `layer4.2.relu_2`.
  static func scopes(of node: NodeProto) -> [String] {
    if let listed = node.metadataProps.first(where: { $0.key == "pkg.torch.onnx.name_scopes" }) {
      return listed.value.utf8.count > 4 * lengthLimit
        ? [] : printedList(listed.value).dropLast().filter { !$0.isEmpty }
    }
    guard node.name.hasPrefix("/"), node.name.utf8.count <= lengthLimit else { return [] }
    let parts = node.name.split(separator: "/").dropLast()
    var path = ""
    return parts.map { part in
      let last = part.split(separator: ".").last.map(String.init) ?? String(part)
      path = path.isEmpty ? last : "\(path).\(last)"
      return path
    }
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
