package import ONNXFormat

// Each of these writes the form that the model's operator set knows.

// MARK: - Types and views

extension Term {
  /// The same values in another element type.
  package func cast(to type: ElementType) -> Term {
    guard type != self.type else { return self }
    return builder.emit(
      "Cast", [self], type: type, attributes: [AttributeProto("to", Int(type.rawValue))])
  }

  /// The sides, as a tensor.
  package var sides: Term { builder.emit("Shape", [self], type: .int64) }

  /// The same elements in another shape; one side may be -1.
  package func reshaped(_ sides: [Int]) -> Term {
    builder.emit("Reshape", [self, builder.integers(sides)])
  }

  /// The same elements in the shape of a value of the model.
  ///
  /// The one open side is written as -1, the batch where none is open, so that the cotangents of
  /// several targets may stand where the model has one image.
  package func reshaped(like value: String) -> Term {
    let value = builder.origin(of: value)
    guard let shape = builder.graph.shape(of: value) else { return reshapedAtRunTime(like: value) }
    let open = shape.indices.filter { shape[$0].value == nil }
    guard open.count <= 1, !shape.isEmpty else { return reshapedAtRunTime(like: value) }
    var sides = shape.map { $0.value ?? -1 }
    if open.isEmpty { sides[0] = -1 }
    return reshaped(sides)
  }

  private func reshapedAtRunTime(like value: String) -> Term {
    builder.emit("Reshape", [self, builder.term(value).sides])
  }

  /// The axes in another order.
  package func transposed(_ order: [Int]) -> Term {
    order == Array(order.indices)
      ? self : builder.emit("Transpose", [self], attributes: [AttributeProto("perm", order)])
  }

  /// With axes of side 1 put in.
  package func unsqueezed(_ axes: [Int]) -> Term {
    axes.isEmpty ? self : withAxes("Unsqueeze", axes, asInputSince: 13)
  }

  /// With axes of side 1 taken out.
  package func squeezed(_ axes: [Int]) -> Term {
    axes.isEmpty ? self : withAxes("Squeeze", axes, asInputSince: 13)
  }
}

// MARK: - Sums

extension Term {
  /// The sum over axes.
  package func sum(_ axes: [Int], keepsAxes: Bool = true) -> Term {
    axes.isEmpty ? self : withAxes("ReduceSum", axes, asInputSince: 13, keeps: keepsAxes)
  }

  /// The mean over axes.
  package func mean(_ axes: [Int], keepsAxes: Bool = true) -> Term {
    axes.isEmpty ? self : withAxes("ReduceMean", axes, asInputSince: 18, keeps: keepsAxes)
  }

  /// The product over axes.
  package func product(_ axes: [Int]) -> Term {
    withAxes("ReduceProd", axes, asInputSince: 18, keeps: true)
  }

  /// The largest value along axes, which keep side 1.
  package func maximum(_ axes: [Int]) -> Term {
    axes.isEmpty ? self : withAxes("ReduceMax", axes, asInputSince: 18, keeps: true)
  }

  private func withAxes(
    _ operatorName: String, _ axes: [Int], asInputSince version: Int, keeps: Bool? = nil
  ) -> Term {
    var attributes = keeps.map { [AttributeProto("keepdims", $0 ? 1 : 0)] } ?? []
    if builder.opset >= version {
      return builder.emit(
        operatorName, [self, builder.integers(axes)], attributes: attributes)
    }
    attributes.append(AttributeProto("axes", axes))
    return builder.emit(operatorName, [self], attributes: attributes)
  }

  /// The matrix product over the last two axes.
  package func times(matrix other: Term) -> Term { builder.emit("MatMul", [self, other]) }
}

// MARK: - Growing and cutting

extension Term {
  /// Repeated along axes of side 1: the result has those sides there.
  package func spread(_ sides: [(axis: Int, side: Int)], rank: Int) -> Term {
    guard sides.contains(where: { $0.side != 1 }) else { return self }
    var shape = Array(repeating: 1, count: rank)
    for (axis, side) in sides { shape[axis] = side }
    if builder.opset >= 8 { return builder.emit("Expand", [self, builder.integers(shape)]) }
    return builder.emit("Tile", [self, builder.integers(shape)])
  }

  /// The positions `start..<end` of an axis, each or every `step`-th.
  package func sliced(_ axis: Int, from start: Int, to end: Int, step: Int = 1) -> Term {
    guard builder.opset < 10 else {
      let ranges = [[start], [end], [axis], [step]].map { builder.integers($0) }
      return builder.emit("Slice", [self] + (step == 1 ? Array(ranges.dropLast()) : ranges))
    }
    return builder.emit(
      "Slice", [self],
      attributes: [
        AttributeProto("axes", [axis]), AttributeProto("ends", [end]),
        AttributeProto("starts", [start]),
      ])
  }

  /// With a value put before and after an axis; negative amounts cut.
  package func padded(
    _ axis: Int, rank: Int, before: Int, after: Int, with value: Float = 0
  ) -> Term {
    if before == 0, after == 0 { return self }
    var pads = Array(repeating: 0, count: 2 * rank)
    pads[axis] = before
    pads[axis + rank] = after
    if builder.opset >= 11 {
      return builder.emit("Pad", [self, builder.integers(pads), value == 0 ? nil : scalar(value)])
    }
    return builder.emit(
      "Pad", [self], attributes: [AttributeProto("pads", pads), AttributeProto("value", value)])
  }
}

extension GraphBuilder {
  /// Terms joined along an axis.
  package func concatenated(_ terms: [Term], axis: Int) -> Term {
    terms.count == 1 ? terms[0] : emit("Concat", terms, attributes: [AttributeProto("axis", axis)])
  }

  /// The sum of terms of one shape.
  package func sum(_ terms: [Term]) -> Term? {
    guard var total = terms.first else { return nil }
    for term in terms.dropFirst() { total = total + term }
    return total
  }
}
