/// Conventions of how a map becomes a picture, and the small numbers in formulas.
///
/// One name means different things in different tools; a preset says which.
public struct Preset: Hashable, Sendable {
  /// The name on the command line and in reports.
  public let name: String

  /// As published: ReLU, each map scaled to 0 through 1 at the layer's resolution, bilinear.
  public static let paper = Preset(name: "paper")

  /// Every preset, in the order of listings.
  public static let all: [Preset] = [.paper]

  /// The preset of that name, or nil.
  public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}
