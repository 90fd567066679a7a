public import Diagnostics
import ONNXFormat

/// Where the weights of a baked model are.
public enum BakedWeights: String, CaseIterable, Hashable, Sendable {
  /// Where they were: those within the plain model's file go into the new file, those in files
  /// beside it stay there; they are copied beside the new file where it lies in another folder.
  case kept
  /// All in the new file; beside it where that would pass 2 GB.
  case inside
  /// All of 1 KiB and more in one file beside it, called after it with `.data` at its end.
  case beside
  /// All of 1 KiB and more in the plain model's files, which have to stay where they are, in the
  /// new file's folder or below: the new file has some hundred kilobytes.
  case original
}

extension BakedModel {
  /// Writes the file, under a temporary name first, and gives it its name once it is verified.
  ///
  /// - Parameters:
  ///   - path: ends in `.onnx`, and is not the plain model's.
  ///   - weights: where the weights are; as they were unless given.
  ///   - verifying: whether the file is read back, checked by ONNX's rules, and run beside the plain
  ///     model and the library; see ``BakedCheck``.
  /// - Returns: what was verified; nil where nothing was.
  /// - Throws: ``DiagnosticError`` where the file cannot be written or is not what it should be;
  ///   what stood at the path is untouched then.
  @discardableResult
  public func write(
    to path: String, weights: BakedWeights = .kept, verifying: Bool = true
  ) throws(DiagnosticError) -> BakedCheck? {
    var check: BakedCheck?
    try file.write(to: path, weights: ModelFile.WeightPlacement(weights)) {
      written throws(DiagnosticError) in
      if verifying { check = try BakedVerification(self, written).check() }
    }
    return check
  }
}

extension ModelFile.WeightPlacement {
  init(_ weights: BakedWeights) {
    switch weights {
    case .kept: self = .kept
    case .inside: self = .inside
    case .beside: self = .beside
    case .original: self = .original
    }
  }
}
