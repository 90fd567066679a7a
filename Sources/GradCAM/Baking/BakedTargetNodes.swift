import ONNXFormat
import ONNXGraph

/// A target written into a graph, for each of N images.
///
/// The cotangent always has N rows, also of a class that is the same for all images, because rules
/// expect as many as the model's own values have.
struct BakedTargetNodes: TargetSource {
  /// Where the class comes from.
  enum Source: Sendable {
    case fixed(ResolvedTarget)
    /// An input of that name, int64 [N].
    case input(String)
  }

  let source: Source
  let classCount: Int

  /// None: what is declared is declared by whoever writes the graph.
  var declarations: [ValueInfoProto] { [] }

  /// The weighted sum of the rows of one target's classes, [N, …].
  func cotangent(of logits: Term, rows: (Term) -> Term) -> Term {
    switch source {
    case .input(let name): rows(given(name, logits)).squeezed([1])
    case .fixed(let target): fixed(target, logits, rows)
    }
  }

  /// The class that each image is explained for, [N, 1].
  private func given(_ name: String, _ logits: Term) -> Term {
    let builder = logits.builder
    let given = builder.term(name, type: .int64).unsqueezed([1])
    // Before operator set 9 only floats could be compared.
    let isOpen = given.cast(to: .float).mask(lessThan: 0).cast(to: .int64)
    let chosen = given + isOpen * (logits.mostProbable(1) - given)
    // Looked up in a list of all classes, so that one that is none is an error, not a zero map.
    let classes = builder.integers(Array(0..<classCount))
    return builder.emit(
      "Gather", [classes, chosen], attributes: [AttributeProto("axis", 0)])
  }

  private func fixed(_ target: ResolvedTarget, _ logits: Term, _ rows: (Term) -> Term) -> Term {
    let builder = logits.builder
    var terms: [Term] = []
    if !target.classes.isEmpty {
      let classes = builder.integers(target.classes.map(\.index), shape: [1, target.classes.count])
      // Nothing times each image's best class: N rows.
      let perImage = classes + logits.mostProbable(1) * builder.integers([0])
      terms.append(Self.sum(rows(perImage), target.classes.map(\.weight)))
    }
    let ranks = target.rankWeights.indices.filter { target.rankWeights[$0] != 0 }
    if let last = ranks.last {
      let best = logits.mostProbable(last + 1)
      for rank in ranks {
        let place = last == 0 ? best : best.sliced(1, from: rank, to: rank + 1)
        terms.append(Self.sum(rows(place), [target.rankWeights[rank]]))
      }
    }
    return builder.sum(terms) ?? logits * 0
  }

  /// Σ_j w_j r_j of rows [N, J, …], their other axes in one.
  private static func sum(_ rows: Term, _ weights: [Float]) -> Term {
    if weights == [1] { return rows.squeezed([1]) }
    let builder = rows.builder
    return (rows * builder.constant(weights, shape: [1, weights.count, 1]))
      .sum([1], keepsAxes: false)
  }
}
