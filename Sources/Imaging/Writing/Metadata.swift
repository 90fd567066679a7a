import Diagnostics

/// Key–value texts within picture files.
enum Metadata {
  /// One text and what it is about.
  typealias Entry = (key: String, value: String)

  /// Refuses a key that PNG could not hold.
  static func check(_ key: String) throws(DiagnosticError) {
    let isPrintable = key.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    guard isPrintable, (1...79).contains(key.utf8.count), !key.contains(":") else {
      throw .unusableMetadataKey(key)
    }
  }
}

// MARK: - PNG

extension Metadata {
  /// The chunk type and contents of an entry: Latin text as `tEXt`, other text as `iTXt`.
  static func pngChunk(for entry: Entry) -> (name: String, body: [UInt8]) {
    let key = Array(entry.key.utf8) + [0]
    let isPlain = entry.value.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) }
    if isPlain { return ("tEXt", key + entry.value.utf8) }
    // No compression, no language, no translated key.
    return ("iTXt", key + [0, 0, 0, 0] + entry.value.utf8.filter { $0 != 0 })
  }

  /// The entries of a PNG's uncompressed text chunks.
  static func entries(inPNG bytes: [UInt8]) -> [Entry] {
    PNGChunks(bytes).compactMap { chunk in
      guard let end = chunk.body.firstIndex(of: 0) else { return nil }
      let key = String(decoding: chunk.body[..<end], as: UTF8.self)
      let rest = chunk.body[(end + 1)...]
      switch chunk.name {
      case "tEXt":
        return (key, String(String.UnicodeScalarView(rest.map { Unicode.Scalar($0) })))
      case "iTXt" where rest.first == 0:
        let parts = rest.dropFirst(2).split(
          separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? (key, String(decoding: parts[2], as: UTF8.self)) : nil
      default:
        return nil
      }
    }
  }
}

// MARK: - XMP

extension Metadata {
  /// An XMP packet whose description has one `key: value` a line; a value's further lines are
  /// indented by a space.
  static func xmp(for entries: [Entry]) -> String {
    let text = entries.map { entry in
      "\(entry.key): " + XML.escaped(entry.value).replacing("\n", with: "\n ")
    }.joined(separator: "\n")
    return """
      <?xpacket begin="\u{feff}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <dc:description><rdf:Alt><rdf:li xml:lang="x-default">\(text)</rdf:li></rdf:Alt></dc:description>
      </rdf:Description>
      </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="r"?>
      """
  }

  /// The entries of an XMP packet that ``xmp(for:)`` made.
  static func entries(inXMP packet: some Sequence<UInt8>) -> [Entry] {
    let packet = String(decoding: Array(packet), as: UTF8.self)
    guard let start = packet.firstRange(of: "<rdf:li xml:lang=\"x-default\">"),
      let end = packet[start.upperBound...].firstRange(of: "</rdf:li>")
    else { return [] }
    let text = packet[start.upperBound..<end.lowerBound]
    var entries: [Entry] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(" "), let last = entries.popLast() {
        entries.append((last.key, last.value + "\n" + XML.unescaped(line.dropFirst())))
      } else if let colon = line.firstRange(of: ": ") {
        entries.append(
          (String(line[..<colon.lowerBound]), XML.unescaped(line[colon.upperBound...])))
      }
    }
    return entries
  }

  /// The entries of a JPEG's XMP segment.
  static func entries(inJPEG bytes: [UInt8]) -> [Entry] {
    JPEGSegments(bytes)?.xmp.map { entries(inXMP: $0) } ?? []
  }

  /// The entries of a WebP's XMP chunk.
  static func entries(inWebP bytes: [UInt8]) -> [Entry] {
    WebPChunks.body(of: "XMP ", in: bytes).map { entries(inXMP: $0) } ?? []
  }
}
