import ONNXFormat
import ONNXGraph

/// A node that lets through what is positive and holds back what is negative: ReLU and what came
/// after it.
///
/// Guided backpropagation and Deconvnet treat these and no others.
enum Rectifier {
  /// The node is the activation; x is its first input, or the one at a place.
  case whole(input: Int)
  /// The node is a product of x with a gate that is made of x alone, as x · σ(x) is where an
  /// exporter writes it out; far above zero the product is `slope` · x.
  case gated(input: Int, slope: Float)
  /// A layer with its activation in one node.
  case fused

  /// Reads a node; nil for any other.
  init?(_ context: PullbackContext) {
    let node = context.node
    switch node.qualifiedName {
    case "Softplus" where context.isInMish: return nil
    case let name where Self.activations.contains(name): self = .whole(input: 0)
    case "Clip":
      guard context.isRectifyingClip else { return nil }
      self = .whole(input: 0)
    case "Max":
      guard node.input.count == 2,
        let zero = [0, 1].first(where: { context.float($0) == 0 })
      else { return nil }
      self = .whole(input: 1 - zero)
    case "Mul":
      guard let (input, slope) = Gate.product(node, in: context.graph) else { return nil }
      self = .gated(input: input, slope: slope)
    case "com.microsoft.FusedConv", "com.microsoft.FusedGemm":
      guard context.isFusedWithRectifier else { return nil }
      self = .fused
    default: return nil
    }
  }

  /// The activations that always are.
  static let activations: Set<String> = [
    "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "HardSwish", "Swish", "Mish", "Gelu",
    "Softplus", "ThresholdedRelu", "com.microsoft.Gelu", "com.microsoft.FastGelu",
    "com.microsoft.BiasGelu", "com.microsoft.QuickGelu",
  ]

  /// The operators that are in some places.
  static let others: Set<String> = [
    "Clip", "Max", "Mul", "com.microsoft.FusedConv", "com.microsoft.FusedGemm",
  ]
}

extension PullbackContext {
  /// Whether a Softplus is part of a gate, as in x · tanh(softplus(x)).
  fileprivate var isInMish: Bool {
    guard let y = node.output(at: 0), let readers = graph.consumers[y] else { return false }
    return readers.count == 1 && graph.nodes[readers[0]].opType == "Tanh"
  }

  /// Whether a Clip begins at 0, as ReLU6 does, and is no gate as in (x + 3) clipped to 0 … 6.
  fileprivate var isRectifyingClip: Bool {
    let low = opset < 11 ? node.float("min") : float(1)
    guard low == 0 else { return false }
    guard let x = node.input(at: 0), let sum = graph.producer(of: x), sum.isStandard,
      sum.opType == "Add"
    else { return true }
    let high = opset < 11 ? node.float("max") : float(2)
    return high != 6 || !sum.input.contains { graph.number($0) == 3 }
  }

  /// Whether a fused layer's activation is one.
  fileprivate var isFusedWithRectifier: Bool {
    switch node.string("activation") ?? "" {
    case "Relu", "LeakyRelu": return true
    case "Clip":
      let low =
        node.floats("activation_params")?.first ?? node.float("activation_alpha")
      return low == 0
    default: return false
    }
  }
}

extension Graph {
  /// The one number that a constant holds.
  func number(_ name: String) -> Float? {
    guard let facts = facts[name] else { return nil }
    if let floats = facts.floats { return floats.count == 1 ? floats[0] : nil }
    return facts.integers.flatMap { $0.count == 1 ? $0[0].value.map(Float.init) : nil }
  }
}
