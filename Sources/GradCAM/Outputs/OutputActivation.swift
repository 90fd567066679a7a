import ONNXGraph

/// What stands between a model's logits and its output.
public struct OutputActivation: Hashable, Sendable {
  /// The name in reports: `none`, `softmax`, `logSoftmax` or `sigmoid`.
  public let name: String

  /// Whether each class stands for itself, so that several may hold at once.
  public var isMultiLabel: Bool { name == "sigmoid" }

  private let kind: OutputKind

  init(_ tail: Logits.Tail, kind: OutputKind) {
    name = tail.rawValue
    self.kind = kind
  }

  /// Whether the classes have probabilities.
  var hasProbabilities: Bool {
    switch kind {
    case .classes, .labels, .positions: true
    case .value, .pixels, .voxels: false
    }
  }

  /// The probabilities of logits: their sigmoid for a multi-label model, else their softmax; none
  /// where the output is a number, or classes at several places.
  func probabilities(of logits: [Float]) -> [Float] {
    guard hasProbabilities else { return [] }
    if isMultiLabel { return logits.map { 1 / (1 + exponential(-$0)) } }
    guard let highest = logits.max() else { return [] }
    let powers = logits.map { exponential($0 - highest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
