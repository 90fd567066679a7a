import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("Figures of the command")
struct FigureSnapshotTests {
  /// A kind of figure and the arguments that make it.
  static let kinds: [(name: String, arguments: [String])] = [
    ("explain", ["explain", "PLAIN", "photo.png", "--target", "0", "--target", "3"]),
    ("explain-both", ["explain", "PLAIN", "photo.png", "--target", "0", "--evidence", "both"]),
    ("explain-empty", ["explain", "EMPTY", "photo.png", "--target", "0"]),
    ("targets", ["compare", "PLAIN", "photo.png", "--target", "0", "--target", "3"]),
    (
      "targets-shared",
      ["compare", "PLAIN", "photo.png", "--target", "0", "--target", "3", "--map-scale", "shared"]
    ),
    (
      "layers",
      [
        "compare", "PLAIN", "photo.png", "--target", "0", "--layer", "input", "--layer",
        "feature_Relu",
      ]
    ),
    (
      "methods",
      [
        "compare", "PLAIN", "photo.png", "--target", "0", "--method", "gradcam", "--method",
        "reciprocam",
      ]
    ),
    ("models", ["compare", "PLAIN", "EMPTY", "photo.png", "--target", "0"]),
    ("ranking", ["layers", "--rank", "PLAIN", "photo.png", "--target", "0"]),
  ]

  /// `GRADCAM_WRITE=1 swift test --filter FigureSnapshotTests` writes them anew.
  @Test(
    "A figure's SVG is that of the snapshot, pictures and provenance aside",
    arguments: kinds.map(\.name))
  func snapshot(_ name: String) throws {
    let folder = try Pictures()
    let kind = try #require(Self.kinds.first { $0.name == name })
    let models = ["PLAIN": fixture("plain"), "EMPTY": fixture("only-evidence-against")]
    let result = try Command.run(
      kind.arguments.map { models[$0] ?? $0 } + ["--preprocess", "imagenet", "-o", "figure.svg"],
      in: folder.path)
    #expect(result.code == 0, "\(result.errors)")
    let found = Self.stripped(
      try String(contentsOfFile: folder.appending("figure.svg"), encoding: .utf8))
    let path = Fixtures.path("Figures/\(name).svg")
    if ProcessInfo.processInfo.environment["GRADCAM_WRITE"] == "1" {
      try found.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try found == String(contentsOfFile: path, encoding: .utf8))
  }

  /// The text without what is not laid out: pictures' bytes, provenance, and the version.
  private static func stripped(_ text: String) -> String {
    let pieces = text.split(separator: "base64,").enumerated().map { index, piece in
      index == 0 ? String(piece) : "…" + piece.drop { $0 != "\"" }
    }
    var result = pieces.joined().replacing("gradcam \(GradCAMVersion.current)", with: "gradcam …")
    if let start = result.firstRange(of: "<desc>"), let end = result.firstRange(of: "</desc>\n") {
      result.removeSubrange(start.lowerBound..<end.upperBound)
    }
    return result
  }
}
