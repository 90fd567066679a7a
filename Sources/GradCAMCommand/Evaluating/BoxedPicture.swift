import GradCAM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A picture with the places of what is on it, as `boxes.json` tells them.
struct BoxedPicture: Decodable {
  /// The picture's file, in the folder of `boxes.json`.
  let file: String
  /// The size that the boxes refer to, where it is told.
  let width, height: Int?
  let elements: [Element]

  /// One thing on a picture.
  struct Element: Decodable {
    /// Its label, or its number as a text.
    let name: String
    let box: [Double]

    private enum CodingKeys: String, CodingKey {
      case name = "class"
      case box
    }
  }

  /// The pictures of a folder.
  static func list(in folder: String) throws(DiagnosticError) -> [BoxedPicture] {
    let path = start(of: folder) + "boxes.json"
    guard FileKind(at: folder) == .folder else { throw .notFolder(folder) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .noBoxes(path)
    }
    let pictures: [BoxedPicture]
    do {
      pictures = try JSONDecoder().decode([BoxedPicture].self, from: data)
    } catch {
      throw .unreadableBoxes(path, because: "it does not have the form that '--help' shows")
    }
    for picture in pictures {
      for element in picture.elements
      where element.box.count != 4 || !element.box.allSatisfy(\.isFinite) {
        throw .unreadableBoxes(path, because: "a box of '\(picture.file)' has not four numbers")
      }
    }
    guard pictures.contains(where: { !$0.elements.isEmpty }) else {
      throw .unreadableBoxes(path, because: "there are no boxes in it")
    }
    return pictures
  }

  /// A folder's path with '/' at its end.
  static func start(of folder: String) -> String {
    folder.hasSuffix("/") ? folder : folder + "/"
  }
}
