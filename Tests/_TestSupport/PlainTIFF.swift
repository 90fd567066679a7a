/// A small TIFF file of pages of numbers, uncompressed and little-endian.
package enum PlainTIFF {
  /// How a number is stored.
  package enum Kind: Int {
    case uint8 = 8
    case uint16 = 16
    case float32 = 32
  }

  /// The file's bytes.
  ///
  /// - Parameters:
  ///   - pages: the numbers of each page, [height, width, samples].
  ///   - isPlanar: whether each sample's numbers lie by themselves.
  package static func bytes(
    pages: [[Float]], width: Int, height: Int, samples: Int, kind: Kind, isPlanar: Bool = false
  ) -> [UInt8] {
    var file = Array("II".utf8) + word(42, 2) + word(0, 4)
    var link = 4
    for page in pages {
      let count = width * height
      let order =
        isPlanar
        ? (0..<samples).flatMap { sample in (0..<count).map { $0 * samples + sample } }
        : Array(0..<count * samples)
      let data = order.flatMap { number(page[$0], kind) }
      let start = file.count
      file += data
      let strips = isPlanar ? samples : 1
      let size = data.count / strips
      let numbers = 0..<strips
      let bits = [[UInt8]](repeating: word(kind.rawValue, 2), count: samples)
      let starts = numbers.map { word(start + $0 * size, 4) }
      let sizes = numbers.map { _ in word(size, 4) }
      let formats = [[UInt8]](repeating: word(kind == .float32 ? 3 : 1, 2), count: samples)
      let lists = [bits, starts, sizes, formats].map { Array($0.joined()) }
      var places: [Int] = []
      for list in lists {
        places.append(file.count)
        file += list
      }
      if file.count % 2 == 1 { file.append(0) }
      let directory = word(file.count, 4)
      file.replaceSubrange(link..<link + 4, with: directory)
      func entry(_ tag: Int, _ type: Int, _ values: Int, _ value: [UInt8]) -> [UInt8] {
        word(tag, 2) + word(type, 2) + word(values, 4) + value
      }
      func list(_ tag: Int, _ type: Int, _ values: Int, _ index: Int) -> [UInt8] {
        let bytes = lists[index]
        let inline = bytes + [UInt8](repeating: 0, count: max(0, 4 - bytes.count))
        return entry(tag, type, values, bytes.count <= 4 ? inline : word(places[index], 4))
      }
      var entries = [entry(256, 4, 1, word(width, 4)), entry(257, 4, 1, word(height, 4))]
      entries += [list(258, 3, samples, 0), entry(259, 3, 1, word(1, 4))]
      entries += [entry(262, 3, 1, word(1, 4)), list(273, 4, strips, 1)]
      entries += [entry(277, 3, 1, word(samples, 4)), entry(278, 4, 1, word(height, 4))]
      entries += [list(279, 4, strips, 2), entry(284, 3, 1, word(isPlanar ? 2 : 1, 4))]
      entries.append(list(339, 3, samples, 3))
      file += word(entries.count, 2) + entries.joined()
      link = file.count
      file += word(0, 4)
    }
    return file
  }

  private static func number(_ value: Float, _ kind: Kind) -> [UInt8] {
    switch kind {
    case .uint8: [UInt8(value)]
    case .uint16: word(Int(value), 2)
    case .float32: word(Int(value.bitPattern), 4)
    }
  }

  private static func word(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
