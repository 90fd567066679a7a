import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("gradcam explain --faithfulness")
struct FaithfulnessTests {
  /// What the report says of one explanation.
  private struct Found: Decodable {
    let quantity: String
    let share, photo, nothing, hidden, shown, drop, gain, randomDrop, randomGain: Double
    let randomHidden, randomShown: [Double]
  }

  private func explain(_ folder: Pictures, _ arguments: String...) throws -> Command.Result {
    try Command.run(
      ["explain", fixture("plain"), "photo.png", "--faithfulness"] + arguments, in: folder.path)
  }

  @Test("Says in words what hiding and showing the region does")
  func words() throws {
    let folder = try Pictures()
    let result = try explain(folder, "-o", "why.svg", "--save", "figure")
    #expect(result.code == 0)
    #expect(result.text.contains("\nfaithfulness: hiding the highlighted "))
    #expect(result.text.contains("(6 random regions as large: to "))
    let figure = try String(contentsOfFile: folder.appending("why.svg"), encoding: .utf8)
    #expect(figure.contains("faithfulness: hiding"))
    #expect(
      result.errors.hasPrefix("Faithfulness: 15 photos with regions hidden in one batch"))
  }

  @Test("Is on the page")
  func page() throws {
    let folder = try Pictures()
    #expect(try explain(folder, "-o", "why.html", "--save", "html").code == 0)
    let page = try String(contentsOfFile: folder.appending("why.html"), encoding: .utf8)
    #expect(page.contains("faithfulness: hiding the highlighted "))
  }

  @Test("Is told to machines, with each random region")
  func json() throws {
    let folder = try Pictures()
    let result = try explain(folder, "--target", "2", "--save", "none", "--json")
    struct Output: Decodable {
      struct Explanation: Decodable {
        let faithfulness: Found
        let probability: Double
      }
      let explanations: [Explanation]
    }
    let explanation = try JSONDecoder().decode(Output.self, from: result.output).explanations[0]
    let found = explanation.faithfulness
    #expect(found.quantity == "probability" && found.share > 0 && found.share < 1)
    #expect(abs(found.photo - explanation.probability) < 1e-5)
    #expect(found.randomHidden.count == 6 && found.randomShown.count == 6)
    #expect(abs(found.drop - (found.photo - found.hidden)) < 1e-6)
    #expect(abs(found.gain - (found.shown - found.nothing)) < 1e-6)
    let mean = found.randomHidden.reduce(0, +) / 6
    #expect(abs(found.randomDrop - (found.photo - mean)) < 1e-6)
  }

  @Test("Is refused for all classes at once")
  func allClasses() throws {
    let folder = try Pictures()
    let result = try explain(folder, "--target", "all")
    #expect(result.code == 2)
    #expect(result.errors.contains("'--faithfulness' is for classes that are named, not for 'all'"))
  }
}
