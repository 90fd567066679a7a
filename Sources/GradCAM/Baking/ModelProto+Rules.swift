import ONNXFormat

// The rules of the format that a writer can break: what a checker looks at before it looks at single
// operators, which the runtime checks when it loads the file.

extension ModelProto {
  /// What is wrong with the file, in words; nil where nothing is.
  var firstFault: String? {
    var imported: Set<String> = []
    for opset in opsetImport {
      let domain = opset.domain == "ai.onnx" ? "" : opset.domain
      guard imported.insert(domain).inserted else { return "it imports '\(domain)' twice" }
      guard opset.version > 0 else { return "it imports version \(opset.version) of a domain" }
    }
    guard imported.contains("") else { return "it imports no standard operator set" }
    if let domain = graph.domains.subtracting(imported).sorted().first {
      return "it does not import domain '\(domain)'"
    }
    var keys: Set<String> = []
    for entry in metadataProps where !keys.insert(entry.key).inserted {
      return "its metadata has '\(entry.key)' twice"
    }
    if irVersion < 4 {
      let inputs = Set(graph.input.map(\.name))
      if let stored = graph.initializer.first(where: { !inputs.contains($0.name) }) {
        return "initializer '\(stored.name)' is no input, as format \(irVersion) wants"
      }
    }
    return graph.firstFault(outside: [])
  }
}

extension GraphProto {
  /// What is wrong with the graph or one within.
  ///
  /// - Parameter outer: the names that a graph within may read and must not give again.
  fileprivate func firstFault(outside outer: Set<String>) -> String? {
    guard !name.isEmpty || !outer.isEmpty else { return "its graph has no name" }
    var known = outer
    for value in input where !known.insert(value.name).inserted {
      return "input '\(value.name)' has the name of another value"
    }
    let inputs = Set(input.map(\.name))
    var stored: Set<String> = []
    for tensor in initializer {
      guard !tensor.name.isEmpty else { return "an initializer has no name" }
      guard stored.insert(tensor.name).inserted,
        inputs.contains(tensor.name) || known.insert(tensor.name).inserted
      else { return "initializer '\(tensor.name)' has the name of another value" }
    }
    for node in node {
      if let missing = node.input.first(where: { !$0.isEmpty && !known.contains($0) }) {
        return "node '\(node.name)' reads '\(missing)', which nothing before it gives"
      }
      for inner in node.attribute.flatMap({ ($0.hasG ? [$0.g] : []) + $0.graphs }) {
        if let fault = inner.firstFault(outside: known) { return fault }
      }
      for value in node.output where !value.isEmpty {
        guard known.insert(value).inserted else { return "'\(value)' is given twice" }
      }
    }
    for value in output where !known.contains(value.name) {
      return "nothing gives output '\(value.name)'"
    }
    guard Set(output.map(\.name)).count == output.count else { return "an output is listed twice" }
    return nil
  }
}
