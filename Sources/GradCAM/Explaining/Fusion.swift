import ONNXGraph

/// How the maps of several layers become one.
///
/// Each is normalised and brought to a common size first, and the result is normalised again.
public struct Fusion: Hashable, Sendable {
  /// The name in reports.
  public let name: String
  let combine: @Sendable ([Float]) -> Float
  /// The same of whole maps, as nodes of a graph.
  let combineMaps: @Sendable ([Term]) -> Term

  /// The mean at each position.
  public static let mean = Fusion(
    name: "mean", combine: { $0.reduce(0, +) / Float($0.count) },
    combineMaps: { maps in maps.dropFirst().reduce(maps[0], +) / Float(maps.count) })
  /// The largest at each position.
  public static let max = Fusion(
    name: "max", combine: { $0.max() ?? 0 },
    combineMaps: { maps in maps.count == 1 ? maps[0] : maps[0].builder.emit("Max", maps) })
  /// The product at each position.
  public static let product = Fusion(
    name: "product", combine: { $0.reduce(1, *) },
    combineMaps: { maps in maps.dropFirst().reduce(maps[0], *) })

  /// Every fusion, in the order of listings.
  public static let all: [Fusion] = [.mean, .max, .product]

  /// Two fusions are the same if they have one name.
  public static func == (a: Fusion, b: Fusion) -> Bool { a.name == b.name }
  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
