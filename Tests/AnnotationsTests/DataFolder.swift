import Imaging
import _TestSupport

@testable import Annotations

/// A folder of drawn photos with annotations, that goes when it is let go.
final class DataFolder {
  private let folder = TemporaryFolder()

  /// A photo of one colour; JPEG with an EXIF orientation where one is given.
  @discardableResult
  func photo(
    _ name: String, _ width: Int = 40, _ height: Int = 30, orientation: Int? = nil
  ) throws -> DataFolder {
    let image = Image(
      width: width, height: height, filledWith: Image.Color(red: 90, green: 120, blue: 30))
    let path = try folder.write([], to: name)
    try image.write(to: path)
    if let orientation {
      let bytes = try FileBytes.contents(of: path, limit: 1 << 20)
      try folder.write(Self.turned(bytes, orientation), to: name)
    }
    return self
  }

  /// A JPEG's bytes with an EXIF segment after its start.
  private static func turned(_ jpeg: [UInt8], _ orientation: Int) -> [UInt8] {
    let entry: [UInt8] = [0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0]
    let body =
      Array("Exif\0\0".utf8) + [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0] + entry + [0, 0, 0, 0]
    return jpeg[..<2] + [0xff, 0xe1, 0, UInt8(body.count + 2)] + body + jpeg[2...]
  }

  /// Writes a text, into a folder within where the name has one.
  @discardableResult
  func write(_ text: String, to name: String) throws -> DataFolder {
    try folder.write(Array(text.utf8), to: name)
    return self
  }

  /// Writes bytes.
  func write(_ bytes: [UInt8], to name: String) throws { try folder.write(bytes, to: name) }

  /// The folder's path.
  var path: String { folder.path }

  /// Reads what is there.
  func read(_ choice: String? = nil) throws -> AnnotatedSet {
    try AnnotatedSet(in: folder.path, choosing: choice)
  }
}

extension AnnotatedSet {
  /// The problems as they are told.
  var told: [String] { problems.map(\.description) }

  /// The boxes of a photo as they are told.
  func boxes(_ file: String) -> [String] {
    photos.first { $0.file == file }?.objects.map {
      "\($0.category.title): \($0.box?.text ?? "–")"
    } ?? []
  }
}

extension ObjectMask {
  /// The mask drawn with '#' and '.'.
  var drawn: [String] {
    (0..<height).map { row in
      String((0..<width).map { values[row * width + $0] ? "#" : "." })
    }
  }
}
