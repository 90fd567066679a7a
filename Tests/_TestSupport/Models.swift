package import ONNXFormat
package import ONNXSession

/// A small model from its nodes as text (see ``nodes(_:)``), its inputs and outputs.
package func model(
  _ text: String, inputs: [ValueInfoProto], outputs: [ValueInfoProto],
  initializers: [TensorProto] = [], opset: Int = 17, ir: Int = 8
) -> ModelProto {
  model(
    nodes: nodes(text), inputs: inputs, outputs: outputs, initializers: initializers,
    opset: opset, ir: ir)
}

/// A small model from its nodes, its inputs and outputs.
package func model(
  nodes: [NodeProto], inputs: [ValueInfoProto], outputs: [ValueInfoProto],
  initializers: [TensorProto] = [], opset: Int = 17, ir: Int = 8
) -> ModelProto {
  var model = ModelProto()
  model.irVersion = Int64(ir)
  var version = OperatorSetIdProto()
  version.domain = ""
  version.version = Int64(opset)
  model.opsetImport = [version]
  for domain in Set(nodes.filter { !$0.isStandard }.map(\.domain)).sorted() {
    version.domain = domain
    version.version = 1
    model.opsetImport.append(version)
  }
  model.graph.name = "test"
  model.graph.node = nodes
  model.graph.input = inputs
  model.graph.output = outputs
  model.graph.initializer = initializers
  return model
}

/// Runs a model once, without optimizations, and gives the outputs asked for; by default all of
/// the graph's own.
package func run(
  _ model: ModelProto, _ inputs: [String: Tensor] = [:], outputs: [String]? = nil
) throws -> [Tensor] {
  try run(ModelFile(proto: model), inputs, outputs: outputs)
}

/// Runs a model file once, in the same way.
package func run(
  _ model: ModelFile, _ inputs: [String: Tensor] = [:], outputs: [String]? = nil
) throws -> [Tensor] {
  let options = SessionOptions(threads: 1, optimizationLevel: .none, prepacking: false)
  return try Session(model, options: options)
    .run(inputs, outputs: outputs ?? model.proto.graph.output.map(\.name))
}
