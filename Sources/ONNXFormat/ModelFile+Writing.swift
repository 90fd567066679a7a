package import Diagnostics

extension ModelFile {
  /// The largest message that protobuf's readers take.
  private static let largestMessage = Int(Int32.max)

  /// Writes the model to `path`, with its weights in the same file; where that would pass 2 GB,
  /// with its weights in `path.data` beside it. The weights are streamed from where they are.
  package func write(to path: String) throws(DiagnosticError) {
    try write(to: path, largestMessage: Self.largestMessage)
  }

  /// Writes the model, with its weights outside where the message would pass that size.
  func write(to path: String, largestMessage: Int) throws(DiagnosticError) {
    let message = try sessionData()
    let whole = try message.withBytes { bytes throws(DiagnosticError) in
      do throws(WireReader.Fault) {
        return try Splice.whole(of: bytes)
      } catch {
        throw .unwritableModel(name, "\(error)")
      }
    }
    guard whole.count > largestMessage else { return try write(whole, to: path) }
    let data = try AtomicFile(path + ".data")
    var proto = proto
    try proto.updateTensors { tensor throws(DiagnosticError) in
      guard let external = tensor.external else { return }
      // A page, so that the values can be mapped on their own.
      try data.pad(toMultipleOf: 4096)
      let moved = ExternalData(
        location: path.lastPathComponent + ".data", offset: data.count, length: external.length)
      try copy(external, to: data)
      tensor.external = moved
    }
    let skeleton = Splice(pieces: [.bytes(try replacingProto(proto).sessionData())])
    let file = try AtomicFile(path)
    try append(skeleton, to: file)
    try data.finish()
    try file.finish()
  }

  private func write(_ splice: Splice, to path: String) throws(DiagnosticError) {
    let file = try AtomicFile(path)
    try append(splice, to: file)
    try file.finish()
  }

  func append(_ splice: Splice, to file: AtomicFile) throws(DiagnosticError) {
    for piece in splice.pieces {
      switch piece {
      case .bytes(let bytes):
        try bytes.withBytes { bytes throws(DiagnosticError) in try file.write(bytes) }
      case .external(let external): try copy(external, to: file)
      }
    }
  }

  func copy(_ external: ExternalData, to file: AtomicFile) throws(DiagnosticError) {
    guard let source = files[external.location],
      let range = external.range(in: source.bytes.count)
    else { throw .missingValues(external, in: name) }
    try file.write(UnsafeRawBufferPointer(rebasing: source.bytes[range]))
  }
}

extension Array {
  /// The array's memory as bytes, with the error type kept.
  package func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBufferPointer { buffer throws(E) in try body(UnsafeRawBufferPointer(buffer)) }
  }
}
