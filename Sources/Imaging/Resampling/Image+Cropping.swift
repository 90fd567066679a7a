extension Image {
  /// The middle of the image, as torchvision's `CenterCrop` cuts it; where the image is smaller,
  /// black is put around it.
  public func centerCropped(width: Int, height: Int) -> Image {
    cropped(to: centerCropRectangle(width: width, height: height))
  }

  /// What ``centerCropped(width:height:)`` cuts out.
  ///
  /// An odd rest of columns or rows is halved to the nearest even number; of an odd padding the
  /// larger half goes to the right and bottom. A side that is padded begins at a negative place.
  public func centerCropRectangle(width: Int, height: Int) -> PixelRectangle {
    PixelRectangle(width: width, height: height, amid: (self.width, self.height))
  }

  /// What lies within a rectangle; black where it reaches beyond the image.
  ///
  /// - Precondition: Both sides of the rectangle are at least 1.
  public func cropped(to rectangle: PixelRectangle) -> Image {
    precondition(rectangle.width > 0 && rectangle.height > 0, "a crop has at least one pixel")
    var result = [UInt8](repeating: 0, count: 3 * rectangle.width * rectangle.height)
    let columns = (rectangle.x..<rectangle.x + rectangle.width).clamped(to: 0..<width)
    let rows = (rectangle.y..<rectangle.y + rectangle.height).clamped(to: 0..<height)
    if !columns.isEmpty {
      for row in rows {
        let from = 3 * (row * width + columns.lowerBound)
        let to =
          3 * ((row - rectangle.y) * rectangle.width + columns.lowerBound - rectangle.x)
        result.replaceSubrange(
          to..<to + 3 * columns.count, with: pixels[from..<from + 3 * columns.count])
      }
    }
    return Image(
      width: rectangle.width, height: rectangle.height, pixels: result, source: source)
  }
}

extension PixelRectangle {
  /// A rectangle in the middle of an image of a size.
  package init(width: Int, height: Int, amid image: (width: Int, height: Int)) {
    self.init(
      x: Self.start(of: width, amid: image.width), y: Self.start(of: height, amid: image.height),
      width: width, height: height)
  }

  /// Where a centred crop of one side begins.
  private static func start(of size: Int, amid side: Int) -> Int {
    if size > side { return -((size - side) / 2) }
    return Int((Double(side - size) / 2).rounded(.toNearestOrEven))
  }
}
