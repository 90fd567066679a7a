package import Diagnostics

extension ModelFile {
  /// The model as a session takes it that reads weights from this process's memory: serialized,
  /// with the address where each external value lies as its offset in the file `location`.
  ///
  /// The addresses hold as long as this model or a copy of it lives.
  package func sessionData(addressedAs location: String) throws(DiagnosticError) -> [UInt8] {
    var proto = proto
    try proto.updateTensors { tensor throws(DiagnosticError) in
      guard tensor.isExternal else { return }
      guard let external = tensor.external, let file = files[external.location],
        let range = external.range(in: file.bytes.count), let start = file.bytes.baseAddress
      else { throw .unreadableTensor(tensor, in: name) }
      tensor.external = ExternalData(
        location: location, offset: Int(bitPattern: start) + range.lowerBound,
        length: range.count)
    }
    return try replacingProto(proto).sessionData()
  }
}
