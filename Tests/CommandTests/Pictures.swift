import GradCAM
import _TestSupport

/// A folder with a picture of 12 × 8 pixels and two label files, that goes when it is let go.
final class Pictures {
  private let folder = TemporaryFolder()
  private let first: Set<String>

  /// Makes the folder.
  init() throws {
    try Self.photo(width: 12, height: 8).write(to: folder.appending("photo.png"))
    try folder.write(Array("cat\ndog\nbird\nfish\nfish\n".utf8), to: "five.txt")
    try folder.write(Array("cat\ndog\n".utf8), to: "two.txt")
    first = Set(folder.names)
  }

  /// The folder's path.
  var path: String { folder.path }

  /// What a run wrote.
  var added: [String] { folder.names.filter { !first.contains($0) } }

  /// The path of something in the folder.
  func appending(_ name: String) -> String { folder.appending(name) }

  /// Writes a file.
  func write(_ bytes: [UInt8], to name: String) throws { try folder.write(bytes, to: name) }

  /// A picture in which every pixel differs from its neighbours.
  static func photo(width: Int, height: Int) -> Image {
    let pixels = (0..<3 * width * height).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 11) }
    return Image(width: width, height: height, pixels: pixels)
  }
}
