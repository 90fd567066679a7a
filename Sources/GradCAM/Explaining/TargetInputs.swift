import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession

/// The inputs that say what T targets are, and their cotangent.
///
/// Each target is a sum of logits with weights: of J classes named by index, and of the K most
/// probable ones.  With one image T is free; with N images T = N and K = 1.
struct TargetInputs: Sendable {
  /// [T, J]
  private let indices: String
  /// [T, J]
  private let weights: String
  /// [T, K]
  private let rankWeights: String
  private let rankCount: Int
  private let classCount: Int

  /// Names the inputs for a builder.
  init(for builder: GraphBuilder, rankCount: Int, classCount: Int) {
    indices = builder.prefix + "class_indices"
    weights = builder.prefix + "class_weights"
    rankWeights = builder.prefix + "rank_weights"
    self.rankCount = rankCount
    self.classCount = classCount
  }

  /// The declarations to add to the graph's inputs.
  var declarations: [ValueInfoProto] {
    [
      ValueInfoProto(indices, type: .int64, shape: [-1, -1]),
      ValueInfoProto(weights, type: .float, shape: [-1, -1]),
      ValueInfoProto(rankWeights, type: .float, shape: [-1, rankCount]),
    ]
  }

  /// The tensors to feed for some targets.
  ///
  /// - Parameter batch: where a run must hold several images, how many: all but the first then
  ///   have no target.
  func tensors(for targets: [ResolvedTarget], batch: Int = 1) -> [String: Tensor] {
    let targets = targets + Array(repeating: .none, count: max(0, batch - targets.count))
    let count = max(1, targets.map(\.classes.count).max() ?? 1)
    // A target with fewer classes than others is filled with class 0 at weight 0.
    let parts = targets.flatMap { target in
      target.classes + Array(repeating: (index: 0, weight: 0), count: count - target.classes.count)
    }
    let ranks = targets.flatMap { target in
      target.rankWeights + Array(repeating: 0, count: rankCount - target.rankWeights.count)
    }
    return [
      indices: Tensor(shape: [targets.count, count], integers: parts.map(\.index)),
      weights: Tensor(shape: [targets.count, count], floats: parts.map(\.weight)),
      rankWeights: Tensor(shape: [targets.count, rankCount], floats: ranks),
    ]
  }
}

// MARK: - Writing the cotangent

extension TargetInputs {
  /// The cotangent [T, C] of the logits [N, C].
  ///
  /// - Parameter ranking: what the order of the classes is taken from, if not from the logits.
  func cotangent(of logits: Term, rankedBy ranking: Term? = nil) -> Term {
    let places = logits.builder.integers(Array(0..<classCount), shape: [1, 1, classCount])
    return cotangent(of: ranking ?? logits) { places.equals($0.unsqueezed([2])).cast(to: .float) }
  }

  /// The cotangent [T, features] of a linear head's input: rows of its weight.
  func cotangent(of logits: Term, through head: LinearHead) -> Term {
    cotangent(of: logits, rows: head.rows)
  }

  /// Σ_j weight_j · row(class_j) + Σ_k weight_k · row(k-th most probable class).
  ///
  /// - Parameter rows: [T, J, …] for classes [T, J].
  private func cotangent(of logits: Term, rows: (Term) -> Term) -> Term {
    let builder = logits.builder
    let named = builder.term(weights, type: .float).unsqueezed([2])
    let ranked = builder.term(rankWeights, type: .float).unsqueezed([2])
    let best = rows(mostProbable(logits))
    return (named * rows(builder.term(indices, type: .int64))).sum([1], keepsAxes: false)
      + (ranked * best).sum([1], keepsAxes: false)
  }

  /// The K most probable classes of each image, [N, K].
  private func mostProbable(_ logits: Term) -> Term {
    let builder = logits.builder
    if rankCount == 1 {
      return builder.emit(
        "ArgMax", [logits], type: .int64,
        attributes: [AttributeProto("axis", 1), AttributeProto("keepdims", 1)])
    }
    let ordered =
      builder.opset >= 10
      ? builder.emit("TopK", [logits, builder.integers([rankCount])], outputCount: 2)
      : builder.emit(
        "TopK", [logits], attributes: [AttributeProto("k", rankCount)], outputCount: 2)
    return builder.term(ordered[1].name, type: .int64)
  }
}
