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

  /// COCO photos with class 1 where a person takes at least that share of the picture and 0 where
  /// there is none; photos with smaller persons only are left out, as in Visual Wake Words.
  static func cocoPersons(atLeast share: Double) throws -> [(file: String, class: Int)] {
    struct Photo: Decodable {
      let id: Int
      let file_name: String
      let width: Double
      let height: Double
    }
    struct Annotation: Decodable {
      let image_id: Int
      let category_id: Int
      let area: Double
    }
    struct Category: Decodable {
      let id: Int
      let name: String
    }
    struct Instances: Decodable {
      let images: [Photo]
      let annotations: [Annotation]
      let categories: [Category]
    }
    let data = try Data(contentsOf: URL(filePath: path("photos/coco/instances.json")))
    let instances = try JSONDecoder().decode(Instances.self, from: data)
    let person = instances.categories.first { $0.name == "person" }?.id
    return instances.images.compactMap { photo in
      let shares = instances.annotations
        .filter { $0.image_id == photo.id && $0.category_id == person }
        .map { $0.area / (photo.width * photo.height) }
      if let largest = shares.max(), largest < share { return nil }
      return ("photos/coco/\(photo.file_name)", shares.isEmpty ? 0 : 1)
    }
  }
}
