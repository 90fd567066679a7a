/// Where a tensor's values lie outside its message: a byte range of a file beside the model.
package struct ExternalData: Hashable, Sendable {
  /// The file, relative to the model's folder.
  package var location: String

  /// The first byte.
  package var offset: Int

  /// How many bytes, or nil where they reach to the end of the file.
  package var length: Int?

  /// Makes a byte range of a file.
  package init(location: String, offset: Int, length: Int?) {
    self.location = location
    self.offset = offset
    self.length = length
  }
}

extension TensorProto {
  /// Where the values lie, if outside this message and stated in numbers that make sense.
  package var external: ExternalData? {
    get {
      guard isExternal else { return nil }
      var result = ExternalData(location: "", offset: 0, length: nil)
      for entry in externalData {
        switch entry.key {
        case "location": result.location = entry.value
        case "offset":
          guard let offset = Int(entry.value), offset >= 0 else { return nil }
          result.offset = offset
        case "length":
          guard let length = Int(entry.value), length >= 0 else { return nil }
          result.length = length
        default: break
        }
      }
      return result.location.isEmpty ? nil : result
    }
    set {
      externalData = []
      clearDataLocation()
      guard let newValue else { return }
      var entries = [("location", newValue.location), ("offset", String(newValue.offset))]
      if let length = newValue.length { entries.append(("length", String(length))) }
      externalData = entries.map { key, value in
        var entry = StringStringEntryProto()
        entry.key = key
        entry.value = value
        return entry
      }
      dataLocation = 1
    }
  }
}
