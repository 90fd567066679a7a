import GradCAM
import Testing
import _TestSupport

@Suite("Options that do not fit")
struct BadOptionTests {
  /// Options after the model and its input, and what the command says of them.
  struct Row: CustomTestStringConvertible, Sendable {
    let options: [String]
    let message: String
    var testDescription: String { options.joined(separator: " ") }

    init(_ options: String..., message: String) {
      self.options = options
      self.message = message
    }
  }

  static let rows = [
    Row(
      "--layer", "featur",
      message: """
        Error: No layer named 'featur' in 'plain.onnx'
          help: did you mean 'feature'? 'gradcam layers plain.onnx' lists all 3
        """),
    Row(
      "--layer", "Feature",
      message: """
        Error: No layer named 'Feature' in 'plain.onnx'
          help: did you mean 'feature'? 'gradcam layers plain.onnx' lists all 3
        """),
    Row(
      "--target", "5",
      message: """
        Error: Class 5 is out of range for output 'logits', which has classes 0 through 4
          help: class numbers start at 0
        """),
    Row(
      "--target", "dog",
      message: """
        Error: Class 'dog' is a label, but no labels are known
          help: pass '--labels FILE' or '--labels imagenet', or name the class by its number
        """),
    Row(
      "--labels", "five.txt", "--target", "brid",
      message: """
        Error: No class is labelled 'brid'
          help: did you mean 'bird'?
        """),
    Row(
      "--labels", "five.txt", "--target", "fish",
      message: """
        Error: Label 'fish' means 2 classes
          note: 3: fish
          note: 4: fish
          help: name the class by its number
        """),
    Row(
      "--labels", "two.txt",
      message: """
        Error: 'two.txt' has 2 labels, but 'plain.onnx' has 5 classes
          help: labels stand in the order of the model's outputs, one for each
        """),
    Row(
      "--labels", "absent.txt",
      message: """
        Error: Cannot read labels from 'absent.txt'
          note: the file cannot be read
          help: a label file has one class a line, or is a JSON array of texts
        """),
    Row(
      "--target", "top:0",
      message: """
        Error: Target 'top:0' has no count
          help: write 'top:3' for the 3 most probable classes
        """),
    Row(
      "--target", "top:9",
      message: """
        Error: There is no 6th most probable class among 5
          help: ask for at most 5
        """),
    Row(
      "--target", "1", "--rather-than", "1",
      message: """
        Error: A target and '--rather-than' both name '1', so their difference is zero
          help: name another class
        """),
    Row(
      "--rather-than", "top:2",
      message: """
        Error: '--rather-than top:2' names several classes
          help: name one
        """),
    Row(
      "--size", "16x16",
      message: """
        Error: Size 16x16 does not fit input 'input' of 'plain.onnx', which is fixed to 8x8
          help: leave the size out, or export the model with dynamic height and width
        """),
    Row(
      "--layout", "nhwc",
      message: """
        Error: Layout 'nhwc' does not fit input 'input' of 'plain.onnx', whose shape is [?, 3, 8, 8]
          help: leave the layout out, or pass 'nchw'
        """),
    Row(
      "--channels", "gray",
      message: """
        Error: Channels 'gray' do not fit input 'input' of 'plain.onnx', which has 3
          help: leave '--channels' out, or pass 'rgb' or 'bgr'
        """),
    Row(
      "--mean", "1,2",
      message: """
        Error: The mean has 2 values, but the model has 3 channels
          help: give one value, or one for each of the model's channels
        """),
    Row(
      "--std", "0",
      message: "Error: The std has a value that is zero, infinite or not a number"),
    Row(
      "--evidence", "both", "--colormap", "turbo",
      message: """
        Error: Colormap 'turbo' has no colours for negative values, which evidence 'both' shows
          help: pass 'coolwarm'
        """),
    Row(
      "--opacity", "1.5",
      message: """
        Error: Opacity 1.5 is not between 0 and 1
          help: 0 shows the photo alone, 1 the colours alone
        """),
    Row(
      "--model-output", "logit",
      message: """
        Error: No output named 'logit' in 'plain.onnx'
          help: did you mean 'logits'?
        """),
    Row(
      "--target", "top:2", "-o", "why.png",
      message: """
        Error: 'why.png' names one file, but 3 are to be written
          help: name a folder, with '/' at its end
        """),
    Row(
      "--target", "top:2", "-o", "-",
      message: """
        Error: Standard output takes one file, but 3 are to be written
          help: explain one target, and save one kind of file with '--save'
        """),
    Row(
      "-o", "-", "--json",
      message: """
        Error: '-o -' and '--json' both write to standard output
          help: leave one out, or name a file
        """),
    Row(
      "-o", "why.gif",
      message: """
        Error: Cannot tell from 'why.gif' which format to write
          help: end the name in .png, .jpg, .jpeg or .webp
        """),
    Row(
      "-o", "photo.png/out/",
      message: """
        Error: Cannot make folder 'photo.png/out/': a part of the path is not a folder, or cannot \
        be written to
          help: name another place with '-o'
        """),
  ]

  @Test("An option that does not fit the model is refused, and nothing is written", arguments: rows)
  func refused(_ row: Row) throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["explain", fixture("plain"), "photo.png"] + row.options, in: folder.path)
    #expect(result.errors == row.message + "\n")
    #expect(result.code == 2)
    #expect(result.text.isEmpty)
    #expect(folder.added.isEmpty)
  }

  @Test(
    "Bad usage ends with exit code 2 and tells the usage",
    arguments: [
      ["explain"], ["explain", "m.onnx"], ["explan"], ["explain", "m", "p", "--opacity", "half"],
      ["explain", "m", "p", "--save", "picture"], ["explain", "m", "p", "--threads", "0"],
      ["explain", "m", "p", "--size", "0x8"], ["explain", "m", "p", "--mean", "a"],
      ["layers"], ["evaluate", "m", "f", "--tolerance", "-1"], ["--colour"],
    ])
  func usage(_ arguments: [String]) throws {
    let result = try Command.run(arguments)
    #expect(result.code == 2)
    #expect(result.text.isEmpty)
    #expect(result.errors.hasPrefix("Error: "))
    #expect(result.errors.contains("\nUsage: gradcam "))
  }

  @Test("An unknown kind of file is refused with all there are")
  func unknownKind() throws {
    let result = try Command.run(["explain", "m", "p", "--save", "overlay,picture"])
    #expect(
      result.errors.hasPrefix(
        "Error: The value 'overlay,picture' is invalid for '--save <kinds>': there is no "
          + "'picture' to save; there are 'overlay', 'heatmap', 'figure', 'html', 'npy', "
          + "'heatmap-npy', 'gradient-npy', 'activation-npy', 'attribution-npy', 'classes-npy'\n"))
  }
}
