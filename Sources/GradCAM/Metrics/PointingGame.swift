/// The pointing game: does a class's map peak on the class?
///
/// For a picture and a class that is on it, the map is upsampled to the picture (bilinear,
/// half-pixel centres); the pixel where it is highest hits if it lies in one of the class's
/// boxes.  A map without evidence misses.  The rate of hits is the measure: **higher is better**.
/// It says little where things fill their pictures, so it stands beside the rate that the
/// picture's middle gets.
///
/// Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016, who grant
/// 15 pixels of ``tolerance``; here none are granted unless asked for.
public struct PointingGame: Hashable, Sendable {
  /// How many pixels outside a box still hit.
  public var tolerance: Int

  /// A game with that tolerance.
  public init(tolerance: Int = 0) { self.tolerance = tolerance }

  /// A place in pixels; the right and bottom edges are excluded.
  public struct Box: Hashable, Sendable {
    /// The edges.
    public let left, top, right, bottom: Double

    /// Makes a box from its edges.
    public init(left: Double, top: Double, right: Double, bottom: Double) {
      (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }
  }

  /// Whether the heatmap's peak lies in one of the boxes, given in pixels of its photo.
  public func isHit(_ heatmap: Heatmap, boxes: [Box]) -> Bool {
    heatmap.peakPixel.map { contains($0, boxes) } ?? false
  }

  /// Whether the middle of a photo lies in one of the boxes: what a map that knows nothing hits.
  public func isHitByCenter(of photo: ImageSize, boxes: [Box]) -> Bool {
    contains((photo.width / 2, photo.height / 2), boxes)
  }

  /// Whether a pixel's middle lies in one of the boxes.
  func contains(_ pixel: (x: Int, y: Int), _ boxes: [Box]) -> Bool {
    let (x, y, room) = (Double(pixel.x) + 0.5, Double(pixel.y) + 0.5, Double(tolerance))
    return boxes.contains { box in
      box.left - room <= x && x < box.right + room && box.top - room <= y && y < box.bottom + room
    }
  }
}

extension Heatmap {
  /// The pixel of the photo where the upsampled map is strongest, the first in reading order
  /// where several are; nil where the map is empty.
  ///
  /// ``peak`` tells the middle of the strongest cell, which is what to tell people.  Between
  /// cells the upsampled map is never higher than at them, but the photo's pixels need not lie at
  /// a cell's middle, and at the edges a whole strip is equally high.
  public var peakPixel: (x: Int, y: Int)? {
    guard !isEmpty else { return nil }
    let values = valuesOnPhoto
    var best = 0
    for index in values.indices where abs(values[index]) > abs(values[best]) { best = index }
    return (best % view.photo.width, best / view.photo.width)
  }
}
