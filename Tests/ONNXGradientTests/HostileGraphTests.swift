import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import Testing
import _TestSupport

/// Graphs that claim what cannot be: reading them and writing gradients may fail, not trap.
@Suite struct HostileGraphTests {
  @Test("Every value an attribute or a side may have is answered", arguments: 0..<8)
  func mutatedOperators(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var written = 0
    var refused = 0
    for row in try OperatorCase.all() {
      for _ in 0..<4 {
        var model = try row.model
        model.mutate(using: &random)
        let names = model.graph.input.map(\.name)
        let output = model.graph.node.first?.output.first ?? ""
        do {
          _ = try model.differentiated(by: names, from: output)
          written += 1
        } catch is DiagnosticError {
          refused += 1
        }
      }
    }
    #expect(written > 0)
    #expect(refused > 0)
  }

  @Test(
    "So is a network with broken nodes, sides and names",
    arguments: try NetworkFixture.all().map(\.name).filter { $0.hasSuffix("dynamo") })
  func mutatedNetworks(_ name: String) throws {
    let network = NetworkFixture(name: name)
    let original = try network.model.proto
    var random = SeededGenerator(seed: 11)
    for _ in 0..<6 {
      var model = original
      for _ in 0..<4 { model.mutate(using: &random) }
      let graph = Graph(model)
      let logits = Logits(behind: "logits", in: graph)
      let path = FloatPath(in: graph, from: "input", to: logits.value)
      let list = LayerList(of: graph, on: path, input: "input")
      let gradient = Result { () throws(DiagnosticError) in
        let builder = GraphBuilder(after: graph)
        return try Gradient(writingTo: builder).cotangents(
          of: ["input"], from: logits.value, cotangent: builder.term(logits.value))
      }
      guard case .failure = gradient, let first = list.layers.first else { continue }
      let nearest = Gradient.nearestExplainable(
        after: first, in: list, to: logits.value, graph: graph)
      #expect(nearest != first)
    }
  }

  /// Networks in integers and in bfloat16, functions, and control flow.
  private static let prepared =
    ((try? Fixtures.names(in: "Quantized").map { "Quantized/\($0)/model" }) ?? []) + [
      "Half/bfloat16-whole/model", "Models/functions", "Models/if-by-shape", "Models/loop-aside",
      "Models/if-branch", "Models/local-function",
    ]

  @Test("So is what is written out, folded, widened or spelled out", arguments: prepared)
  func mutatedPreparation(_ name: String) throws {
    let original = try ModelFile(contentsOf: Fixtures.path(name + ".onnx"))
    var random = SeededGenerator(seed: 12)
    var read = 0
    for round in 0..<60 {
      var file = original
      for _ in 0..<3 { file.proto.mutate(using: &random) }
      if let node = file.proto.graph.node.indices.randomElement(using: &random) {
        switch round % 4 {
        case 0: file.proto.graph.node[node].output = []
        case 1:
          file.proto.graph.node[node].input.removeLast(
            min(2, file.proto.graph.node[node].input.count))
        case 2: file.proto.graph.node[node].output = ["feature", "feature"]
        default: break
        }
      }
      if let function = file.proto.functions.indices.randomElement(using: &random), round % 3 == 0 {
        file.proto.functions[function].output.append("nothing")
        file.proto.functions[function].input.removeAll()
      }
      do throws(DiagnosticError) {
        file = try file.prepared().foldingBranches(inputShapes: ["input": [1, 3, 8, 8]])
      } catch {
        continue
      }
      let graph = Graph(file.proto)
      let logits = Logits(behind: graph.outputs.first?.name ?? "", in: graph)
      let builder = GraphBuilder(after: graph)
      let found = Result { () throws(DiagnosticError) in
        try Gradient(writingTo: builder).cotangents(
          of: ["input"], from: logits.source, cotangent: builder.read(logits.source))
      }
      if case .success(let terms) = found {
        read += 1
        _ = builder.extending(file.proto, outputs: Array(terms.values))
      }
    }
    #expect(read > 0)
  }

  @Test("Nodes on a cycle end every walk")
  func cycle() {
    let model = model(
      """
      a = Identity(b)
      b = Identity(a)
      y = Flatten(b)
      """,
      inputs: [ValueInfoProto("x", .float, ["N", 3, 4, 4])],
      outputs: [ValueInfoProto("y", .float)])
    let graph = Graph(model)
    let logits = Logits(behind: "y", in: graph)
    #expect(logits.tail == .none)
    #expect(FloatPath(in: graph, from: "x", to: logits.value).isEmpty)
  }

  @Test("Contents that double at each node stay small")
  func doubling() {
    let lines = (1...64).map { "v\($0) = Concat<axis=0>(v\($0 - 1), v\($0 - 1))" }
    let model = model(
      lines.joined(separator: "\n"), inputs: [ValueInfoProto("x", .float, [1])],
      outputs: [ValueInfoProto("v64", .int64)],
      initializers: [TensorProto("v0", shape: [2], int64s: [1, 2])])
    let graph = Graph(model)
    #expect(graph.facts["v13"]?.integers?.count == 1 << 14)
    #expect(graph.facts["v14"]?.integers == nil)
    #expect(graph.shape(of: "v20") == [.fixed(1 << 21)])
    #expect(graph.shape(of: "v64") == [.unknown])
  }

  @Test("A window of a million positions is refused, not unrolled")
  func largeWindow() {
    let model = model(
      "y = MaxPool<kernel_shape=[1000000, 1], strides=[1, 1]>(x)",
      inputs: [ValueInfoProto("x", .float, [1, 1, 2_000_000, 1])],
      outputs: [ValueInfoProto("y", .float)])
    #expect(throws: DiagnosticError.self) { try model.differentiated(by: ["x"], from: "y") }
  }
}

// MARK: - Mutations

extension ModelProto {
  /// Numbers that arithmetic on sizes trips over.
  private static let extremes: [Int64] = [
    .min, .min + 1, -(1 << 40), -(1 << 31), -2, -1, 0, 1, 2, 3, 255, 1 << 24, 1 << 31, 1 << 40,
    .max - 1, .max,
  ]

  /// Changes one thing: an attribute, a side, a constant's contents, or a wire.
  fileprivate mutating func mutate(using random: inout SeededGenerator) {
    let extreme = Self.extremes[Int(random.next() % UInt64(Self.extremes.count))]
    guard let node = graph.node.indices.randomElement(using: &random) else { return }
    switch random.next() % 8 {
    case 0, 1: graph.node[node].mutateAttribute(extreme, using: &random)
    case 2:
      let input = graph.input.indices.randomElement(using: &random)
      guard let input else { return }
      let sides = graph.input[input].type.tensorType.shape.dim.indices
      guard let side = sides.randomElement(using: &random) else { return }
      graph.input[input].type.tensorType.shape.dim[side].dimValue = extreme
    case 3:
      guard let index = graph.initializer.indices.randomElement(using: &random),
        let side = graph.initializer[index].dims.indices.randomElement(using: &random)
      else { return }
      graph.initializer[index].dims[side] = extreme
    case 4:
      let integers = graph.initializer.indices.filter { graph.initializer[$0].dataType == 7 }
      guard let index = integers.randomElement(using: &random) else { return }
      let tensor = graph.initializer[index]
      guard var values = tensor.inlineIntegers,
        let place = values.indices.randomElement(using: &random)
      else { return }
      values[place] = Int(extreme)
      graph.initializer[index] = TensorProto(tensor.name, shape: tensor.shape, int64s: values)
    case 5:
      guard !graph.node[node].input.isEmpty else { return }
      graph.node[node].input.removeLast()
    case 6:
      guard let place = graph.node[node].input.indices.randomElement(using: &random),
        let other = graph.node.randomElement(using: &random)?.output.first
      else { return }
      graph.node[node].input[place] = other
    default:
      guard let input = graph.input.indices.randomElement(using: &random) else { return }
      graph.input[input].type.tensorType.shape.dim.removeAll { _ in Bool.random(using: &random) }
    }
  }
}

extension NodeProto {
  /// Sets a number of an attribute, a new one where there is none, or drops or doubles a list.
  fileprivate mutating func mutateAttribute(
    _ extreme: Int64, using random: inout SeededGenerator
  ) {
    let known = ["axis", "axes", "pads", "strides", "group", "perm", "kernel_shape", "blocksize"]
    guard let index = attribute.indices.randomElement(using: &random), random.next() % 4 > 0 else {
      guard let name = known.randomElement(using: &random) else { return }
      attribute.append(AttributeProto(name, [Int(extreme)]))
      attribute.append(AttributeProto(name, Int(extreme)))
      return
    }
    if attribute[index].hasI { attribute[index].i = extreme }
    guard let place = attribute[index].ints.indices.randomElement(using: &random) else { return }
    switch random.next() % 4 {
    case 0: attribute[index].ints.removeLast()
    case 1: attribute[index].ints += attribute[index].ints
    default: attribute[index].ints[place] = extreme
    }
  }
}
