package import ONNXFormat
package import ONNXGraph

/// What a rule sees: one node, the cotangents of its outputs, and where to write.
package struct PullbackContext {
  /// The node whose pullback is written.
  package let node: NodeProto
  /// The cotangent of each output, nil where none arrives.
  package let cotangents: [Term?]
  /// Which inputs lie on the path.
  package let wanted: Set<Int>
  /// Where nodes are written.
  package let builder: GraphBuilder
}

// MARK: - Values

extension PullbackContext {
  /// The graph the node stands in.
  package var graph: Graph { builder.graph }

  /// The version of the standard operator set.
  package var opset: Int { graph.opset }

  /// The cotangent of the first output, where no other output has one.
  package var dy: Term {
    get throws(RuleRefusal) {
      guard let dy = cotangents.first, let dy, cotangents.dropFirst().allSatisfy({ $0 == nil })
      else { throw RuleRefusal("a secondary output of it is used") }
      return dy
    }
  }

  /// Whether the input at a position lies on the path.
  package func wants(_ index: Int) -> Bool { wanted.contains(index) }

  /// The input at a position, in float32 where it has less; so are all values read here.
  package func x(_ index: Int = 0) throws(RuleRefusal) -> Term {
    guard let name = node.input(at: index) else { throw RuleRefusal("input \(index) is missing") }
    return builder.read(name)
  }

  /// The input at a position, where the node has it.
  package func optional(_ index: Int) -> Term? { node.input(at: index).map(builder.read) }

  /// The output at a position.
  package func y(_ index: Int = 0) throws(RuleRefusal) -> Term {
    guard let name = node.output(at: index) else { throw RuleRefusal("it has no output") }
    return builder.read(name)
  }
}

// MARK: - Facts

extension PullbackContext {
  /// The shape of an input.
  package func shape(_ index: Int = 0) throws(RuleRefusal) -> Shape {
    guard let name = node.input(at: index), let shape = graph.shape(of: name) else {
      throw RuleRefusal("the shape of its input \(index) is not known")
    }
    return shape
  }

  /// The shape of the first output.
  package func outputShape() throws(RuleRefusal) -> Shape {
    guard let name = node.output(at: 0), let shape = graph.shape(of: name) else {
      throw RuleRefusal("the shape of its output is not known")
    }
    return shape
  }

  /// The number of axes of an input.
  package func rank(_ index: Int = 0) throws(RuleRefusal) -> Int { try shape(index).count }

  /// One side of an input, which must be known.
  package func side(_ axis: Int, of index: Int = 0) throws(RuleRefusal) -> Int {
    let shape = try shape(index)
    guard shape.indices.contains(axis), let side = shape[axis].value else {
      throw RuleRefusal("side \(axis) of its input \(index) is not known")
    }
    return side
  }

  /// The spatial sides of an input: all after batch and channels.
  package func spatialSides(_ index: Int = 0) throws(RuleRefusal) -> [Int] {
    let shape = try shape(index)
    guard shape.count > 2, let sides = Array(shape[2...]).fixedSides else {
      throw RuleRefusal("the spatial sides of its input \(index) are not known")
    }
    return sides
  }

  /// The number of spatial axes of an input.
  package func spatialRank(_ index: Int = 0) throws(RuleRefusal) -> Int {
    let rank = try rank(index)
    guard rank > 2 else { throw RuleRefusal("its input \(index) has no spatial axes") }
    return rank - 2
  }

  /// The axis an attribute names, counted from the front.
  package func axis(_ fallback: Int, rank: Int) throws(RuleRefusal) -> Int {
    let named = node.int("axis") ?? fallback
    guard let axis = Axes.place(named, in: rank) else {
      throw RuleRefusal("axis \(named) does not exist in \(rank) axes")
    }
    return axis
  }

  /// The contents of a constant integer input.
  package func integers(_ index: Int) -> [Int]? {
    guard let name = node.input(at: index), let contents = graph.facts[name]?.integers else {
      return nil
    }
    let values = contents.compactMap(\.value)
    return values.count == contents.count ? values : nil
  }

  /// The contents of a constant input of floats.
  package func floats(_ index: Int) -> [Float]? {
    node.input(at: index).flatMap { graph.facts[$0]?.floats }
  }

  /// The one number that a constant input holds.
  package func float(_ index: Int) -> Float? {
    if let floats = floats(index) { return floats.count == 1 ? floats[0] : nil }
    return integers(index).flatMap { $0.count == 1 ? Float($0[0]) : nil }
  }
}
