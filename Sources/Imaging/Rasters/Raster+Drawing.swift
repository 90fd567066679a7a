extension Raster {
  /// A slice as a picture: one band in gray or three as red, green and blue.
  ///
  /// Each band is stretched from its 2nd to its 98th percentile over all slices, so that slices of
  /// a volume can be compared.
  ///
  /// - Parameter bands: which bands, counted from 0: one or three; those that are not there are
  ///   left dark.
  public func image(ofSlice slice: Int, bands chosen: [Int]) -> Image {
    var pixels = [UInt8](repeating: 0, count: 3 * planeSize)
    for (place, band) in chosen.prefix(3).enumerated() where (0..<bands).contains(band) {
      let (low, high) = range(ofBand: band)
      let start = (band * slices + min(max(slice, 0), slices - 1)) * planeSize
      for index in 0..<planeSize {
        let share = high > low ? (values[start + index] - low) / (high - low) : 0
        let level = share.isFinite ? UInt8((min(max(share, 0), 1) * 255).rounded()) : 0
        if chosen.count == 1 {
          for channel in 0..<3 { pixels[3 * index + channel] = level }
        } else {
          pixels[3 * index + place] = level
        }
      }
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// The 2nd and 98th percentile of a band's finite numbers; of few of them where it is large.
  private func range(ofBand band: Int) -> (Float, Float) {
    let size = slices * planeSize
    let step = max(1, size / 100_000)
    let sample = stride(from: band * size, to: (band + 1) * size, by: step)
      .map { values[$0] }.filter(\.isFinite).sorted()
    guard !sample.isEmpty else { return (0, 0) }
    let cut = sample.count / 50
    let (low, high) = (sample[cut], sample[sample.count - 1 - cut])
    return high > low ? (low, high) : (sample[0], sample[sample.count - 1])
  }
}
