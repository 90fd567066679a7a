@testable import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Files in the Fixtures folder, and pictures that tests draw by themselves.
enum Fixture {
  /// The path of a fixture.
  static func path(_ name: String) -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
    return file.appending(path: "Fixtures/\(name)").path()
  }

  /// The bytes of a fixture.
  static func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: path(name))))
  }

  /// The names of fixtures that are pictures with expected pixels beside them.
  static let pictures: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(""))) ?? []
    return names.filter { name in
      !name.hasSuffix(".ppm") && names.contains("\(ForeignFormat.stem(of: name)).ppm")
    }.sorted()
  }()

  /// The pixels that a picture should have, from the PPM file beside it.
  static func expectation(for name: String) throws -> Image {
    let bytes = try bytes("\(ForeignFormat.stem(of: name)).ppm")
    let headerEnd = bytes.firstIndex(of: 0x0a).map { $0 + 1 } ?? 0
    let words = String(decoding: bytes[..<headerEnd], as: UTF8.self).split(separator: " ")
    return Image(
      width: Int(words[1]) ?? 0, height: Int(words[2]) ?? 0, pixels: Array(bytes[headerEnd...]))
  }

  /// A noisy picture that Tools/imaging/fixtures.py draws alike.
  static func drawn(width: Int, height: Int) -> Image {
    var state = UInt32(width * 65537 + height)
    let pixels = (0..<3 * width * height).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// FNV-1a with 64 bits, as hexadecimal text.
  static func hash(_ bytes: [UInt8]) -> String {
    let value = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { value, byte in
      (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// A folder that lasts for one test.
  static func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "imaging-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path())
  }
}
