import GradCAM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One of the three streams that a process starts with.
enum StandardStream: Int32 {
  case input = 0
  case output = 1
  case error = 2

  /// Whether a person reads it.
  var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Whether colours are welcome: on a terminal, unless `NO_COLOR` is set.
  var isColored: Bool {
    guard isTerminal, Self.environment("TERM") != "dumb" else { return false }
    return (Self.environment("NO_COLOR") ?? "").isEmpty
  }

  /// Characters in a line; 80 where nothing tells.
  var columns: Int {
    var size = winsize()
    guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

// MARK: - Writing

extension StandardStream {
  /// Writes a text.
  static func write(_ text: String, to stream: StandardStream) {
    write(Array(text.utf8), to: stream)
  }

  /// Writes bytes; what cannot be written, because nobody reads any more, is dropped.
  static func write(_ bytes: [UInt8], to stream: StandardStream) {
    _ = send(bytes, to: stream)
  }

  /// Writes bytes that somebody waits for.
  static func deliver(_ bytes: [UInt8]) throws(DiagnosticError) {
    if let code = send(bytes, to: .output) {
      throw .unwritableStandardOutput(String(cString: strerror(code)).lowercased())
    }
  }

  /// Writes all bytes, or gives the system's code for why not.
  private static func send(_ bytes: [UInt8], to stream: StandardStream) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let count = posixWrite(stream.rawValue, part)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return errno }
        rest = rest.dropFirst(count)
      }
      return nil
    }
  }

  private static func posixWrite(_ file: Int32, _ part: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(file, part.baseAddress, part.count)
    #elseif canImport(Musl)
      Musl.write(file, part.baseAddress, part.count)
    #else
      Darwin.write(file, part.baseAddress, part.count)
    #endif
  }
}

// MARK: - Reading

extension StandardStream {
  /// Everything on standard input, up to a limit.
  static func readAll(limit: Int) throws(DiagnosticError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(input.rawValue, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw .unreadableStandardInput(String(cString: strerror(errno)).lowercased())
      }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw .tooMuchStandardInput(limit: limit) }
    }
  }
}
