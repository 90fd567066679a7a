import Imaging

extension Heatmap {
  /// The values on a grid over the whole photo, as ``upsampling`` says; 0 where the model did not
  /// see it.
  public func sampled(width: Int, height: Int) -> [Float] {
    let columns = (0..<width).map { place in
      Self.taps(
        Double(view.photo.width) * (Double(place) + 0.5) / Double(width) - view.x, of: view.width,
        cells: self.width, upsampling)
    }
    let rows = (0..<height).map { place in
      Self.taps(
        Double(view.photo.height) * (Double(place) + 0.5) / Double(height) - view.y,
        of: view.height, cells: self.height, upsampling)
    }
    return rows.flatMap { row in
      columns.map { column -> Float in
        guard let row, let column else { return 0 }
        let above =
          self[row.low, column.low] * (1 - column.part) + self[row.low, column.high] * column.part
        let below =
          self[row.high, column.low] * (1 - column.part) + self[row.high, column.high] * column.part
        return above * (1 - row.part) + below * row.part
      }
    }
  }

  private subscript(row: Int, column: Int) -> Float { values[row * width + column] }

  /// The two cells around a place along an axis and the share of the second; nil outside.
  private static func taps(
    _ place: Double, of length: Double, cells: Int, _ upsampling: Upsampling
  ) -> (low: Int, high: Int, part: Float)? {
    guard length > 0, cells > 0, (0...length).contains(place) else { return nil }
    if upsampling == .nearest {
      let cell = min(Int(place / length * Double(cells)), cells - 1)
      return (cell, cell, 0)
    }
    let position = min(max(place / length * Double(cells) - 0.5, 0), Double(cells - 1))
    let low = min(Int(position), cells - 1)
    return (low, min(low + 1, cells - 1), Float(position - Double(low)))
  }

  /// How another map differs from this one, −1 through 1 over the whole photo: above 0 where only
  /// the other has something, below where only this one has.
  ///
  /// - Precondition: both belong to photos of one size.
  public func difference(to other: Heatmap) -> Heatmap {
    precondition(view.photo == other.view.photo, "both heatmaps belong to the photo")
    let grid = view.photo.scaled(longerSide: MapSimilarity.side)
    let mine = sampled(width: grid.width, height: grid.height)
    let theirs = other.sampled(width: grid.width, height: grid.height)
    // Of both signs the difference reaches twice as far.
    let scale: Float = evidence == .both ? 0.5 : 1
    return Heatmap(
      width: grid.width, height: grid.height, values: zip(mine, theirs).map { ($1 - $0) * scale },
      evidence: .both, view: PhotoView(of: view.photo))
  }
}
