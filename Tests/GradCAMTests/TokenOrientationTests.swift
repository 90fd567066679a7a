import Diagnostics
import Imaging
import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

/// Where on a photo the map of tokens lands: one bright patch on a grid that is not square.
@Suite struct TokenOrientationTests {
  /// Patches of 8 × 8 pixels of a picture of 24 × 40, each a token that holds their mean, behind a
  /// class token of the order given; averaged into one logit.
  private func model(_ order: String, tokens: TokenGrid? = nil) throws -> Model {
    let arranged =
      order == "TNC"
      ? """
      turned = Transpose<perm=[2, 0, 1]>(flat)
      joined = Concat<axis=0>(class, turned)
      squares = Mul(joined, joined)
      mean = ReduceMean<axes=[0], keepdims=0>(squares)
      """
      : """
      turned = Transpose<perm=[0, 2, 1]>(flat)
      joined = Concat<axis=1>(class, turned)
      squares = Mul(joined, joined)
      mean = ReduceMean<axes=[1], keepdims=0>(squares)
      """
    let proto = _TestSupport.model(
      """
      patches = Conv<strides=[8, 8]>(x, kernel)
      flat = Reshape(patches, rows)
      \(arranged)
      logits = MatMul(mean, head)
      """,
      inputs: [ToyModels.value("x", [1, 3, 24, 40])],
      outputs: [ToyModels.value("logits", [1, 2])],
      initializers: [
        TensorProto(
          "kernel", shape: [2, 3, 8, 8], floats: Array(repeating: 1 / 192, count: 384)),
        TensorProto("rows", shape: [3], int64s: [0, 0, -1]),
        TensorProto("class", shape: [1, 1, 2], floats: [0, 0]),
        TensorProto("head", shape: [2, 2], floats: [1, 0, 1, 0]),
      ])
    let reading = Model.Reading(tokens: tokens)
    return try Model(ModelFile(proto: proto), reading: reading)
  }

  @Test("The bright patch is where the photo has it", arguments: ["NTC", "TNC"])
  func bright(_ order: String) throws {
    let model = try model(order)
    let layer = try #require(model.defaultLayer)
    #expect(layer.shape == [2, 3, 5])
    #expect(layer.prefixTokens == 1)
    #expect(layer.order == .tokens)
    var pixels = [UInt8](repeating: 10, count: 24 * 40 * 3)
    for row in 16..<24 {
      for column in 8..<16 {
        for channel in 0..<3 { pixels[(row * 40 + column) * 3 + channel] = 250 }
      }
    }
    let photo = Image(width: 40, height: 24, pixels: pixels)
    let explainer = try Explainer(model, preprocessing: .raw)
    let why = try explainer.explanation(of: photo, for: .class(0))
    #expect(why.rawMap.shape == [3, 5])
    let best = why.rawMap.values.indices.max { why.rawMap.values[$0] < why.rawMap.values[$1] }
    #expect(best == 2 * 5 + 1, "row 2, column 1")
    let peak = try #require(why.heatmap.peak)
    #expect((8..<16).contains(peak.x))
    #expect((16..<24).contains(peak.y))
  }

  @Test("A stated grid takes the place of the one found")
  func stated() throws {
    let model = try model("NTC", tokens: TokenGrid(height: 5, width: 3))
    #expect(model.defaultLayer?.shape == [2, 5, 3])
    #expect(model.defaultLayer?.prefixTokens == 1)
  }

  @Test("A grid that fits no tokens is refused with those there are")
  func misfit() throws {
    let error = try #require(throws: DiagnosticError.self) {
      try model("NTC", tokens: TokenGrid(height: 7, width: 7, prefixTokens: 1))
    }
    #expect(error.message.hasSuffix("has the tokens of a grid of 7x7 and 1 token before it"))
    #expect(
      error.notes == ["between its image and its logits it has rows of 16, 15, 2 tokens"])
    #expect(error.help == "16 tokens may be '--grid 3x5 --prefix-tokens 1'")
  }
}
