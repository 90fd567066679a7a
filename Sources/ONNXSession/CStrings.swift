/// Owns copies of texts as C strings, for calls that take an array of them.
final class CStrings {
  /// The strings, valid as long as this object lives.
  let pointers: [UnsafePointer<CChar>]

  init(_ texts: [String]) {
    pointers = texts.map { text in
      let size = text.utf8.count + 1
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: size)
      text.withCString { copy.initialize(from: $0, count: size) }
      return UnsafePointer(copy)
    }
  }

  deinit { pointers.forEach { $0.deallocate() } }
}
