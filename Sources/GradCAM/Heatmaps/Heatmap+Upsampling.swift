import Imaging

extension Heatmap {
  /// How cells become pixels.
  public enum Upsampling: String, CaseIterable, Hashable, Sendable {
    /// By straight lines between the middles of cells, the edges held.
    case bilinear
    /// Each pixel as the cell it lies in.
    case nearest
  }
}

extension Heatmap.Upsampling {
  /// How much each of `old` cells counts at each of `new` places of an axis, cell by cell.
  func shares(from old: Int, to new: Int) -> [Float] {
    var shares = [Float](repeating: 0, count: old * new)
    for place in 0..<new {
      switch self {
      case .nearest:
        shares[Self.cell(at: place, of: new, cells: old) * new + place] = 1
      case .bilinear:
        let middle = (Float(place) + 0.5) * (Float(old) / Float(new)) - 0.5
        let position = min(max(middle, 0), Float(old - 1))
        let low = Int(position)
        let part = position - Float(low)
        shares[low * new + place] += 1 - part
        shares[min(low + 1, old - 1) * new + place] += part
      }
    }
    return shares
  }

  /// The cell that a place lies in.
  static func cell(at place: Int, of count: Int, cells: Int) -> Int {
    min(place * cells / count, cells - 1)
  }

  /// A map at another size.
  func enlarged(
    _ map: [Float], width: Int, height: Int, toWidth: Int, toHeight: Int
  ) -> [Float] {
    if self == .bilinear {
      return FloatMap.bilinearUpsampled(
        map, width: width, height: height, toWidth: toWidth, toHeight: toHeight)
    }
    let columns = (0..<toWidth).map { Self.cell(at: $0, of: toWidth, cells: width) }
    return (0..<toHeight).flatMap { row in
      let from = Self.cell(at: row, of: toHeight, cells: height) * width
      return columns.map { map[from + $0] }
    }
  }
}
