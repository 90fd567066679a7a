import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("Inputs that cannot be explained")
struct BadInputTests {
  private func explain(_ folder: Pictures, _ arguments: String...) throws -> Command.Result {
    try Command.run(["explain", fixture("plain")] + arguments, in: folder.path)
  }

  private func expectRefused(
    _ result: Command.Result, _ folder: Pictures, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.errors == message + "\n", sourceLocation: sourceLocation)
    #expect(result.code == 2, sourceLocation: sourceLocation)
    #expect(result.text.isEmpty, sourceLocation: sourceLocation)
    #expect(
      folder.added.allSatisfy { !$0.hasSuffix(".overlay.png") }, sourceLocation: sourceLocation)
  }

  @Test("A path at which nothing stands")
  func absent() throws {
    let folder = try Pictures()
    expectRefused(
      try explain(folder, "absent.jpg"), folder,
      """
      Error: No file or folder 'absent.jpg'
        help: check the path
      """)
  }

  @Test("A text in the place of a picture")
  func text() throws {
    let folder = try Pictures()
    expectRefused(
      try explain(folder, "two.txt"), folder,
      """
      Error: 'two.txt' is not a picture: it begins with the bytes 63 61 74 0a 64 6f 67 0a
        help: pass a JPEG, PNG, WebP or TIFF file
      """)
  }

  @Test("A picture that ends early")
  func truncated() throws {
    let folder = try Pictures()
    let whole = try [UInt8](Data(contentsOf: URL(filePath: folder.appending("photo.png"))))
    try folder.write(Array(whole[..<(whole.count / 2)]), to: "half.png")
    let result = try explain(folder, "half.png")
    #expect(result.errors.hasPrefix("Error: Damaged PNG 'half.png': "))
    #expect(result.errors.hasSuffix("\n  help: download or copy the file again\n"))
    #expect(result.code == 2)
    #expect(folder.added == ["half.png"])
  }

  @Test("A picture whose header declares more pixels than allowed, before it is decoded")
  func huge() throws {
    let folder = try Pictures()
    var bytes = try [UInt8](Data(contentsOf: URL(filePath: folder.appending("photo.png"))))
    // Width and height follow the signature and the first chunk's length and name.
    bytes.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
    try folder.write(bytes, to: "huge.png")
    expectRefused(
      try explain(folder, "huge.png"), folder,
      """
      Error: Picture 'huge.png' has 30000 × 30000 pixels, more than the limit of 178956970
        help: scale it down, or raise the limit
      """)
  }

  @Test("A format that is not read, with how to convert it")
  func foreign() throws {
    let folder = try Pictures()
    try folder.write(Array("GIF89a".utf8) + [UInt8](repeating: 0, count: 20), to: "photo.gif")
    let result = try explain(folder, "photo.gif")
    #expect(
      result.errors.hasPrefix(
        "Error: Cannot read 'photo.gif': GIF is not among the formats read\n"))
    #expect(result.errors.contains("help: convert it first: '"))
    #expect(result.code == 2)
  }

  @Test("A folder without pictures")
  func emptyFolder() throws {
    let folder = try Pictures()
    try folder.write(Array("text".utf8), to: "texts/a.txt")
    expectRefused(
      try explain(folder, "-q", "texts"), folder,
      """
      Error: No readable picture in folder 'texts'
        note: 'texts/a.txt' is not a picture: it begins with the bytes 74 65 78 74
        help: it needs JPEG, PNG, WebP or TIFF files; folders within it are not entered
      """)
  }

  @Test("Nothing on standard input, and standard input twice")
  func standardInput() throws {
    let folder = try Pictures()
    expectRefused(
      try explain(folder, "-"), folder,
      """
      Error: Nothing came on standard input
        help: pipe a picture or a '.npy' file into it
      """)
    expectRefused(
      try explain(folder, "-", "-"), folder,
      "Error: '-' stands for standard input, which can be read only once")
  }

  @Test("An array of another shape than the model's")
  func shape() throws {
    let folder = try Pictures()
    try FloatTensor(shape: [3, 8, 4], values: [Float](repeating: 0, count: 96))
      .write(to: folder.appending("narrow.npy"))
    expectRefused(
      try explain(folder, "narrow.npy"), folder,
      "Error: Input 'input' of 'plain.onnx' takes one image of shape [3, 8, 8], but got [3, 8, 4]")
    try FloatTensor(shape: [8, 8, 3], values: [Float](repeating: 0, count: 192))
      .write(to: folder.appending("last.npy"))
    expectRefused(
      try explain(folder, "last.npy"), folder,
      """
      Error: Input 'input' of 'plain.onnx' takes one image of shape [3, 8, 8], but got [8, 8, 3]
        help: the model has its channels first
      """)
  }

  @Test("An array without images, and one of fewer axes")
  func emptyArray() throws {
    let folder = try Pictures()
    try FloatTensor(shape: [0, 3, 8, 8], values: []).write(to: folder.appending("none.npy"))
    expectRefused(
      try explain(folder, "none.npy"), folder,
      """
      Error: Array 'none.npy' of shape [0, 3, 8, 8] holds no image
        help: its shape is [C, H, W] or [N, C, H, W]
      """)
    try FloatTensor(shape: [4], values: [1, 2, 3, 4]).write(to: folder.appending("row.npy"))
    expectRefused(
      try explain(folder, "row.npy"), folder,
      "Error: Input 'input' of 'plain.onnx' takes one image of shape [3, 8, 8], but got [4]")
  }

  @Test("A number that is not finite", arguments: [Float.nan, .infinity])
  func notFinite(_ value: Float) throws {
    let folder = try Pictures()
    var values = [Float](repeating: 0, count: 192)
    values[64 + 8 + 2] = value
    try FloatTensor(shape: [3, 8, 8], values: values).write(to: folder.appending("bad.npy"))
    expectRefused(
      try explain(folder, "bad.npy"), folder,
      """
      Error: The input holds \(value) at [1, 1, 2]
        help: clean the numbers first: one such value spoils every gradient
      """)
  }

  @Test("A file that only says it is an array")
  func notNumPy() throws {
    let folder = try Pictures()
    try folder.write(Array("text".utf8), to: "text.npy")
    expectRefused(
      try explain(folder, "text.npy"), folder,
      """
      Error: Cannot read 'text.npy' as a NumPy array
        note: it does not begin as one
        help: save it with numpy.save(path, array.astype('float32'))
      """)
  }

  @Test("A runtime that is not there ends with exit code 3")
  func noRuntime() throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["explain", fixture("plain"), "photo.png"], in: folder.path,
      environment: ["GRADCAM_ORT": "/absent/lib"])
    #expect(
      result.errors == """
        Error: No ONNX Runtime at '/absent/lib', which GRADCAM_ORT names
          note: '/absent/lib': not there
          help: name the file 'libonnxruntime.so.1', or the folder that holds it

        """)
    #expect(result.code == 3)
    #expect(folder.added.isEmpty)
  }

  @Test("A provider that the runtime does not have ends with exit code 3")
  func noProvider() throws {
    let folder = try Pictures()
    let found = try Command.run(["doctor", "--json"])
    guard !found.text.contains("\"cuda\"") else { return }
    let result = try explain(folder, "photo.png", "--provider", "cuda")
    #expect(result.errors.contains("has no execution provider 'cuda'\n"))
    #expect(result.code == 3)
  }
}
