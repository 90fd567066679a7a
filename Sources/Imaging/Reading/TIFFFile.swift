import CTIFF

/// An open TIFF file in memory: owns libtiff's handle.
final class TIFFFile {
  /// What libtiff's callbacks read from.
  private struct Input {
    /// The file.
    let bytes: UnsafeBufferPointer<UInt8>

    /// Where the next read starts.
    var at: UInt64 = 0
  }

  /// The file's bytes, copied so that they stay in place.
  private let bytes: UnsafeMutableBufferPointer<UInt8>

  /// What the callbacks get.
  private let input: UnsafeMutablePointer<Input>

  /// libtiff's handle.
  let handle: OpaquePointer

  /// Errors are told by return values; libtiff's own lines on stderr are switched off.
  private static let silence: Void = {
    TIFFSetErrorHandler(nil)
    TIFFSetWarningHandler(nil)
  }()

  /// Opens a file; nil if libtiff cannot read its first directory.
  init?(_ content: [UInt8]) {
    Self.silence
    bytes = .allocate(capacity: content.count)
    _ = bytes.initialize(from: content)
    input = .allocate(capacity: 1)
    input.initialize(to: Input(bytes: UnsafeBufferPointer(bytes)))
    let opened = TIFFClientOpen(
      "picture", "rm", input,
      { state, into, count in
        guard let state, let into, count > 0 else { return 0 }
        let input = state.assumingMemoryBound(to: Input.self)
        let size = UInt64(input.pointee.bytes.count)
        guard input.pointee.at < size, let base = input.pointee.bytes.baseAddress else { return 0 }
        let taken = Int(min(UInt64(count), size - input.pointee.at))
        into.copyMemory(from: base + Int(input.pointee.at), byteCount: taken)
        input.pointee.at += UInt64(taken)
        return tmsize_t(taken)
      },
      { _, _, _ in -1 },
      { state, offset, origin in
        guard let state else { return .max }
        let input = state.assumingMemoryBound(to: Input.self)
        switch origin {
        case 1: input.pointee.at &+= offset
        case 2: input.pointee.at = UInt64(input.pointee.bytes.count) &+ offset
        default: input.pointee.at = offset
        }
        return input.pointee.at
      },
      { _ in 0 },
      { state in
        guard let state else { return 0 }
        return UInt64(state.assumingMemoryBound(to: Input.self).pointee.bytes.count)
      },
      { _, _, _ in 0 },
      { _, _, _ in })
    guard let opened else {
      input.deallocate()
      bytes.deallocate()
      return nil
    }
    handle = opened
  }

  deinit {
    TIFFClose(handle)
    input.deallocate()
    bytes.deallocate()
  }
}

// MARK: - Fields

extension TIFFFile {
  /// A 16-bit field.
  func short(_ tag: Int32, or absent: Int = 0) -> Int {
    Int(TIFFShort(handle, UInt32(tag), UInt16(absent)))
  }

  /// A 32-bit field.
  func long(_ tag: Int32, or absent: Int = 0) -> Int {
    Int(TIFFLong(handle, UInt32(tag), UInt32(absent)))
  }

  /// The ICC profile.
  var profile: [UInt8]? {
    var count: UInt32 = 0
    guard let data = TIFFProfile(handle, &count), count > 0 else { return nil }
    return Array(UnsafeRawBufferPointer(start: data, count: Int(count)))
  }

  /// The palette's colours as 8-bit RGB, for 8-bit indices.
  var palette: [UInt8]? {
    var red: UnsafeMutablePointer<UInt16>?
    var green: UnsafeMutablePointer<UInt16>?
    var blue: UnsafeMutablePointer<UInt16>?
    guard TIFFPalette(handle, &red, &green, &blue) != 0, let red, let green, let blue else {
      return nil
    }
    let wide = (0..<256).flatMap { [red[$0], green[$0], blue[$0]] }
    // Old writers put 8-bit values there.
    let shift: UInt16 = wide.allSatisfy { $0 < 256 } ? 0 : 8
    return wide.map { UInt8(truncatingIfNeeded: $0 >> shift) }
  }
}
