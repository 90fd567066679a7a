/// A mask as COCO writes it: lengths of runs down the columns, outside first.
///
/// Only made where the runs fill the picture exactly, so decoding never takes more than the
/// picture's pixels.
package struct RunLengths: Hashable, Sendable {
  /// Pixels in a row, and rows.
  package let width, height: Int
  /// The runs.
  package let counts: [UInt32]

  /// Runs of a picture of that size; fails with the reason where they do not fill it.
  init(width: Int, height: Int, counts: [Int]) throws(MaskFault) {
    guard width > 0, height > 0 else { throw MaskFault("has no pixels") }
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    guard !overflows, pixels <= Int(UInt32.max) else {
      throw MaskFault("declares \(width) × \(height) pixels")
    }
    var total = 0
    for count in counts {
      guard count >= 0, count <= pixels - total else {
        throw MaskFault(
          count < 0 ? "has a run of \(count)" : "has runs of more than \(pixels) pixels")
      }
      total += count
    }
    guard total == pixels else { throw MaskFault("has runs of \(total) pixels, not \(pixels)") }
    (self.width, self.height) = (width, height)
    self.counts = counts.map { UInt32($0) }
  }

  /// Why a mask cannot be used, as a clause about it.
  struct MaskFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  /// Pixels that belong.
  var count: Int { counts.indices.reduce(0) { $0 + ($1 % 2 == 1 ? Int(counts[$1]) : 0) } }

  /// The smallest box around what belongs; nil where nothing does.
  var bounds: ObjectBox? {
    var place = 0
    var (left, top, right, bottom) = (width, height, 0, 0)
    for (index, count) in counts.enumerated() {
      let next = place + Int(count)
      if index % 2 == 1, next > place {
        let (first, last) = (place / height, (next - 1) / height)
        (left, right) = (min(left, first), max(right, last + 1))
        top = first == last ? min(top, place % height) : 0
        bottom = first == last ? max(bottom, (next - 1) % height + 1) : height
      }
      place = next
    }
    guard left < right else { return nil }
    return ObjectBox(
      left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom))
  }
}

// MARK: - As text

extension RunLengths {
  /// The runs that COCO's compressed text tells.
  ///
  /// Each character holds, less 48, five bits of a number, the lowest first; a sixth says that more
  /// follow, and the highest of the last is the sign.  From the fourth run on, a number is the
  /// difference to the run two before.
  static func counts(ofText text: String) throws(MaskFault) -> [Int] {
    var counts: [Int] = []
    var (number, shift) = (0, 0)
    for byte in text.utf8 {
      guard (48..<112).contains(byte) else { throw MaskFault("has a character that is no run") }
      guard shift < 60 else { throw MaskFault("has a run without end") }
      let bits = Int(byte) - 48
      number |= (bits & 0x1f) << shift
      shift += 5
      guard bits & 0x20 == 0 else { continue }
      if bits & 0x10 != 0 { number |= -1 << shift }
      if counts.count > 2 {
        let (sum, overflows) = number.addingReportingOverflow(counts[counts.count - 2])
        guard !overflows else { throw MaskFault("has a run too long to be one") }
        number = sum
      }
      counts.append(number)
      (number, shift) = (0, 0)
    }
    guard shift == 0 else { throw MaskFault("has a run without end") }
    return counts
  }
}
