import ONNXFormat
import ONNXGraph

/// What says which targets a graph explains, and writes the cotangent that they stand for.
protocol TargetSource: Sendable {
  /// The inputs to add to the graph.
  var declarations: [ValueInfoProto] { get }
  /// Number of classes.
  var classCount: Int { get }
  /// The sum over each target's classes of their weights times their rows, [T, …].
  ///
  /// - Parameters:
  ///   - logits: what ranks the classes, [N, C].
  ///   - rows: [T, J, …] for classes [T, J].
  func cotangent(of logits: Term, rows: (Term) -> Term) -> Term
}

extension TargetSource {
  /// The cotangent [T, C] of the logits [N, C].
  ///
  /// - Parameter ranking: what the order of the classes is taken from, if not from the logits.
  func cotangent(of logits: Term, rankedBy ranking: Term? = nil) -> Term {
    cotangent(of: ranking ?? logits) { $0.oneHot(classCount) }
  }
}

extension Term {
  /// 1 at each of classes [T, J], else 0: [T, J, C].
  func oneHot(_ classCount: Int) -> Term {
    builder.integers(Array(0..<classCount), shape: [1, 1, classCount])
      .equals(unsqueezed([2])).cast(to: .float)
  }

  /// The classes with the largest of values [N, C], [N, count]; the first of equal ones first.
  func mostProbable(_ count: Int) -> Term {
    if count == 1 {
      return builder.emit(
        "ArgMax", [self], type: .int64,
        attributes: [AttributeProto("axis", 1), AttributeProto("keepdims", 1)])
    }
    return builder.term(ordered(count)[1].name, type: .int64)
  }

  /// The largest values along axis 1, in order, and their places.
  func ordered(_ count: Int) -> [Term] {
    builder.opset >= 10
      ? builder.emit("TopK", [self, builder.integers([count])], outputCount: 2)
      : builder.emit("TopK", [self], attributes: [AttributeProto("k", count)], outputCount: 2)
  }
}
