import ONNXFormat
import ONNXGraph

// MARK: - Changes of the photo

extension Change {
  /// How feature maps become masks over the photo.
  struct Enlarging: Hashable, Sendable {
    /// Whether corners stay corners; else pixels are areas.
    var alignsCorners = true
    /// Whether maps are scaled to 0 through 1 before they are enlarged instead of after.
    var scalesFirst = false
    /// Whether noise is added.
    var isNoisy = false
  }

  /// The photo times a feature map: `maps` [K, h, w] are all of them, `channels` [B] says which,
  /// `factors` [B] how strong it is, `noise` [B, H, W] what is added.
  ///
  ///     x ⊙ (c · U_k + z)        U_k = (A_k − min A_k) / (max A_k − min A_k + 10⁻⁸), enlarged
  static func maskedByMap(_ sides: [Int], channels: Int, _ enlarging: Enlarging) -> Change {
    Change(name: "masked by map \(sides) \(channels) \(enlarging)") { writer in
      let places = writer.sides
      var mask = writer.rows(of: writer.fixed("maps", .float, [channels] + sides), "channels")
      if enlarging.scalesFirst { mask = mask.scaled(rank: sides.count) }
      for (axis, (from, to)) in zip(sides, places).enumerated() {
        let matrix =
          enlarging.alignsCorners
          ? ResizeMatrix.cornersAligned(from: from, to: to)
          : ResizeMatrix.halfPixel(from: from, to: to)
        mask = mask.resized(
          axis, of: [writer.batch] + places.prefix(axis) + sides.suffix(from: axis), to: to,
          by: matrix)
      }
      if !enlarging.scalesFirst { mask = mask.scaled(rank: sides.count) }
      let units = [writer.batch] + Array(repeating: 1, count: sides.count)
      mask = mask * writer.perChange("factors").reshaped(units)
      if enlarging.isNoisy { mask = mask + writer.perChange("noise", .float, places) }
      return writer.photo(kept: mask, rank: sides.count)
    }
  }

  /// A square of the photo at the baseline: `rows` and `columns` [B] say where it begins.
  static func hiddenSquare(side: Int, baseline: Bool) -> Change {
    Change(name: "hidden square \(side) \(baseline)") { writer in
      let hidden = zip(["rows", "columns"], writer.sides.suffix(2)).map { name, length in
        let places = writer.builder.integers(Array(0..<length), shape: [1, length])
        let start = writer.perChange(name, .int64).reshaped([writer.batch, 1])
        let end = start + writer.builder.integers([side])
        return places.mask(from: start, to: end)
      }
      let square = hidden[0].unsqueezed([2]) * hidden[1].unsqueezed([1])
      return writer.photo(kept: 1 - square, rank: 2, baseline: baseline)
    }
  }

  /// The photo through an enlarged coarse mask: `cells` [B, R, S] are its numbers, `rows` and
  /// `columns` [B] where the photo begins on it.
  static func coarselyMasked(_ grid: CellGrid, baseline: Bool) -> Change {
    Change(name: "coarsely masked \(grid) \(baseline)", sumsMasks: true) { writer in
      let cells = writer.perChange("cells", .float, [grid.rows, grid.columns])
      let parts = [
        ("rows", grid.rows, grid.cellHeight, grid.height),
        ("columns", grid.columns, grid.cellWidth, grid.width),
      ].map { name, count, length, side in
        let large = (count + 1) * length
        let table = writer.builder.constant(
          ResizeMatrix.halfPixel(from: count, to: large), shape: [large, count])
        let start = writer.perChange(name, .int64).reshaped([writer.batch, 1])
        let places = start + writer.builder.integers(Array(0..<side), shape: [1, side])
        return writer.builder.emit(
          "Gather", [table, places], attributes: [AttributeProto("axis", 0)])
      }
      let mask = parts[0].times(matrix: cells).times(matrix: parts[1].transposed([0, 2, 1]))
      writer.mask = mask
      return writer.photo(kept: mask, rank: 2, baseline: baseline)
    }
  }

  /// Some cells of the photo at the baseline: `kept` [B, M] is 1 for cells that stay.
  static func hiddenCells(_ grid: CellGrid, baseline: Bool) -> Change {
    Change(name: "hidden cells \(grid) \(baseline)") { writer in
      let kept = writer.perChange("kept", .float, [grid.count])
      let cells = writer.builder.integers(grid.cells, shape: [grid.height, grid.width])
      let mask = writer.builder.emit(
        "Gather", [kept, cells], attributes: [AttributeProto("axis", 1)])
      return writer.photo(kept: mask, rank: 2, baseline: baseline)
    }
  }
}

extension Term {
  /// Each map of [B, …] from its least to its largest number.
  fileprivate func scaled(rank: Int) -> Term {
    let axes = Array(1...rank)
    let least = -(-self).maximum(axes)
    return (self - least) / (maximum(axes) - least + 1e-8)
  }

  /// The maps with one side resized by a matrix [to, from].
  fileprivate func resized(_ axis: Int, of shape: [Int], to side: Int, by matrix: [Float]) -> Term {
    let from = shape[axis + 1]
    let (before, after) = (shape.prefix(axis + 1), shape.suffix(from: axis + 2))
    let weights = builder.constant(matrix, shape: [side, from])
    let rows = weights.times(
      matrix: reshaped([before.reduce(1, *), from, after.reduce(1, *)]))
    return rows.reshaped(before + [side] + after)
  }

  /// 1 where an integer is at least one and less than another.
  fileprivate func mask(from start: Term, to end: Term) -> Term {
    // Comparisons of integers are as old as operator set 9.
    let (place, start, end) = (cast(to: .float), start.cast(to: .float), end.cast(to: .float))
    return place.mask(atLeast: start) * place.mask(lessThan: end)
  }
}
