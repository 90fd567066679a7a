import Diagnostics
import Testing
import _TestSupport

@testable import ONNXFormat

@Suite("A damaged model file")
struct DamagedFileTests {
  let folder = TemporaryFolder()

  @Test("that was cut in a weight names it, what it needs and what there is")
  func cutInWeight() throws {
    let bytes = try SampleModel.bytes
    let weights = SampleModel.weights.flatMap { $0.bitPattern.littleEndianBytes }
    let start = try #require(bytes.firstOffset(of: weights))
    let path = try folder.write(bytes.prefix(start + 100), to: "model.onnx")
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(
      error?.description == """
        Truncated model 'model.onnx': initializer 'w' needs 1024 bytes, 100 remain
          note: at byte \(start) of \(start + 100)
          help: download the file again, or keep its external data files beside it
        """)
  }

  @Test("is an error wherever it is cut, and never a crash")
  func everyLength() throws {
    let bytes = try SampleModel.bytes
    var whole = 0
    for length in SampleModel.structure(of: bytes) {
      let path = try folder.write(bytes.prefix(length), to: "model.onnx")
      if (try? ModelFile(contentsOf: path)) != nil { whole += 1 }
    }
    // Only the operator set import, which comes last, can be cut off between fields; and then
    // the model does not say which operators it uses.
    #expect(whole == 0)
  }

  @Test("is an error or a model with any of its bits flipped, and never a crash", arguments: 0..<4)
  func flippedBits(seed: UInt64) throws {
    let original = try SampleModel.bytes
    var random = SeededGenerator(seed: seed)
    let places = SampleModel.structure(of: original)
    for round in 0..<60 {
      var bytes = original
      for _ in 0...round % 4 {
        let place = places.randomElement(using: &random) ?? 0
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      let path = try folder.write(bytes, to: "model.onnx")
      do {
        let model = try ModelFile(contentsOf: path)
        // Whatever was accepted can be read to its last value.
        for tensor in model.proto.graph.initializer { _ = try? model.rawBytes(of: tensor) }
        try model.write(to: folder.appending("copy.onnx"))
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }

  @Test("with messages in messages without end is refused")
  func nesting() throws {
    // Attributes that hold graphs that hold nodes that hold attributes, a thousand deep.
    var inner: [UInt8] = []
    for _ in 0..<1000 {
      var attribute: [UInt8] = []
      attribute.appendField(6, inner)
      var node: [UInt8] = []
      node.appendField(5, attribute)
      inner = []
      inner.appendField(1, node)
    }
    var file: [UInt8] = [8, 8]
    file.appendField(7, inner)
    let path = try folder.write(file, to: "model.onnx")
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(error?.message == "Damaged model 'model.onnx': it stops decoding")
  }

  @Test(
    "with a length beyond all bounds is refused",
    arguments: [
      [8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      [8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [8, 8, 0x3b], [8, 8, 0x07], [8, 8, 0x02, 0x00], [8, 8, 0x3a], [8],
    ] as [[UInt8]])
  func lengths(bytes: [UInt8]) throws {
    let path = try folder.write(bytes, to: "model.onnx")
    #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
  }
}

extension UInt32 {
  /// The four bytes, lowest first.
  var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}
