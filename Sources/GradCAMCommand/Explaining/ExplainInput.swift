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

  /// The photo; for an array a gray picture of it.
  func photo(for layout: ModelInput.Layout) throws(DiagnosticError) -> Image {
    switch source {
    case .file(let path): try Image(contentsOf: path)
    case .bytes(let bytes): try Image(decoding: bytes, name: name)
    case .array(let tensor): Image(showing: tensor, layout: layout)
    }
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
        inputs += try arrays(FloatTensor(contentsOf: path), name: path, stem: stem(of: path))
      } else {
        inputs.append(ExplainInput(name: path, stem: stem(of: path), source: .file(path)))
      }
    }
    return distinct(inputs)
  }

  private static func standardInput() throws(DiagnosticError) -> [ExplainInput] {
    let bytes = try StandardStream.readAll(limit: Image.Limits.default.maximumBytes)
    guard !bytes.isEmpty else { throw .emptyStandardInput }
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
      let tensor = try FloatTensor(numPy: bytes, name: "standard input")
      return try arrays(tensor, name: "-", stem: "stdin")
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

  /// One image of [C, H, W], or each of [N, C, H, W].
  private static func arrays(
    _ tensor: FloatTensor, name: String, stem: String
  ) throws(DiagnosticError) -> [ExplainInput] {
    guard tensor.shape.count == 4, tensor.shape[0] != 1 else {
      return [ExplainInput(name: name, stem: stem, source: .array(tensor))]
    }
    let count = tensor.shape[0]
    guard count > 0, !tensor.values.isEmpty else {
      throw .emptyArray(name, shape: tensor.shape)
    }
    let size = tensor.values.count / count
    return (0..<count).map { index in
      let image = FloatTensor(
        shape: Array(tensor.shape.dropFirst()),
        values: Array(tensor.values[index * size..<(index + 1) * size]))
      return ExplainInput(
        name: "\(name)[\(index)]", stem: "\(stem)-\(index)", source: .array(image))
    }
  }

  /// The name of a file without its folder and extension.
  static func stem(of path: String) -> String {
    let name = path.name
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// The same inputs, where of several with one stem all but the first get a number.
  private static func distinct(_ inputs: [ExplainInput]) -> [ExplainInput] {
    var taken = Set(inputs.map(\.stem))
    var seen: Set<String> = []
    return inputs.map { input in
      guard !seen.insert(input.stem).inserted else { return input }
      var result = input
      var number = 2
      while !taken.insert("\(input.stem)-\(number)").inserted { number += 1 }
      result.stem = "\(input.stem)-\(number)"
      return result
    }
  }
}

extension Image {
  /// A gray picture of an array's first one or three channels, from their smallest value to their
  /// largest.
  init(showing tensor: FloatTensor, layout: ModelInput.Layout) {
    let sides = tensor.shape.suffix(3) + []
    let shape = sides.count == 3 && sides.allSatisfy { $0 > 0 } ? Array(sides) : [1, 1, 1]
    let (channels, height, width) =
      layout == .nchw ? (shape[0], shape[1], shape[2]) : (shape[2], shape[0], shape[1])
    let shown = channels < 3 ? 1 : 3
    let count = width * height
    var sums = [Float](repeating: 0, count: count)
    if tensor.values.count >= channels * count {
      for channel in 0..<shown {
        for index in 0..<count {
          let at = layout == .nchw ? channel * count + index : index * channels + channel
          sums[index] += tensor.values[at]
        }
      }
    }
    let finite = sums.filter(\.isFinite)
    let low = finite.min() ?? 0
    let range = (finite.max() ?? 1) - low
    let pixels = sums.flatMap { value -> [UInt8] in
      let share = range > 0 ? (value - low) / range : 0
      let gray = share.isFinite ? UInt8(min(max(255 * share, 0), 255)) : 0
      return [gray, gray, gray]
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
