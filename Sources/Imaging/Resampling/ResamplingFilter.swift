/// How pixels are weighted when an image changes size.
public struct ResamplingFilter: Sendable {
  /// The name that ``init(named:)`` knows.
  public let name: String

  /// How far, in source pixels at equal size, the kernel reaches; 0 takes the nearest pixel.
  let support: Double

  /// The kernel's height at a distance.
  let weight: @Sendable (Double) -> Double

  /// Straight lines between neighbours, widened when shrinking (antialiased).
  public static let bilinear = Self(name: "bilinear", support: 1) { distance in
    let x = distance.magnitude
    return x < 1 ? 1 - x : 0
  }

  /// Keys' cubic convolution with a = −1/2, widened when shrinking (antialiased).
  public static let bicubic = Self(name: "bicubic", support: 2) { distance in
    let x = distance.magnitude, a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }

  /// The source pixel under the centre of each pixel.
  public static let nearest = Self(name: "nearest", support: 0) { _ in 1 }

  /// Every filter.
  public static var all: [Self] { [bilinear, bicubic, nearest] }

  /// The filter of that name.
  public init?(named name: String) {
    guard let filter = Self.all.first(where: { $0.name == name }) else { return nil }
    self = filter
  }

  /// Makes a filter.
  private init(
    name: String, support: Double, weight: @escaping @Sendable (Double) -> Double
  ) {
    self.name = name
    self.support = support
    self.weight = weight
  }
}
