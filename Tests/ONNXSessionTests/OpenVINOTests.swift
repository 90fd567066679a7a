import Diagnostics
import ONNXFormat
import Testing
import _TestSupport

@testable import ONNXSession

/// Whether OpenVINO is installed here.
private let isThere = (try? OpenVINO.shared()) != nil

@Suite("OpenVINO", .enabled(if: isThere, "OpenVINO is not installed"))
struct OpenVINOTests {
  private let options = SessionOptions(threads: 1, engine: .openVINO)

  @Test("runs a graph as ONNX Runtime does, for any number of rows")
  func runs() throws {
    let session = try Session(ModelFile(proto: SessionTests.sum), options: options)
    for rows in [1, 3, 2] {
      let x = Tensor(shape: [rows, 2], floats: (0..<2 * rows).map { Float($0) - 2 })
      let outputs = try session.run(["x": x], outputs: ["y", "h"])
      let plain = try Session(ModelFile(proto: SessionTests.sum))
      let expected = try plain.run(["x": x], outputs: ["y", "h"])
      #expect(outputs.map(\.floats) == expected.map(\.floats))
      #expect(outputs[0].shape == [rows, 2])
    }
    #expect(session.agreement?.correlation == 1)
    #expect(session.inputs[0].shapeText == "[N, 2]")
    #expect(session.outputs.map(\.name) == ["h", "y"])
  }

  @Test("runs one session from several threads at once")
  func threads() async throws {
    let session = try Session(ModelFile(proto: SessionTests.sum), options: options)
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for number in 0..<8 {
        group.addTask {
          let x = Tensor(shape: [1, 2], floats: [Float(number), 1])
          return try session.run(["x": x], outputs: ["y"])[0].floats
        }
      }
      var found: Set<[Float]> = []
      for try await values in group { found.insert(values) }
      #expect(found == Set((0..<8).map { [Float($0) + 1, 0] }))
    }
  }

  @Test("gives integers and booleans, and takes them")
  func types() throws {
    let proto = model(
      """
      i = Add(n, n)
      b = Greater(x, zero)
      """,
      inputs: [ValueInfoProto("n", .int64, ["N"]), ValueInfoProto("x", .float, ["N"])],
      outputs: [ValueInfoProto("i", .int64, ["N"]), ValueInfoProto("b", .bool, ["N"])],
      initializers: [TensorProto("zero", shape: [], floats: [0])])
    let session = try Session(ModelFile(proto: proto), options: options)
    let outputs = try session.run(
      [
        "n": Tensor(shape: [3], integers: [1, 2, 3]),
        "x": Tensor(shape: [3], floats: [-1, 0, 1]),
      ], outputs: ["i", "b"])
    #expect(outputs.map(\.integers) == [[2, 4, 6], [0, 0, 1]])
    #expect(outputs.map(\.elementType) == [.int64, .bool])
  }

  @Test("takes an input that nothing reads")
  func unreadInput() throws {
    var proto = SessionTests.sum
    proto.graph.input.append(ValueInfoProto("unread", .float, ["N"]))
    let session = try Session(ModelFile(proto: proto), options: options)
    let x = Tensor(shape: [1, 2], floats: [1, 2])
    let unread = Tensor(shape: [5], floats: [1, 2, 3, 4, 5])
    #expect(try session.run(["x": x, "unread": unread], outputs: ["y"])[0].floats == [2, 1])
  }

  /// The weight is rearranged once for both operators unless each has its own.
  @Test("computes a Conv and a ConvTranspose of one weight", arguments: [false, true])
  func sharedWeight(isInAFile: Bool) throws {
    var random = SeededGenerator(seed: 4)
    let proto = model(
      """
      h = Conv<kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]>(x, w)
      r = Relu(h)
      y = ConvTranspose<kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 0, 0]>(r, w)
      """, inputs: [ValueInfoProto("x", .float, [1, 16, 14, 14])],
      outputs: [ValueInfoProto("y", .float, [1, 16, 14, 14])],
      initializers: [TensorProto("w", shape: [16, 16, 3, 3], floats: random.floats(16 * 16 * 9))])
    var file = ModelFile(proto: proto)
    let folder = TemporaryFolder()
    if isInAFile {
      try file.write(to: folder.appending("shared.onnx"))
      file = try ModelFile(contentsOf: folder.appending("shared.onnx"))
      #expect(file.proto.graph.initializer[0].isExternal)
    }
    let session = try Session(file, options: options)
    let x = Tensor(shape: [1, 16, 14, 14], floats: random.floats(16 * 14 * 14))
    _ = try session.run(["x": x], outputs: ["y"])
    #expect(try #require(session.agreement).correlation > 0.9999)
  }

  @Test("refuses an operator that it does not know, in words")
  func unknownOperator() throws {
    var proto = SessionTests.sum
    proto.graph.node[1].opType = "Abacus"
    let error = #expect(throws: DiagnosticError.self) {
      try Session(ModelFile(proto: proto), options: options)
    }
    #expect(error?.message == "OpenVINO does not load 'model'")
    #expect(error?.help == "run it with '--engine onnxruntime'")
    #expect(error?.notes.contains { $0.contains("Abacus") } == true)
  }

  @Test("is not offered a graphics card")
  func provider() throws {
    var options = options
    options.providers = [.cuda()]
    let error = #expect(throws: DiagnosticError.self) {
      try Session(ModelFile(proto: SessionTests.sum), options: options)
    }
    #expect(error?.message == "OpenVINO runs on the processor only here")
  }
}

@Suite("Engines")
struct EngineTests {
  @Test("Where OpenVINO was asked for and is not, the error tells how to get it")
  func missing() {
    let place = RuntimePlace(
      "/absent/libs", demandedBy: "GRADCAM_OPENVINO", library: .openVINO)
    let demanded = #expect(throws: DiagnosticError.self) { try OpenVINO(searching: [place]) }
    #expect(
      demanded?.description == """
        No OpenVINO at '/absent/libs', which GRADCAM_OPENVINO names
          note: '/absent/libs': not there
          help: name the folder that holds 'libopenvino_c' and the library's other parts
        """)
    let usual = #expect(throws: DiagnosticError.self) {
      try OpenVINO(searching: [RuntimePlace("/absent", library: .openVINO)])
    }
    #expect(
      usual?.message
        == "OpenVINO 2025.4 or later is not installed, as far as can be seen")
    #expect(usual?.kind == .environment)
  }

  @Test("What is no OpenVINO is told from it")
  func foreign() throws {
    let path = try Runtime.shared().path
    let error = #expect(throws: DiagnosticError.self) {
      try OpenVINO(searching: [RuntimePlace(path, library: .openVINO)])
    }
    #expect(error?.notes == ["'\(path)': is not OpenVINO"])
  }

  @Test("Names of OpenVINO's library carry one number")
  func names() {
    let names = [
      "libopenvino_c.so.2641": [2641], "libopenvino_c.so": [], "libopenvino_c.2641.dylib": [2641],
      "libopenvino.so.2641": nil, "libopenvino_c_extra.so": nil,
    ]
    for (name, numbers) in names {
      #expect(SoughtLibrary.openVINO.versionNumbers(inFileName: name) == numbers)
    }
  }

  @Test("ONNX Runtime has no reduced precision")
  func precision() {
    let error = #expect(throws: DiagnosticError.self) {
      try Session(
        ModelFile(proto: SessionTests.sum), options: SessionOptions(precision: .bfloat16))
    }
    #expect(error?.help == "bfloat16 needs '--engine openvino'")
  }

  @Test("OpenVINO's messages are told without the places in its source")
  func messages() {
    let message = RuntimeMessage(
      openVINO: """
        Exception from src/inference/src/cpp/core.cpp:100:
        Check 'false' failed at src/frontends/common/src/frontend.cpp:50:
        OpenVINO does not support the following ONNX operations: Abacus

        """)
    #expect(message.text == "OpenVINO does not support the following ONNX operations: Abacus")
    #expect(RuntimeMessage(openVINO: "").text == "it does not say why")
  }
}

@Suite("What an engine computes is compared")
struct EngineCheckTests {
  private func tensor(_ values: [Float]) -> Tensor { Tensor(shape: [values.count], floats: values) }

  @Test("by correlation where there are many values")
  func many() {
    let values: [Float] = [1, 5, 2, 8, 3, 9, 4, 7]
    let same = Agreement.correlation(of: tensor(values.map { 2 * $0 + 1 }), with: tensor(values))
    #expect(abs(same - 1) < 1e-12)
    let opposite = Agreement.correlation(of: tensor(values.map { -$0 }), with: tensor(values))
    #expect(abs(opposite + 1) < 1e-12)
  }

  @Test("by the largest difference where there are few, or all are alike")
  func few() {
    #expect(Agreement.correlation(of: tensor([1, 3]), with: tensor([1, 4])) == 0.75)
    let ones = [Float](repeating: 1, count: 9)
    #expect(Agreement.correlation(of: tensor([0.5] + ones.dropFirst()), with: tensor(ones)) == 0.5)
    let zeros = tensor([Float](repeating: 0, count: 9))
    #expect(Agreement.correlation(of: zeros, with: zeros) == 1)
    #expect(Agreement.correlation(of: tensor(ones), with: zeros) == 0)
  }

  @Test("as nothing where shapes or what is finite differ")
  func different() {
    #expect(Agreement.correlation(of: tensor([1]), with: tensor([1, 2])) == 0)
    #expect(Agreement.correlation(of: tensor([.nan, 1]), with: tensor([1, 1])) == 0)
    #expect(Agreement.correlation(of: tensor([.nan, 1]), with: tensor([.nan, 1])) == 1)
  }

  @Test("once, and an error names the output that differs")
  func check() throws {
    let check = EngineCheck(
      ModelFile(proto: SessionTests.sum), SessionOptions(threads: 1, engine: .openVINO))
    let x = Tensor(shape: [2, 2], floats: [1, 2, -3, 0.5])
    let wrong = Tensor(shape: [2, 2], floats: [2, 1, 0, 2])
    let right = Tensor(shape: [2, 2], floats: [2, 1, -2, -0.5])
    let error = #expect(throws: DiagnosticError.self) {
      try check.compare([wrong, right], of: ["y", "h"], with: [("x", x)])
    }
    #expect(
      error?.description == """
        OpenVINO computes something else of 'model' than ONNX Runtime
          note: output 'y' correlates with ONNX Runtime's by 0 % only
          help: run it with '--engine onnxruntime'
        """)
    #expect(check.agreement == nil)
    let good = Tensor(shape: [2, 2], floats: [2, 1, 0, 0])
    try check.compare([good, right], of: ["y", "h"], with: [("x", x)])
    #expect(check.agreement?.correlation == 1)
    try check.compare([wrong, right], of: ["y", "h"], with: [("x", x)])
  }
}
