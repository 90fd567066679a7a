import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("Methods at the input on the command line")
struct InputMethodTests {
  private func explain(_ folder: Pictures, _ arguments: String...) throws -> Command.Result {
    try Command.run(["explain", fixture("plain"), "photo.png"] + arguments, in: folder.path)
  }

  @Test("Attributions are saved, and what was measured is told everywhere")
  func measures() throws {
    let folder = try Pictures()
    let result = try explain(
      folder, "--target", "2", "--method", "integrated-gradients", "--save",
      "overlay,attribution-npy,npy")
    #expect(result.code == 0)
    #expect(result.text.hasPrefix("plain.onnx  layer input [3, 8, 8]  Integrated Gradients"))
    let line = result.text.split(separator: "\n").last.map(String.init) ?? ""
    #expect(line.hasPrefix("residual ") && line.contains(", difference "))
    let values = try FloatTensor(contentsOf: folder.appending("photo.2.attribution.npy"))
    let map = try FloatTensor(contentsOf: folder.appending("photo.2.npy"))
    #expect(values.shape == [3, 8, 8] && map.shape == [8, 8])
    let entries = try Image.metadata(contentsOf: folder.appending("photo.2.overlay.png"))
    let texts = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    let residual = try #require(texts["Residual"].flatMap { Double($0) })
    let difference = try #require(texts["Difference"].flatMap { Double($0) })
    let sum = values.values.reduce(0) { $0 + Double($1) }
    #expect(abs(sum - difference - residual) < 1e-6)
    let json = try explain(
      folder, "--target", "2", "--method", "integrated-gradients", "--save", "none", "--json")
    #expect(json.text.contains("\"residual\": \(residual)"))
  }

  @Test(
    "What such a method cannot do is refused",
    arguments: [
      (
        ["--method", "gradient", "--layer", "feature"],
        """
        Error: Method 'gradient' has no layer, but 'feature_Relu' is given
          note: its values are those of the input
          help: leave the layer away, or take a method of a layer, such as 'gradcam'
        """
      ),
      (
        ["--method", "smoothgrad", "--evidence", "against"],
        """
        Error: Method 'smoothgrad' shows how much each place matters, not evidence 'against'
          help: 'input-x-gradient', 'integrated-gradients', 'gradient-shap' and 'gradcam' tell \
        evidence for from evidence against
        """
      ),
      (
        ["--method", "fullgrad", "--save", "attribution-npy"],
        "Error: Method 'fullgrad' gives no value for each number of the input"
      ),
    ])
  func refusals(options: [String], message: String) throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["explain", fixture("plain"), "photo.png"] + options, in: folder.path)
    #expect(result.code == 2)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(folder.added.isEmpty)
  }
}
