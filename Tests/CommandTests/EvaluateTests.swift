import GradCAM
import Testing
import _TestSupport

@Suite("gradcam evaluate")
struct EvaluateTests {
  /// Two pictures with boxes: all of the first is class 0, nothing of the second is.
  private func folder(_ boxes: String? = nil) throws -> Pictures {
    let folder = try Pictures()
    try Pictures.photo(width: 8, height: 8).write(to: folder.appending("second.png"))
    let text =
      boxes ?? """
        [{"file": "photo.png", "width": 12, "height": 8,
          "elements": [{"class": "cat", "box": [0, 0, 12, 8]},
                       {"class": "dog", "box": [50, 50, 60, 60]}]},
         {"file": "second.png", "elements": []}]
        """
    try folder.write(Array(text.utf8), to: "boxes.json")
    return folder
  }

  private func evaluate(_ folder: Pictures, _ arguments: String...) throws -> Command.Result {
    try Command.run(
      ["evaluate", fixture("sigmoid-tail"), ".", "--layer", "conv", "--labels", "five.txt"]
        + arguments, in: folder.path)
  }

  @Test("A box of the whole picture is hit, one outside it is missed")
  func hits() throws {
    let result = try evaluate(folder(), "--geometry", "squash")
    #expect(result.code == 0)
    #expect(result.errors.isEmpty)
    let lines = result.text.split(separator: "\n").map(String.init)
    #expect(
      lines[0] == "sigmoid-tail.onnx  layer conv_Conv [4, 8, 8]  Grad-CAM  2 pictures")
    #expect(
      lines[1]
        == "pointing game: the share of maps that peak on their class, higher is better; tolerance "
        + "0 pixels")
    let cat = lines[4].split(whereSeparator: \.isWhitespace)
    #expect(cat.prefix(3) == ["0", "cat", "1"])
    #expect(cat.suffix(7) == ["1", "1", "100.0%", "20.7%", "–", "100.0%", "100.0%"])
    let dog = lines[5].split(whereSeparator: \.isWhitespace)
    #expect(dog.suffix(7) == ["0", "1", "0.0%", "0.0%", "–", "79.3%", "0.0%"])
    let all = lines[6].split(whereSeparator: \.isWhitespace)
    #expect(all.prefix(2) == ["all", "2"])
    #expect(all.suffix(7) == ["1", "2", "50.0%", "9.5%", "–", "90.5%", "50.0%"])
  }

  @Test("A tolerance widens every box")
  func tolerance() throws {
    let result = try evaluate(folder(), "--tolerance", "60", "--json")
    #expect(result.text.contains("\"hits\": 2,\n    \"tries\": 2,\n    \"rate\": 1.0,"))
  }

  @Test("A rate lower than asked for ends with exit code 1")
  func atLeast() throws {
    let result = try evaluate(folder(), "--at-least", "0.9")
    #expect(result.code == 1)
    #expect(result.errors == "Error: 50.0% hit, which is less than 90.0%\n")
    #expect(!result.text.isEmpty)
    #expect(try evaluate(folder(), "--at-least", "0.5").code == 0)
  }

  @Test(
    "Boxes that cannot be used are refused",
    arguments: [
      (
        "{}",
        """
        Error: Cannot read boxes from './boxes.json'
          note: it does not have the form that '--help' shows
          help: 'gradcam evaluate --help' shows what it holds
        """
      ),
      (
        "[{\"file\": \"photo.png\", \"elements\": [{\"class\": \"cat\", \"box\": [1, 2, 3]}]}]",
        """
        Error: Cannot read boxes from './boxes.json'
          note: a box of 'photo.png' has not four numbers
          help: 'gradcam evaluate --help' shows what it holds
        """
      ),
      (
        "[{\"file\": \"photo.png\", \"elements\": []}]",
        """
        Error: Cannot read boxes from './boxes.json'
          note: there are no boxes in it
          help: 'gradcam evaluate --help' shows what it holds
        """
      ),
      (
        "[{\"file\": \"photo.png\", \"elements\": [{\"class\": \"cow\", \"box\": [1, 2, 3, 4]}]}]",
        """
        Error: Class 'cow' of 'boxes.json' is none of the model's
          help: its labels are 'cat', 'dog', 'bird', 'fish', 'fish'
        """
      ),
      (
        """
        [{"file": "photo.png", "width": 3, "height": 3,
          "elements": [{"class": "cat", "box": [1, 2, 3, 4]}]}]
        """,
        """
        Error: Picture 'photo.png' is 12x8, but 'boxes.json' says 3x3
          help: boxes are in pixels of the picture as it lies in the folder
        """
      ),
      (
        "[{\"file\": \"gone.png\", \"elements\": [{\"class\": \"cat\", \"box\": [1, 2, 3, 4]}]}]",
        "Error: No file './gone.png'"
      ),
    ])
  func refused(_ boxes: String, _ message: String) throws {
    let result = try evaluate(folder(boxes))
    #expect(result.errors == message + "\n")
    #expect(result.code == 2)
  }

  @Test("A folder without boxes, and no folder")
  func noBoxes() throws {
    let folder = try Pictures()
    #expect(
      try evaluate(folder).errors == """
        Error: No file './boxes.json'
          help: 'gradcam evaluate --help' shows what it holds

        """)
    let result = try Command.run(["evaluate", fixture("plain"), "absent"])
    #expect(
      result.errors == """
        Error: No folder 'absent'
          help: name a folder of pictures with 'boxes.json' in it

        """)
  }
}
