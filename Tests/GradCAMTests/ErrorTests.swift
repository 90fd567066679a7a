import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("What goes wrong, word for word")
struct ErrorTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test("An unknown layer brings the nearest names")
  func layer() throws {
    let model = try ToyModels.handComputed()
    #expect(
      message { _ = try model.layer(named: "rellu") } == """
        No layer named 'rellu' in 'model'
          help: did you mean 'relu'? 'gradcam layers model' lists all 3
        """)
  }

  @Test("A class beyond the last is out of range")
  func classOutOfRange() throws {
    let explainer = try Explainer(ToyModels.gradientEqualsActivation(), preprocessing: .raw)
    let input = FloatTensor(shape: [4, 2, 2], values: Array(repeating: 1, count: 16))
    let layers = [try explainer.model.layer(named: "a")]
    #expect(
      message { _ = try explainer.explanations(of: input, for: [.class(1)], at: layers) } == """
        Class 1 is out of range for output 'logits', which has classes 0 through 0
          help: class numbers start at 0
        """)
    #expect(
      message { _ = try explainer.explanations(of: input, for: [.label("x")], at: layers) } == """
        Class 'x' is a label, but no labels are known
          help: pass '--labels FILE' or '--labels imagenet', or name the class by its number
        """)
    #expect(
      message { _ = try explainer.explanations(of: input, for: [], at: layers) } == """
        No target to explain
          help: name at least one class
        """)
  }

  @Test("A number that is none is found in the input")
  func notFinite() throws {
    let explainer = try Explainer(ToyModels.gradientEqualsActivation(), preprocessing: .raw)
    var values = [Float](repeating: 1, count: 16)
    values[6] = .nan
    let input = FloatTensor(shape: [4, 2, 2], values: values)
    let layers = [try explainer.model.layer(named: "a")]
    #expect(
      message { _ = try explainer.explanations(of: input, at: layers) } == """
        The input holds nan at [1, 1, 0]
          help: clean the numbers first: one such value spoils every gradient
        """)
  }

  @Test("A label that is none brings the nearest ones")
  func label() throws {
    #expect(Labels.imageNet.count == 1000)
    #expect(Labels.imageNet.classes(labelled: "Tabby cat") == [281])
    #expect(Labels.imageNet.classes(labelled: "tiger cat") == [282])
    #expect(Labels.imageNet.classes(labelled: "bull mastiff") == [243])
    #expect(Labels.imageNet.fitted(to: 1001)[244] == "bull mastiff")
    #expect(
      message {
        _ = try ResolvedTarget(
          .label("tiger cta"), classCount: 1000, labels: .imageNet, output: "o")
      } == """
        No class is labelled 'tiger cta'
          help: did you mean 'tiger cat'?
        """)
  }

  @Test("A map that is zero everywhere says why")
  func zeroMap() throws {
    // The only path runs through −x, so all evidence speaks against.
    let model = try Model(
      ModelFile(
        proto: model(
          """
          maps = Relu(x)
          pooled = GlobalAveragePool(maps)
          flat = Flatten(pooled)
          logits = MatMul(flat, head)
          """,
          inputs: [ToyModels.value("x", [-1, 1, 3, 3])],
          outputs: [ToyModels.value("logits", [-1, 2])],
          initializers: [TensorProto("head", shape: [1, 2], floats: [-1, 0])])))
    let explainer = try Explainer(model, preprocessing: .raw)
    let input = FloatTensor(shape: [1, 3, 3], values: (0..<9).map(Float.init))
    let layers = [try model.layer(named: "maps")]
    let why = try explainer.explanations(of: input, for: [.class(0), .class(1)], at: layers)
    #expect(
      why[0].notes == [
        "the map is zero everywhere: at layer 'maps' all evidence speaks against the target; "
          + "show it with evidence 'against'"
      ])
    #expect(
      why[1].notes == [
        "the map is zero everywhere: the gradient at layer 'maps' is zero, so nothing there "
          + "moves the target"
      ])
    let against = try explainer.explanations(
      of: input, for: [.class(0)], at: layers, showing: .against)
    #expect(against[0].notes.isEmpty)
    #expect(try #require(against[0].heatmap.peak) == (x: 2, y: 2))
  }
}
