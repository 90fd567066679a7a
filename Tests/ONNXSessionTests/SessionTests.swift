import Diagnostics
import ONNXFormat
import ONNXSession
import Testing
import _TestSupport

@Suite("A session")
struct SessionTests {
  /// y = relu(x + b), for any number of rows of two.
  static let sum = model(
    """
    h = Add(x, b)
    y = Relu(h)
    """, inputs: [ValueInfoProto("x", .float, ["N", 2])],
    outputs: [ValueInfoProto("h", .float, ["N", 2]), ValueInfoProto("y", .float, ["N", 2])],
    initializers: [TensorProto("b", shape: [2], floats: [1, -1])])

  private func session() throws -> Session { try Session(ModelFile(proto: Self.sum)) }

  @Test("runs a graph, and gives the outputs asked for in that order")
  func runs() throws {
    let x = Tensor(shape: [2, 2], floats: [1, 2, -3, 0.5])
    let outputs = try session().run(["x": x], outputs: ["y", "h"])
    #expect(outputs.map(\.floats) == [[2, 1, 0, 0], [2, 1, -2, -0.5]])
    #expect(outputs.map(\.shape) == [[2, 2], [2, 2]])
    #expect(try session().run(["x": x], outputs: []).isEmpty)
  }

  @Test("says what it takes and gives, with the names of sides that are not fixed")
  func values() throws {
    let session = try session()
    #expect(session.inputs.map(\.name) == ["x"])
    #expect(session.inputs[0].elementType == .float)
    #expect(session.inputs[0].shape == [-1, 2])
    #expect(session.inputs[0].symbols == ["N", ""])
    #expect(session.inputs[0].shapeText == "[N, 2]")
    #expect(session.outputs.map(\.name) == ["h", "y"])
  }

  @Test("leaves out of its inputs the initializers that an old file lists among them")
  func initializersAsInputs() throws {
    var proto = Self.sum
    proto.irVersion = 3
    proto.graph.input.append(ValueInfoProto("b", .float, [2]))
    let session = try Session(ModelFile(proto: proto))
    #expect(session.inputs.map(\.name) == ["x"])
  }

  @Test("takes what another run gave, where it lies")
  func chained() throws {
    let session = try session()
    var x = Tensor(shape: [1, 2], floats: [0, 5])
    for _ in 0..<3 { x = try session.run(["x": x], outputs: ["y"])[0] }
    #expect(x.floats == [3, 2])
    #expect(x.withUnsafeFloats { $0.reduce(0, +) } == 5)
  }

  @Test("gives a tensor that outlives it")
  func lifetime() throws {
    let output = try {
      try session().run(["x": Tensor(shape: [1, 2], floats: [1, 2])], outputs: ["h"])[0]
    }()
    #expect(output.floats == [2, 1])
  }

  @Test("takes a batch of none")
  func empty() throws {
    let output = try session().run(["x": Tensor(shape: [0, 2], floats: [])], outputs: ["y"])[0]
    #expect(output.shape == [0, 2])
    #expect(output.floats.isEmpty)
  }

  @Test("agrees with itself when four threads run it at once")
  func concurrent() async throws {
    let session = try session()
    let sums = try await withThrowingTaskGroup(of: [Float].self) { group in
      for thread in 0..<4 {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(thread))
          var worst: Float = 0
          for _ in 0..<200 {
            let rows = Int.random(in: 1...64, using: &random)
            let values = random.floats(rows * 2)
            let x = Tensor(shape: [rows, 2], floats: values)
            let y = try session.run(["x": x], outputs: ["y"])[0].floats
            for (index, value) in values.enumerated() {
              let expected = max(0, value + (index.isMultiple(of: 2) ? 1 : -1))
              worst = max(worst, abs(y[index] - expected))
            }
          }
          return [worst]
        }
      }
      return try await group.reduce([]) { $0 + $1 }
    }
    #expect(sums == [0, 0, 0, 0])
  }

  @Test(
    "refuses inputs that do not fit, before it runs",
    arguments: [
      (
        ["x": Tensor(shape: [2], floats: [1, 2])],
        """
        Input 'x' has shape [N, 2], but the tensor has [2]
          note: 2 axes are expected, 1 are given
        """
      ),
      (
        ["x": Tensor(shape: [1, 3], floats: [1, 2, 3])],
        "Input 'x' has shape [N, 2], but the tensor has [1, 3]"
      ),
      (
        ["x": Tensor(shape: [1, 2], integers: [1, 2])],
        "Input 'x' takes float32, but the tensor is int64"
      ),
      ([:], "Input 'x' of 'model' was not given; it takes float32 [N, 2]"),
      (
        ["x": Tensor(shape: [1, 2], floats: [1, 2]), "X": Tensor(shape: [], floats: [1])],
        """
        'model' has no input 'X'
          help: did you mean 'x'?
        """
      ),
    ] as [([String: Tensor], String)])
  func inputs(tensors: [String: Tensor], text: String) throws {
    let session = try session()
    let error = #expect(throws: DiagnosticError.self) {
      try session.run(tensors, outputs: ["y"])
    }
    #expect(error?.description == text)
  }

  @Test("names the outputs it has when asked for another")
  func unknownOutput() throws {
    let session = try session()
    let error = #expect(throws: DiagnosticError.self) {
      try session.run(["x": Tensor(shape: [1, 2], floats: [1, 2])], outputs: ["logits"])
    }
    #expect(
      error?.description == """
        'model' has no output 'logits'
          help: its outputs are 'h', 'y'
        """)
  }

  @Test("says which node the runtime does not take")
  func refusedModel() {
    let graph = model(
      "y = NoSuchOperator(x)", inputs: [ValueInfoProto("x", .float, [1])],
      outputs: [ValueInfoProto("y", .float, [1])])
    let error = #expect(throws: DiagnosticError.self) { try Session(ModelFile(proto: graph)) }
    #expect(error?.kind == .input)
    #expect(error?.message == "ONNX Runtime does not load 'model'")
    #expect(error?.notes.contains { $0.contains("NoSuchOperator") } == true)
  }

  @Test("says what to do about a model that is newer than the runtime", arguments: [true, false])
  func tooNew(opset: Bool) {
    let graph = model(
      "y = Relu(x)", inputs: [ValueInfoProto("x", .float, [1])],
      outputs: [ValueInfoProto("y", .float, [1])], opset: opset ? 999 : 17, ir: opset ? 8 : 999)
    let error = #expect(throws: DiagnosticError.self) { try Session(ModelFile(proto: graph)) }
    #expect(error?.help == "use a newer ONNX Runtime, or export the model with an older opset")
  }

  @Test("says at which node a run failed")
  func failedRun() throws {
    var graph = model(
      "y = Reshape(x, shape)",
      inputs: [ValueInfoProto("x", .float, ["N"]), ValueInfoProto("shape", .int64, [2])],
      outputs: [ValueInfoProto("y", .float, ["A", "B"])])
    graph.graph.node[0].name = "/head/Reshape"
    let session = try Session(ModelFile(proto: graph))
    let error = #expect(throws: DiagnosticError.self) {
      try session.run(
        [
          "x": Tensor(shape: [5], floats: [1, 2, 3, 4, 5]),
          "shape": Tensor(shape: [2], integers: [2, 3]),
        ], outputs: ["y"])
    }
    #expect(error?.message == "Running 'model' failed")
    #expect(error?.notes.first == "at node '/head/Reshape'")
  }

  @Test("refuses to read what is no tensor of numbers")
  func noTensor() throws {
    let graph = model(
      "y = SequenceConstruct(x, x)", inputs: [ValueInfoProto("x", .float, [1])],
      outputs: [])
    var proto = graph
    var output = ValueInfoProto()
    output.name = "y"
    // A sequence of float tensors: field 4 of the type, which the schema leaves out.
    try output.type.merge(serializedBytes: [0x22, 6, 0x0a, 4, 0x0a, 2, 8, 1])
    proto.graph.output = [output]
    let session = try Session(ModelFile(proto: proto))
    #expect(session.outputs[0].elementType == .undefined)
    let error = #expect(throws: DiagnosticError.self) {
      try session.run(["x": Tensor(shape: [1], floats: [1])], outputs: ["y"])
    }
    #expect(error?.message == "Output 'y' of 'model' is not a tensor of numbers")
  }
}
