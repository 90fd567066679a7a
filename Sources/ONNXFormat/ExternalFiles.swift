import Diagnostics

/// The files that a model's tensors point into, opened as they are met and kept inside the folders
/// that belong to the model.
///
/// A location is followed only to a file whose real path lies in the real path of the folder that
/// the model was opened in, or in the folder where the model's real file lies: download caches
/// keep a folder of links into another that holds all the data.
struct ExternalFiles {
  private let model: MappedFile
  private let folders: [String]

  /// The files by location as the model states it.
  private(set) var files: [String: MappedFile] = [:]

  init(model: MappedFile) {
    self.model = model
    let given = model.path.parentFolder
    self.folders = [MappedFile.resolved(given) ?? given, model.realPath.parentFolder]
  }

  /// Checks a tensor's shape and where its values lie, and completes a length that was left out.
  mutating func check(_ tensor: inout TensorProto) throws(DiagnosticError) {
    guard let count = tensor.elementCount else { throw .badShape(tensor, in: name) }
    let needed = tensor.elementType.byteCount(of: count)
    guard tensor.isExternal else {
      if tensor.hasRawData, let needed, tensor.rawData.count != needed {
        throw .wrongSize(tensor, needs: needed, holds: tensor.rawData.count, in: name)
      }
      return
    }
    guard var external = tensor.external else { throw .badExternal(tensor, in: name) }
    let file = try file(at: external.location, for: tensor)
    let length = external.length ?? needed ?? max(file.bytes.count - external.offset, 0)
    external.length = length
    if let needed, needed != length {
      throw .wrongSize(tensor, needs: needed, holds: length, in: name)
    }
    guard external.range(in: file.bytes.count) != nil else {
      throw .shortExternal(tensor, external, size: file.bytes.count, in: name)
    }
    tensor.external = external
  }

  /// The innermost folder that holds every file, and each location rewritten relative to it.
  func commonFolder() -> (folder: String, locations: [String: String]) {
    var folder = model.realPath.parentFolder
    for file in files.values {
      while !file.realPath.lies(in: folder) { folder = folder.parentFolder }
    }
    let prefix = folder == "/" ? 1 : folder.utf8.count + 1
    return (
      folder,
      files.mapValues { String(decoding: $0.realPath.utf8.dropFirst(prefix), as: UTF8.self) }
    )
  }

  private var name: String { model.path.lastPathComponent }

  private mutating func file(
    at location: String, for tensor: TensorProto
  ) throws(DiagnosticError) -> MappedFile {
    if let file = files[location] { return file }
    let components = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !location.utf8.contains(0), !components.contains("..") else {
      throw .escaping(tensor, location, in: name)
    }
    let path = model.path.parentFolder.appending(component: location)
    guard let real = MappedFile.resolved(path) else {
      throw .missingExternal(tensor, path, in: name)
    }
    let file = real == model.realPath ? model : try MappedFile(path)
    guard folders.contains(where: { file.realPath.lies(in: $0) }) else {
      throw .escaping(tensor, location, in: name)
    }
    files[location] = file
    return file
  }
}

extension ExternalData {
  /// The bytes it names in a file of that size, or nil where they pass its end.
  func range(in size: Int) -> Range<Int>? {
    guard offset <= size, let length = length ?? Optional(size - offset), length <= size - offset
    else { return nil }
    return offset..<offset + length
  }
}
