import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("Pages of HTML")
struct PageTests {
  /// Labels that would run if they became markup.
  private static let labels = [
    "</script><script>window.hacked = 1</script>", "\"><img src=x onerror=\"window.hacked=1\">",
    "plain & simple", "<b onmouseover='window.hacked=1'>bold</b>", "\u{2028}${window.hacked=1}`",
  ]

  /// A page of two classes with such labels, and the heatmaps that it should show.
  private func page(_ folder: Pictures) throws -> (path: String, heatmaps: [Image]) {
    try Pictures.photo(width: 96, height: 64).write(to: folder.appending("a<i>&.png"))
    try folder.write(Array(Self.labels.joined(separator: "\n").utf8), to: "hostile.txt")
    let result = try Command.run(
      [
        "explain", fixture("plain"), "a<i>&.png", "--target", "0", "--target", "3", "--labels",
        "hostile.txt", "--preprocess", "imagenet", "--geometry", "squash", "--evidence",
        "both", "--save", "html,heatmap", "-o", "out/",
      ], in: folder.path)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.text.contains("\npage: out/a<i>&.html\n"))
    let heatmaps = try [0, 3].map {
      try Image(contentsOf: folder.appending("out/a<i>&.\($0).heatmap.png"))
    }
    return (folder.appending("out/a<i>&.html"), heatmaps)
  }

  @Test("The extension of -o makes a page, of comparisons too")
  func written() throws {
    let folder = try Pictures()
    let photo = ["photo.png", "--preprocess", "imagenet"]
    for (name, arguments) in [
      ("a.html", ["explain", fixture("plain")]), ("b.html", ["compare", fixture("plain")]),
      ("c.html", ["compare", fixture("plain"), fixture("functions")]),
    ] {
      let result = try Command.run(arguments + photo + ["-o", name], in: folder.path)
      #expect(result.code == 0, "\(result.errors)")
      let text = try String(contentsOfFile: folder.appending(name), encoding: .utf8)
      #expect(text.hasPrefix("<!doctype html>"))
      #expect(text.contains("<th scope=\"row\">Model SHA-256</th>"))
      #expect(!text.contains("http:") && !text.contains("https:"))
    }
    #expect(folder.added == ["a.html", "b.html", "c.html"])
    let models = try String(contentsOfFile: folder.appending("c.html"), encoding: .utf8)
    #expect(
      models.contains(#"{"choices":["plain.onnx","functions.onnx","Difference"],"title":"Model"}"#))
    #expect(models.components(separatedBy: #""values":"#).count == 1 + 3)
  }

  @Test("What differs is picked: classes, layers with their fusion, methods")
  func pickers() throws {
    let folder = try Pictures()
    let layers = ["--layer", "input", "--layer", "feature_Relu"]
    let classes = ["photo.png", "--preprocess", "imagenet", "--target", "0", "--target", "3"]
    _ = try Command.run(
      ["explain", fixture("plain")] + classes + layers + ["-o", "a.html"], in: folder.path)
    _ = try Command.run(
      ["compare", fixture("plain")] + classes + layers
        + ["--method", "gradcam", "--method", "layercam", "-o", "b.html"], in: folder.path)
    let a = try String(contentsOfFile: folder.appending("a.html"), encoding: .utf8)
    #expect(
      a.contains(
        #"{"choices":["all, fused by mean","input","feature_Relu"],"title":"Layer"}"#))
    #expect(a.components(separatedBy: #""values":"#).count == 1 + 2 * 3)
    let b = try String(contentsOfFile: folder.appending("b.html"), encoding: .utf8)
    #expect(b.contains(#"{"choices":["input","feature_Relu"],"title":"Layer"}"#))
    #expect(b.contains(#"{"choices":["Grad-CAM","LayerCAM"],"title":"Method"}"#))
    #expect(b.components(separatedBy: #""values":"#).count == 1 + 2 * 2 * 2)
  }

  @Test("No text from outside becomes markup")
  func escaped() throws {
    let folder = try Pictures()
    let text = try String(contentsOfFile: page(folder).path, encoding: .utf8)
    for label in Self.labels.dropLast() where label.contains("<") {
      #expect(!text.contains(label), "\(label)")
    }
    #expect(text.contains("<title>a&lt;i&gt;&amp; – plain.onnx</title>"))
    #expect(text.components(separatedBy: "<script").count == 3)
    #expect(text.components(separatedBy: "</script").count == 3)
  }

  @Test(
    "In a browser the slider fades the map, a class is picked, and values are told",
    .enabled(if: Browser.path != nil, "needs 'chromium' or 'google-chrome' on the path"))
  func used() throws {
    let folder = try Pictures()
    let (path, heatmaps) = try page(folder)
    let browser = try Browser(opening: path)
    #expect(try browser.evaluate("document.title") as? String == "a<i>& – plain.onnx")
    #expect(try browser.evaluate("typeof window.hacked") as? String == "undefined")
    let names = try browser.evaluate(
      "[...document.getElementById('class').options].map(o => o.textContent)")
    #expect((names as? [String])?.first?.hasPrefix(Self.labels[0]) == true)

    // The map is what the command draws.
    let pixels = """
      [...document.getElementById('map').getContext('2d').getImageData(0, 0, 96, 64).data]
      """
    func expectMap(_ heatmap: Image) throws {
      let found = try #require(try browser.evaluate(pixels) as? [Int])
      let colors = found.indices.filter { $0 % 4 != 3 }.map { found[$0] }
      let differences = zip(colors, heatmap.pixels).map { abs($0 - Int($1)) }
      #expect(colors.count == heatmap.pixels.count && (differences.max() ?? 255) <= 3)
    }
    try expectMap(heatmaps[0])
    try browser.focus("class")
    try browser.press("ArrowDown", code: 40)
    try expectMap(heatmaps[1])
    let name = try browser.evaluate("document.getElementById('name').textContent") as? String
    #expect(name?.hasPrefix(Self.labels[3]) == true)

    // The slider, by keyboard: at one end the photo, at the other the colours alone.
    try browser.focus("opacity")
    try browser.press("Home", code: 36)
    let photo = try browser.screenshot(of: "stage")
    try browser.press("End", code: 35)
    let colors = try browser.screenshot(of: "stage")
    try browser.press("ArrowLeft", code: 37)
    #expect(
      try browser.evaluate("document.getElementById('map').style.opacity") as? String == "0.99")
    #expect(photo != colors)
    let middle = colors[x: colors.width / 2, y: colors.height / 2]
    let wanted = heatmaps[1][x: 48, y: 32]
    #expect(abs(Int(middle.red) - Int(wanted.red)) < 24)
    #expect(abs(Int(middle.green) - Int(wanted.green)) < 24)

    // Values, by mouse and by keyboard.
    let told = "document.getElementById('value').textContent"
    let box = try browser.box(of: "photo")
    try browser.point(x: box.x + box.width / 2, y: box.y + box.height / 2)
    let first = try #require(try browser.evaluate(told) as? String)
    #expect(first.contains("at (48, 32)") || first.contains("at (47, 31)"), "\(first)")
    try browser.focus("stage")
    try browser.press("ArrowRight", code: 39)
    let second = try #require(try browser.evaluate(told) as? String)
    #expect(second != first && second.contains("at ("))

    // Nothing is loaded, and nothing else may run.
    let loaded = try browser.evaluate(
      "performance.getEntriesByType('resource').filter(e => !e.name.startsWith('data:')).length")
    #expect(loaded as? Int == 0)
    let injected = try browser.evaluate(
      """
      const script = document.createElement('script');
      script.textContent = 'window.injected = 1';
      document.body.append(script);
      typeof window.injected
      """)
    #expect(injected as? String == "undefined")
  }
}

extension Browser {
  /// Gives the keyboard to an element.
  fileprivate func focus(_ id: String) throws {
    _ = try evaluate("document.getElementById('\(id)').focus()")
  }

  /// Where an element is in the window.
  fileprivate func box(
    of id: String
  ) throws -> (x: Double, y: Double, width: Double, height: Double) {
    let sides = try evaluate(
      "(b => [b.x, b.y, b.width, b.height])(document.getElementById('\(id)')"
        + ".getBoundingClientRect())")
    guard let sides = sides as? [Double], sides.count == 4 else {
      throw Failure(description: "'\(id)' has no box")
    }
    return (sides[0], sides[1], sides[2], sides[3])
  }

  /// A picture of an element.
  fileprivate func screenshot(of id: String) throws -> Image {
    let box = try box(of: id)
    return try Image(
      decoding: screenshot(x: box.x, y: box.y, width: box.width, height: box.height))
  }
}
