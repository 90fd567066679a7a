import GradCAM
import _TestSupport

/// A folder of drawn photos with boxes, for tiny models of five labels.
struct EvaluatedPhotos {
  let folder: Pictures

  /// The path of the folder.
  var path: String { folder.path }

  /// Two photos: all of the first is a cat and its left part a dog, nothing is on the second.
  init(_ boxes: String? = nil) throws {
    folder = try Pictures()
    try Pictures.photo(width: 8, height: 8).write(to: folder.appending("second.png"))
    let text =
      boxes ?? """
        [{"file": "photo.png", "width": 12, "height": 8,
          "elements": [{"class": "cat", "box": [0, 0, 12, 8]},
                       {"class": "dog", "box": [0, 0, 3, 8]}]},
         {"file": "second.png", "elements": []}]
        """
    try folder.write(Array(text.utf8), to: "boxes.json")
  }

  /// Many photos of which each has a cat somewhere.
  init(count: Int) throws {
    var records: [String] = []
    folder = try Pictures()
    for index in 0..<count {
      let (width, height) = (12 + index % 5, 10 + index % 3)
      let pixels = (0..<3 * width * height).map {
        UInt8(truncatingIfNeeded: $0 &* (37 + index) &+ $0 / 11 &+ index * 7)
      }
      try Image(width: width, height: height, pixels: pixels)
        .write(to: folder.appending("p\(index).png"))
      let (left, top) = (index % 7, index % 4)
      records.append(
        """
        {"file": "p\(index).png", "elements": [{"class": "\(index % 3 == 0 ? "dog" : "cat")", \
        "box": [\(left), \(top), \(left + 5), \(top + 5)]}]}
        """)
    }
    try folder.write(Array("[\(records.joined(separator: ",\n"))]".utf8), to: "boxes.json")
  }

  /// The arguments that evaluate it.
  func arguments(_ more: [String] = []) -> [String] {
    ["evaluate", fixture("sigmoid-tail"), ".", "--layer", "conv", "--labels", "five.txt"] + more
  }

  /// Evaluates it; journals lie in the folder too.
  func evaluate(_ more: String...) throws -> Command.Result {
    try Command.run(
      arguments(more), in: path, environment: ["XDG_CACHE_HOME": folder.appending("caches")])
  }

  /// The report of that.
  func report(_ more: String...) throws -> EvaluationReport {
    try EvaluationReport(
      Command.run(
        arguments(more + ["--json"]), in: path,
        environment: ["XDG_CACHE_HOME": folder.appending("caches")]))
  }
}
