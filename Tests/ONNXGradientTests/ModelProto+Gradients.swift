import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import _TestSupport

extension ModelProto {
  /// The model with gradient nodes and their outputs, which are named in the order of `values`;
  /// the cotangent is a new input `cotangent`.
  func differentiated(
    by values: [String], from output: String, inputShapes: [String: [Int]] = [:],
    rules: RuleTable = .standard
  ) throws -> (model: ModelProto, outputs: [String], nodes: [NodeProto]) {
    let graph = Graph(self, inputShapes: inputShapes)
    let builder = GraphBuilder(after: graph)
    let cotangent = builder.term("cotangent", type: graph.elementType(of: output).cotangentType)
    // An output that is an input would lie in the memory fed, which goes before it is read.
    var terms = try Gradient(writingTo: builder, rules: rules)
      .cotangents(of: values, from: output, cotangent: cotangent)
    for value in values where terms[value]?.name == cotangent.name {
      terms[value] = builder.rename(cotangent, to: "gradient of \(value)")
    }
    let found = values.compactMap { terms[$0] }
    let sides = graph.shape(of: output)?.map { _ in -1 }
    let extended = builder.extending(
      self, inputs: [ValueInfoProto("cotangent", type: cotangent.type, shape: sides)],
      outputs: found)
    return (extended, values.compactMap { terms[$0]?.name }, builder.nodes)
  }

  /// The gradients by inputs, run without optimizations.
  func gradients(
    by values: [String], from output: String, inputs: [String: Tensor], cotangent: Tensor
  ) throws -> [Tensor] {
    let (model, outputs, _) = try differentiated(by: values, from: output)
    return try run(
      model, inputs.merging(["cotangent": cotangent]) { $1 }, outputs: outputs)
  }
}
