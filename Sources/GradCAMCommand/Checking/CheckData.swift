import Annotations
import GradCAM

/// The photos that a model is checked on, with what is on them where that is told.
struct CheckData {
  /// A photo.
  struct Photo: Sendable {
    let name: String
    let input: ExplainInput
    let annotated: AnnotatedPhoto?
  }

  let photos: [Photo]
  /// What is wrong with annotations.
  var problems: [String] = []

  /// Reads what the paths name.
  ///
  /// - Parameter config: says whether places have to be told, and by which file.
  init(_ paths: [String], for config: CheckConfig) throws(DiagnosticError) {
    guard config.needsAnnotations else {
      let inputs = try ExplainInput.list(paths).filter { input in
        guard input.folder != nil, case .file(let path) = input.source else { return true }
        return Self.isPicture(path)
      }
      photos = inputs.map { Photo(name: $0.name, input: $0, annotated: nil) }
      guard !photos.isEmpty else { throw .checkNeedsPhotos }
      return
    }
    guard paths.count == 1, FileKind(at: paths[0]) == .folder else { throw .checkNeedsAnnotations }
    let set = try AnnotatedSet(in: paths[0], choosing: config.annotations)
    problems = set.problems.map(\.description)
    photos = set.photos.map { photo in
      let path = set.folder + photo.file
      return Photo(
        name: photo.file,
        input: ExplainInput(
          name: path, stem: ExplainInput.stem(of: photo.file), source: .file(path)),
        annotated: photo)
    }
    guard !photos.isEmpty else { throw .checkNeedsPhotos }
  }

  /// Whether a file's name says that it is a picture.
  private static func isPicture(_ path: String) -> Bool {
    let known = [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"]
    return known.contains { path.lowercased().hasSuffix($0) }
  }
}

// MARK: - What is on them

extension CheckData.Photo {
  /// Where things are; nil where nothing of it is on the photo.
  ///
  /// - Parameter matches: whether a thing is meant.
  func truth(of size: ImageSize, _ matches: (ObjectCategory) -> Bool) -> GroundTruth? {
    let objects = annotated?.objects.filter { matches($0.category) } ?? []
    return PhotoPlan.Case(classes: [], title: "", objects: objects).truth(of: size)
  }
}
