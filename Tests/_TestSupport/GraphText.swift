package import ONNXFormat

/// Nodes from text, one a line:
///
///     h = Conv<kernel_shape=[3, 3], pads=[1, 1, 1, 1]>(x, w)
///     y = Relu(h)
///     a, b = Split<axis=1>(y)
///     z = com.microsoft.Gelu(a)  # a domain before the operator's name
///
/// An attribute is an integer, a float (with a point or an exponent), a text in double quotes, or
/// a list of one of them; an input that is left out is empty. Traps on anything else.
package func nodes(_ text: String) -> [NodeProto] {
  text.split(whereSeparator: \.isNewline)
    .map { $0.prefix { $0 != "#" } }
    .filter { !$0.allSatisfy(\.isWhitespace) }
    .map { line in
      var scanner = GraphScanner(line)
      return scanner.node()
    }
}

/// Nodes as text, in the form that ``nodes(_:)`` reads.
package func text(of nodes: [NodeProto]) -> String {
  nodes.map(text(of:)).joined(separator: "\n")
}

/// A node as text, in the form that ``nodes(_:)`` reads.
package func text(of node: NodeProto) -> String {
  let domain = node.isStandard ? "" : node.domain + "."
  let attributes = node.attribute.map { "\($0.name)=\(text(of: $0))" }.joined(separator: ", ")
  return node.output.joined(separator: ", ") + " = " + domain + node.opType
    + (attributes.isEmpty ? "" : "<\(attributes)>") + "(" + node.input.joined(separator: ", ") + ")"
}

/// An attribute's value as text.
private func text(of attribute: AttributeProto) -> String {
  switch attribute.type {
  case AttributeProto.Kind.int: "\(attribute.i)"
  case AttributeProto.Kind.float: "\(attribute.f)"
  case AttributeProto.Kind.string: "\"\(String(decoding: attribute.s, as: UTF8.self))\""
  case AttributeProto.Kind.ints: "\(attribute.ints)"
  case AttributeProto.Kind.floats: "\(attribute.floats)"
  case AttributeProto.Kind.strings:
    "\(attribute.strings.map { String(decoding: $0, as: UTF8.self) })"
  case AttributeProto.Kind.tensor: text(of: attribute.t)
  default: "{…}"
  }
}

/// A tensor's values and shape as text, such as `float32[2]{1.0, 2.0}`.
private func text(of tensor: TensorProto) -> String {
  let values =
    tensor.inlineIntegers.map { $0.map { "\($0)" } }
    ?? tensor.inlineFloats.map { $0.map { "\($0)" } }
  return "\(tensor.elementType)\(tensor.shape){\((values ?? ["…"]).joined(separator: ", "))}"
}
