/// Numbers in bands, over one slice or several, of rows and columns: a multispectral picture, or
/// a volume such as a scan.
public struct Raster: Hashable, Sendable {
  /// Numbers at each place.
  public let bands: Int
  /// Slices, one behind the other; 1 for a picture.
  public let slices: Int
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// The numbers: band by band, slice by slice, row by row.
  public let values: [Float]

  /// Makes a raster.
  ///
  /// - Precondition: the values fill the sides, which are at least 1.
  public init(bands: Int, slices: Int = 1, height: Int, width: Int, values: [Float]) {
    precondition(bands > 0 && slices > 0 && height > 0 && width > 0, "a raster has a place")
    precondition(values.count == bands * slices * height * width, "values fill a raster's sides")
    self.bands = bands
    self.slices = slices
    self.height = height
    self.width = width
    self.values = values
  }

  /// Numbers of one slice of one band.
  var planeSize: Int { height * width }
}

// MARK: - Joining

extension Raster {
  /// A photo as a raster of red, green and blue, 0 through 255, or of its luma alone.
  public init(_ image: Image, asGray isGray: Bool = false) {
    let count = image.width * image.height
    let values: [Float]
    if isGray {
      values = image.gray.map(Float.init)
    } else {
      values = (0..<3).flatMap { band in (0..<count).map { Float(image.pixels[3 * $0 + band]) } }
    }
    self.init(
      bands: isGray ? 1 : 3, height: image.height, width: image.width, values: values)
  }

  /// Rasters of one size, one behind the other; nil where their sizes differ or there are none.
  public init?(stacking rasters: [Raster]) {
    guard let first = rasters.first,
      rasters.allSatisfy({
        ($0.bands, $0.height, $0.width) == (first.bands, first.height, first.width)
      })
    else { return nil }
    let values = (0..<first.bands).flatMap { band in
      rasters.flatMap { raster in
        let size = raster.slices * raster.planeSize
        return raster.values[band * size..<(band + 1) * size]
      }
    }
    self.init(
      bands: first.bands, slices: rasters.reduce(0) { $0 + $1.slices }, height: first.height,
      width: first.width, values: values)
  }

  /// The same numbers with each slice taken for further bands.
  public var slicesAsBands: Raster {
    // Slice by slice, each with its bands.
    let values = (0..<slices).flatMap { slice in
      (0..<bands).flatMap { band in
        let start = (band * slices + slice) * planeSize
        return self.values[start..<start + planeSize]
      }
    }
    return Raster(bands: bands * slices, height: height, width: width, values: values)
  }
}
