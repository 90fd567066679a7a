extension NodeProto {
  /// A node of the standard operator set.
  package init(
    _ operatorName: String, _ inputs: [String], _ outputs: [String], name: String = "",
    attributes: [AttributeProto] = []
  ) {
    self.init()
    opType = operatorName
    input = inputs
    output = outputs
    if !name.isEmpty { self.name = name }
    attribute = attributes
  }

  /// Whether the operator belongs to the standard ONNX domain.
  package var isStandard: Bool { domain.isEmpty || domain == "ai.onnx" }

  /// The operator's name, after its domain where that is not the standard one, such as
  /// `com.microsoft.FusedConv`: what tables of operators are keyed by.
  package var qualifiedName: String { isStandard ? opType : "\(domain).\(opType)" }

  /// The attribute of that name, if the node has it.
  package func attribute(_ name: String) -> AttributeProto? {
    attribute.first { $0.name == name }
  }

  /// An integer attribute's value.
  package func int(_ name: String) -> Int? {
    attribute(name).flatMap { $0.hasI ? Int(exactly: $0.i) : nil }
  }

  /// A list of integers' value.
  package func ints(_ name: String) -> [Int]? {
    attribute(name).map { $0.ints.map { Int(truncatingIfNeeded: $0) } }
  }

  /// A float attribute's value.
  package func float(_ name: String) -> Float? {
    attribute(name).flatMap { $0.hasF ? $0.f : nil }
  }

  /// A list of floats' value.
  package func floats(_ name: String) -> [Float]? { attribute(name)?.floats }

  /// A text attribute's value.
  package func string(_ name: String) -> String? {
    attribute(name).map { String(decoding: $0.s, as: UTF8.self) }
  }

  /// A list of texts' value.
  package func texts(_ name: String) -> [String]? {
    attribute(name).map { $0.strings.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// The input at that position, or nil where it is left out.
  package func input(at index: Int) -> String? {
    input.indices.contains(index) && !input[index].isEmpty ? input[index] : nil
  }

  /// The output at that position, or nil where it is left out.
  package func output(at index: Int) -> String? {
    output.indices.contains(index) && !output[index].isEmpty ? output[index] : nil
  }
}
