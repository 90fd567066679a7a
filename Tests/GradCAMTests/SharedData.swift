#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Trained models and photos that lie beside a checkout, where they are there.
enum SharedData {
  /// The folder, or nil.
  static let folder: String? = {
    var path = #filePath.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast(4).joined(separator: "/")
    path += "/shared/data"
    return FileManager.default.fileExists(atPath: path + "/models/manifest.json") ? path : nil
  }()

  /// Whether the folder is there.
  static var isThere: Bool { folder != nil }

  /// The path of something in it.
  static func path(_ name: String) -> String { (folder ?? "") + "/" + name }

  /// A photo with its class.
  struct Photo: Decodable {
    let file: String
    let class_index: Int
  }

  /// The photos of a folder that has a list.
  static func photos(_ list: String) throws -> [Photo] {
    struct List: Decodable { let images: [Photo] }
    let data = try Data(contentsOf: URL(filePath: path(list)))
    return try JSONDecoder().decode(List.self, from: data).images
  }

  /// The pictures of a folder, in order.
  static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted().filter {
      $0.hasSuffix(".jpg") || $0.hasSuffix(".png")
    }
  }
}
