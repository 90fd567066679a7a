import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession

/// The inputs that say what T targets are, and their cotangent.
///
/// Each target is a sum of logits with weights: of J classes named by index, and of the K most
/// probable ones.  With one image T is free; with N images T = N and K = 1.
struct TargetInputs: TargetSource {
  /// [T, J]
  private let indices: String
  /// [T, 1, J]
  private let weights: String
  /// [T, 1, K]
  private let rankWeights: String
  private let rankCount: Int
  let classCount: Int

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
      ValueInfoProto(weights, type: .float, shape: [-1, 1, -1]),
      ValueInfoProto(rankWeights, type: .float, shape: [-1, 1, rankCount]),
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
      weights: Tensor(shape: [targets.count, 1, count], floats: parts.map(\.weight)),
      rankWeights: Tensor(shape: [targets.count, 1, rankCount], floats: ranks),
    ]
  }
}

// MARK: - Writing the cotangent

extension TargetInputs {
  /// Σ_j weight_j · row(class_j) + Σ_k weight_k · row(k-th most probable class).
  func cotangent(of logits: Term, rows: (Term) -> Term) -> Term {
    let builder = logits.builder
    let named = builder.term(weights, type: .float)
      .times(matrix: rows(builder.term(indices, type: .int64)))
    let ranked = builder.term(rankWeights, type: .float)
      .times(matrix: rows(logits.mostProbable(rankCount)))
    return (named + ranked).squeezed([1])
  }
}
