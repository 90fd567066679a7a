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

  /// Writes the signed map [T, H, W] of T targets.
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

/// What a method sees of one layer, channels first whatever the model's layout.
struct MethodContext {
  /// A: [N, K, H, W].
  let activation: Term
  /// g = ∂y/∂A: [T, K, H, W], where T = N, or N = 1 and T targets share its forward pass.
  let gradient: Term
  /// K, H, W.
  let channels: Int
  let height: Int
  let width: Int
  /// Where the weights are, if some are wanted as numbers.
  let file: ModelFile?
}
