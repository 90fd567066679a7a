import ONNXFormat
import ONNXGraph

/// A way to turn a layer's feature maps and gradient into a map: a formula written into the
/// graph.
///
/// Methods are values; the formula of each stands above its code.
public struct Method: Hashable, Sendable {
  /// The name on the command line and in reports, such as `gradcam`.
  public let name: String
  /// The name in titles, such as `Grad-CAM`.
  public let title: String
  /// Where the method was published.
  public let source: String

  /// Writes the signed map [T, H, W] of T targets, [T, D, H, W] of a volume.
  let map: @Sendable (MethodContext) -> Term

  /// Every method, in the order of listings.
  public static let all: [Method] = [.gradCAM]

  /// The method of that name, or nil.
  public static func named(_ name: String) -> Method? { all.first { $0.name == name } }
}

extension Method {
  /// Two methods are the same if they have one name.
  public static func == (a: Method, b: Method) -> Bool { a.name == b.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What a method sees of one layer: feature maps, channels first, whatever the model's order.
///
/// Of a volume the maps are [D, H, W]: nothing but ``sides`` tells.
struct MethodContext {
  /// A: [N, K, H, W].
  let activation: Term
  /// g = ∂y/∂A: [T, K, H, W], where T = N, or N = 1 and T targets share its forward pass.
  let gradient: Term
  /// K.
  let channels: Int
  /// H, W, or D, H, W.
  let sides: [Int]
  /// Where the weights are, if some are wanted as numbers.
  let file: ModelFile?

  /// Number of places of a feature map.
  var placeCount: Int { sides.reduce(1, *) }
  /// The axes of ``activation`` and ``gradient`` after batch and channels.
  var spatialAxes: [Int] { Array(2..<2 + sides.count) }
}
