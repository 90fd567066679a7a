/// How much of the picture one position of a value depends on, along each direction.
package struct ReceptiveField: Hashable, Sendable {
  /// Pixels of the model's input along one direction.
  package enum Extent: Hashable, Sendable {
    /// So many pixels, those beyond the picture's edge counted too.
    case pixels(Int)
    /// All of them, whatever the picture's size.
    case whole
  }

  /// The extent along each direction that the value tells places apart in.
  package let extents: [Arrangement.Direction: Extent]

  /// The extent along one direction; whole where the value has one place for all of it.
  package subscript(_ direction: Arrangement.Direction) -> Extent {
    extents[direction] ?? .whole
  }
}

/// The pixels that a value's positions see along one direction: position p those from
/// `low + step · p` through `high + step · p`.
///
/// Numbers are not whole where a value was enlarged.
struct Reach: Hashable {
  var step = 1.0
  var low = 0.0
  var high = 0.0
  /// Whether a position sees everything.
  var isWhole = false

  /// Number of pixels seen.
  var extent: ReceptiveField.Extent {
    let length = (high - low).rounded(.up) + 1
    return isWhole || !length.isFinite || length > 1e9 ? .whole : .pixels(Int(length))
  }

  /// What a position sees that reads from `first` through `last` of this value, counted from
  /// `stride` times its own place.
  func reading(from first: Double, through last: Double, stride: Double) -> Reach {
    Reach(step: step * stride, low: low + step * first, high: high + step * last, isWhole: isWhole)
  }

  /// What a position sees that depends on both.
  func union(_ other: Reach) -> Reach {
    Reach(
      step: step, low: min(low, other.low), high: max(high, other.high),
      isWhole: isWhole || other.isWhole)
  }

  /// What a position sees that depends on some places of this value together.
  ///
  /// Places that are less than all of a direction are a window.  Where in the window a position
  /// stands is not followed: it counts as in its middle, so that the length is right.
  func mixing(_ places: [Arrangement.Place]) -> Reach {
    var result = self
    for place in places {
      if place.size * place.stride >= place.total {
        result.isWhole = true
      } else {
        let half = Double((place.size - 1) * place.stride) / 2
        result = result.reading(from: -half, through: half, stride: 1)
      }
    }
    return result
  }
}
