/// A table from values to colours.
///
/// ```swift
/// let colormap = Colormap(named: "inferno") ?? .viridis
/// let warm = colormap.color(of: 0.9)
/// ```
public struct Colormap: Hashable, Sendable {
  /// The name that ``init(named:)`` knows.
  public let name: String

  /// Whether it colours −1…1 with a neutral middle, for signed maps, instead of 0…1.
  public let isDiverging: Bool

  /// 256 colours as 0xRRGGBB, lowest value first.
  let table: [UInt32]

  /// Makes a colormap from a table of 256 colours.
  init(name: String, isDiverging: Bool = false, table: [UInt32]) {
    self.name = name
    self.isDiverging = isDiverging
    self.table = table
  }

  /// Two colormaps are equal when their names are.
  public static func == (first: Self, second: Self) -> Bool { first.name == second.name }

  /// Feeds the name into a hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

// MARK: - The colormaps

extension Colormap {
  /// Blue, cyan, yellow, red: the classic of saliency pictures, uneven in brightness.
  public static let jet = Self(name: "jet", table: ColormapTables.jet)

  /// Google's improved rainbow: as jet, but smooth.
  public static let turbo = Self(name: "turbo", table: ColormapTables.turbo)

  /// Violet, green, yellow; perceptually uniform, and readable in gray and with colour blindness.
  public static let viridis = Self(name: "viridis", table: ColormapTables.viridis)

  /// Black, purple, cream; perceptually uniform.
  public static let magma = Self(name: "magma", table: ColormapTables.magma)

  /// Black, red, yellow; perceptually uniform.
  public static let inferno = Self(name: "inferno", table: ColormapTables.inferno)

  /// Black to white.
  public static let gray = Self(name: "gray", table: ColormapTables.gray)

  /// Blue for negative, light gray for zero, red for positive values: for signed maps.
  public static let coolwarm = Self(
    name: "coolwarm", isDiverging: true, table: ColormapTables.coolwarm)

  /// Every colormap.
  public static var all: [Self] { [jet, turbo, viridis, magma, inferno, gray, coolwarm] }

  /// The colormap of that name.
  public init?(named name: String) {
    guard let colormap = Self.all.first(where: { $0.name == name }) else { return nil }
    self = colormap
  }
}

extension Colormap {
  /// Red, green and blue of the 256 colours, lowest value first.
  package var bytes: [UInt8] {
    table.flatMap { color in [16, 8, 0].map { UInt8(truncatingIfNeeded: color >> $0) } }
  }
}

// MARK: - Looking up

extension Colormap {
  /// The values that have colours of their own; what is outside takes the nearest end's.
  public var range: ClosedRange<Float> { isDiverging ? -1...1 : 0...1 }

  /// The colour of a value; NaN has the lowest value's.
  public func color(of value: Float) -> Image.Color {
    let color = table[index(of: value)]
    return Image.Color(
      red: UInt8(truncatingIfNeeded: color >> 16), green: UInt8(truncatingIfNeeded: color >> 8),
      blue: UInt8(truncatingIfNeeded: color))
  }

  /// The row of a value: the nearest of 256 that divide the range evenly, both ends included.
  @inline(__always)
  func index(of value: Float) -> Int {
    let scaled = isDiverging ? value * 127.5 + 127.5 : value * 255
    // The comparison is false for NaN.
    return scaled > 0 ? Int(min(scaled, 255) + 0.5) : 0
  }
}
