import GradCAM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One image to explain, and what its files are called.
struct ExplainInput: Sendable {
  /// Where the image is.
  enum Source: Sendable {
    /// A picture's file.
    case file(String)
    /// A picture's bytes.
    case bytes([UInt8])
    /// Numbers used as they are.
    case array(FloatTensor)
    /// Pictures that are the slices of one volume, in order.
    case slices([String])
  }

  /// How messages and reports call it: its path as given.
  let name: String
  /// What its files' names begin with.
  var stem: String
  /// Where the image is.
  let source: Source
  /// The folder it was found in, for a picture that nobody named itself.
  var folder: String?

  /// The numbers, for an array.
  var array: FloatTensor? {
    if case .array(let tensor) = source { tensor } else { nil }
  }
}

// MARK: - From the command line

extension ExplainInput {
  /// The images that the paths on the command line mean, in order, each with a stem of its own.
  static func list(_ paths: [String]) throws(DiagnosticError) -> [ExplainInput] {
    guard paths.count(where: { $0 == "-" }) < 2 else { throw .standardInputTwice }
    var inputs: [ExplainInput] = []
    for path in paths {
      let kind = FileKind(at: path)
      if path == "-" {
        inputs += try standardInput()
      } else if kind == .nothing {
        throw .noInput(path)
      } else if kind == .folder {
        inputs += try folder(path)
      } else if path.lowercased().hasSuffix(".npy") {
        inputs.append(
          ExplainInput(
            name: path, stem: stem(of: path), source: .array(try FloatTensor(contentsOf: path))))
      } else {
        inputs.append(ExplainInput(name: path, stem: stem(of: path), source: .file(path)))
      }
    }
    return inputs
  }

  private static func standardInput() throws(DiagnosticError) -> [ExplainInput] {
    let bytes = try StandardStream.readAll(limit: Image.Limits.default.maximumBytes)
    guard !bytes.isEmpty else { throw .emptyStandardInput }
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
      let tensor = try FloatTensor(numPy: bytes, name: "standard input")
      return [ExplainInput(name: "-", stem: "stdin", source: .array(tensor))]
    }
    return [ExplainInput(name: "-", stem: "stdin", source: .bytes(bytes))]
  }

  /// The files of a folder by name, without hidden ones; folders within it are not entered.
  private static func folder(_ path: String) throws(DiagnosticError) -> [ExplainInput] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw .unreadableFolder(path)
    }
    let start = path.hasSuffix("/") ? path : path + "/"
    return names.sorted().filter { !$0.hasPrefix(".") }.compactMap { name in
      guard FileKind(at: start + name) == .file else { return nil }
      return ExplainInput(
        name: start + name, stem: stem(of: name), source: .file(start + name), folder: path)
    }
  }

  /// The name of a file without its folder and extension.
  static func stem(of path: String) -> String {
    let name = path.name
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }
}
