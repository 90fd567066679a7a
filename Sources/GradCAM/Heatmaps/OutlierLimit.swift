import ONNXFormat
import ONNXGraph

/// How far a pixel's value counts in a picture, where a few are far larger than all others.
///
/// Values at single pixels have long tails: scaled by the largest, a picture shows little but that
/// one pixel.  So the few largest are drawn alike.
enum OutlierLimit {
  /// The share of pixels that are drawn alike.
  static let share = 0.01

  /// The magnitude that all but the largest values stay within; the largest magnitude where that
  /// would be zero.
  static func magnitude(of values: [Float]) -> Float {
    let sorted = values.map(abs).sorted()
    guard let largest = sorted.last else { return 0 }
    let place = Int((Double(sorted.count - 1) * (1 - share)).rounded(.up))
    return sorted[place] > 0 ? sorted[place] : largest
  }

  /// Values no further from zero than that, which becomes 1.
  static func scaled(_ values: [Float]) -> [Float] {
    let limit = magnitude(of: values)
    return limit > 0 ? values.map { min(max($0 / limit, -1), 1) } : values
  }

  /// Where the largest magnitude is.
  static func strongest(_ values: [Float]) -> Int? {
    values.indices.max { abs(values[$0]) < abs(values[$1]) }
  }
}

// MARK: - The same as nodes of a baked model

extension OutlierLimit {
  /// Each of maps [N, …] of so many places, scaled as numbers are.
  static func scaled(_ maps: Term, sides: [Int]) -> Term {
    let count = sides.reduce(1, *)
    // The place that `magnitude` takes in ascending order, counted from the largest.
    let place = count - Int((Double(count - 1) * (1 - share)).rounded(.up))
    let largest = maps.magnitude.reshaped([-1, count]).ordered(place)[0]
    let limit = largest.sliced(1, from: place - 1, to: place)
    let used = limit + limit.mask(atMost: 0) * largest.sliced(1, from: 0, to: 1)
    return (maps.reshaped([-1, count]) / used.withoutZeros).clipped(from: -1, to: 1)
      .reshaped([-1] + sides)
  }
}
