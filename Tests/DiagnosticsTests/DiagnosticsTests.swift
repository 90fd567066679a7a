import Testing

@testable import Diagnostics

@Suite("Errors and near misses")
struct DiagnosticsTests {
  @Test("An error is its message, its notes and its help, a line each")
  func description() {
    let error = DiagnosticError(
      .input, "No layer named 'x'", notes: ["in 'a.onnx'"], help: "list them")
    #expect("\(error)" == "No layer named 'x'\n  note: in 'a.onnx'\n  help: list them")
    #expect("\(error.adding(note: "twice"))".contains("note: in 'a.onnx'\n  note: twice"))
    #expect("\(DiagnosticError(.environment, "Nothing"))" == "Nothing")
  }

  @Test(
    "Distance counts edits, swaps as one and capitals as little",
    arguments: [
      ("layer4", "layer4", 0), ("layer4", "layer3", 1), ("layer4", "leyar4", 2),
      ("layer4", "alyer4", 1), ("layer4", "Layer4", 0.1), ("", "abc", 3),
    ])
  func distance(first: String, second: String, expected: Double) {
    #expect(Suggestions.distance(from: first, to: second) == expected)
    #expect(Suggestions.distance(from: second, to: first) == expected)
  }

  @Test("Suggestions are near, few and each named once")
  func nearest() {
    let names = ["layer4", "layer3", "layer3", "layer1", "features", "Layer4"]
    #expect(Suggestions.nearest(to: "layr4", in: names) == ["layer4", "Layer4", "layer1"])
    #expect(
      Suggestions.question(for: "layer3", in: names)
        == "did you mean 'layer3', 'layer1' or 'layer4'?")
    #expect(Suggestions.question(for: "classifier", in: names) == nil)
  }
}
