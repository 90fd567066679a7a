import GradCAM

extension ExplainInput {
  /// What inputs mean to a model: an array of several images is each of them, and pictures are
  /// the slices of a volume where it takes one.  Each gets a stem of its own.
  static func sorted(
    _ inputs: [ExplainInput], for model: ModelInput
  ) throws(DiagnosticError) -> [ExplainInput] {
    var sorted: [ExplainInput] = []
    for input in inputs {
      if let array = input.array {
        sorted += try images(in: array, of: input, rank: model.depth == nil ? 4 : 5)
      } else if model.depth == nil {
        sorted.append(input)
      } else {
        sorted.addSlice(input)
      }
    }
    return distinct(sorted)
  }

  /// One image, or each of [N, …].
  private static func images(
    in tensor: FloatTensor, of input: ExplainInput, rank: Int
  ) throws(DiagnosticError) -> [ExplainInput] {
    guard tensor.shape.count == rank, tensor.shape[0] != 1 else { return [input] }
    let count = tensor.shape[0]
    guard count > 0, !tensor.values.isEmpty else {
      throw .emptyArray(input.name, shape: tensor.shape)
    }
    let size = tensor.values.count / count
    return (0..<count).map { index in
      let image = FloatTensor(
        shape: Array(tensor.shape.dropFirst()),
        values: Array(tensor.values[index * size..<(index + 1) * size]))
      return ExplainInput(
        name: "\(input.name)[\(index)]", stem: "\(input.stem)-\(index)", source: .array(image))
    }
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

extension [ExplainInput] {
  /// Adds a picture to a volume: the pictures of one folder are one, and so are those named one
  /// after the other; a TIFF file of several pages is one by itself.
  fileprivate mutating func addSlice(_ input: ExplainInput) {
    guard case .file(let path) = input.source else { return append(input) }
    if Raster.pageCount(of: path) == 1, let last, case .slices(let paths) = last.source,
      last.folder == input.folder, Raster.pageCount(of: paths[0]) == 1
    {
      self[count - 1] = ExplainInput(
        name: last.name, stem: last.stem, source: .slices(paths + [path]), folder: last.folder)
      return
    }
    append(
      ExplainInput(
        name: input.folder ?? input.name,
        stem: input.folder.map(ExplainInput.stem) ?? input.stem, source: .slices([path]),
        folder: input.folder))
  }
}
