import Diagnostics
import Testing

@testable import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("Writing pictures")
struct WritingTests {
  static let metadata: [(key: String, value: String)] = [
    ("Model", "resnet50.onnx"), ("Class", "Kätzchen <&> \"quoted\""), ("Note", "two\nlines: yes"),
    ("Empty", ""),
  ]

  @Test(
    "A written picture comes back, with its metadata",
    arguments: [("a.png", 0), ("a.PNG", 0), ("a.jpg", 4), ("a.jpeg", 4), ("a.webp", 12)])
  func roundTrip(name: String, meanDifference: Double) throws {
    let image = try Image(contentsOf: Fixture.path("png-rgb.png"))
    try Fixture.withTemporaryFolder { folder in
      let path = folder + "/" + name
      try image.write(to: path, metadata: Self.metadata)
      let back = try Image(contentsOf: path)
      #expect(back.width == image.width && back.height == image.height)
      let total = zip(back.pixels, image.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(Double(total) <= meanDifference * Double(image.pixels.count))
      let metadata = try Image.metadata(contentsOf: path)
      #expect(metadata.map(\.key) == Self.metadata.map(\.key))
      #expect(metadata.map(\.value) == Self.metadata.map(\.value))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
    }
  }

  @Test("Without metadata there is none", arguments: [Image.Format.png, .jpeg, .webp])
  func plain(format: Image.Format) throws {
    try Fixture.withTemporaryFolder { folder in
      let path = folder + "/picture"
      let bytes = try Fixture.drawn(width: 9, height: 4).encoded(as: format)
      try Data(bytes).write(to: URL(filePath: path))
      #expect(try Image.metadata(contentsOf: path).isEmpty)
      #expect(try Image(contentsOf: path).width == 9)
    }
  }

  @Test("A file that is overwritten keeps its permissions; a link is followed")
  func overwriting() throws {
    let image = Fixture.drawn(width: 3, height: 3)
    try Fixture.withTemporaryFolder { folder in
      let real = folder + "/real.png", link = folder + "/link.png"
      let files = FileManager.default
      try Data([1]).write(to: URL(filePath: real))
      try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: real)
      try files.createSymbolicLink(atPath: link, withDestinationPath: real)
      try image.write(to: link)
      #expect(try Image(contentsOf: real) == image)
      #expect(try files.destinationOfSymbolicLink(atPath: link) == real)
      let permissions = try files.attributesOfItem(atPath: real)[.posixPermissions]
      #expect(permissions.map { "\($0)" } == "\(0o640)")
    }
  }

  @Test("What cannot be written is said, and nothing is left behind")
  func refused() throws {
    let image = Fixture.drawn(width: 3, height: 3)
    try Fixture.withTemporaryFolder { folder in
      func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "no error"
      }
      #expect(
        message { try image.write(to: "why.gif") } == """
          Cannot tell from 'why.gif' which format to write
            help: end the name in .png, .jpg, .jpeg or .webp
          """)
      #expect(message { try image.write(to: "why") }.hasPrefix("Cannot tell from 'why'"))
      #expect(
        message { try image.write(to: folder + "/none/why.png") }
          == "Cannot write '\(folder)/none/why.png': no such file or directory")
      try FileManager.default.createDirectory(
        atPath: folder + "/why.png", withIntermediateDirectories: false)
      #expect(
        message { try image.write(to: folder + "/why.png") }
          == "Cannot write '\(folder)/why.png': it is a folder")
      #expect(
        message { _ = try image.encoded(as: .tiff) } == """
          TIFF is not written
            help: choose PNG, JPEG or WebP
          """)
      #expect(
        message { _ = try image.encoded(as: .png, metadata: [("a\nb", "c")]) } == """
          Metadata key 'a\nb' cannot be written
            help: use 1 through 79 printable ASCII characters without a colon
          """)
      #expect(
        message {
          _ = try Image(width: 65_501, height: 1, filledWith: .init(red: 0, green: 0, blue: 0))
            .encoded(as: .jpeg)
        } == "Cannot write the picture as JPEG: a side is longer than 65500 pixels")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["why.png"])
    }
  }
}
