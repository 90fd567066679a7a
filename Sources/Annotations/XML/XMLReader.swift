import CExpat

/// Reads XML into elements, by Expat.
///
/// Files are hostile: entities of their own are refused, and nesting is bounded.
final class XMLReader {
  /// Elements that are not yet closed.
  private var open: [XMLElement] = []
  private var root: XMLElement?
  private var fault: Fault?
  private let parser: XML_Parser

  /// What is wrong with a file, and on which line.
  struct Fault: Error, Hashable {
    let reason: String
    let line: Int
  }

  /// Elements nest no deeper.
  private static let deepest = 32

  private init(_ parser: XML_Parser) { self.parser = parser }

  /// The outermost element of a file.
  static func root(of bytes: [UInt8]) throws(Fault) -> XMLElement {
    guard let parser = XML_ParserCreate(nil) else {
      throw Fault(reason: "no memory for it", line: 1)
    }
    defer { XML_ParserFree(parser) }
    guard bytes.count < Int(Int32.max) else { throw Fault(reason: "it is too large", line: 1) }
    let reader = XMLReader(parser)
    return try withExtendedLifetime(reader) { () throws(Fault) in
      reader.listen()
      let status = XML_Parse(
        parser, bytes.withUnsafeBytes { Array($0.bindMemory(to: CChar.self)) }, Int32(bytes.count),
        1)
      if let fault = reader.fault { throw fault }
      guard status == XML_STATUS_OK, let root = reader.root else {
        let words = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
        throw Fault(reason: words ?? "it holds no element", line: reader.line)
      }
      return root
    }
  }

  /// The line that is being read.
  private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

  /// Tells Expat whom to call.
  private func listen() {
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { user, name, _ in XMLReader.of(user)?.start(name.map { String(cString: $0) } ?? "") },
      { user, _ in XMLReader.of(user)?.end() })
    XML_SetCharacterDataHandler(parser) { user, text, count in
      guard let text, let reader = XMLReader.of(user), !reader.open.isEmpty else { return }
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      reader.open[reader.open.count - 1].text += String(decoding: bytes, as: UTF8.self)
    }
    XML_SetEntityDeclHandler(parser) { user, _, _, _, _, _, _, _, _ in
      XMLReader.of(user)?.stop("it declares entities of its own")
    }
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> XMLReader? {
    user.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
  }

  private func start(_ name: String) {
    guard open.count < Self.deepest else { return stop("it nests deeper than \(Self.deepest)") }
    open.append(XMLElement(name: name, line: line))
  }

  private func end() {
    guard let element = open.popLast() else { return }
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }

  private func stop(_ reason: String) {
    if fault == nil { fault = Fault(reason: reason, line: line) }
    XML_StopParser(parser, 0)
  }
}
