import Diagnostics

extension Model {
  /// The SHA-256 of the model's file in hexadecimal, as `sha256sum` prints it.
  ///
  /// External weight files are not part of it.
  public var sha256: String {
    get throws(DiagnosticError) { try hash.sha256(of: file) }
  }

  /// The SHA-256 of the model's file and of each file beside it that holds its weights: everything
  /// that the model computes with.
  package var contentHashes: [String] {
    get throws(DiagnosticError) { try hash.contents(of: original) }
  }
}
