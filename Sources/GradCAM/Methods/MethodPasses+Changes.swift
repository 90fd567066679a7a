import Diagnostics
import ONNXGraph
import ONNXSession

// MARK: - Runs of a part of the model with one value changed

extension MethodPasses {
  /// A series of changes of one value, and what runs them.
  struct Series {
    /// What runs.
    let part: GraphPart
    /// What is changed.
    let change: Change
    /// The unchanged value and what is fed beside it, by their names in the model.
    let fed: [String: Tensor]
    /// What is the same for all changes, by the names the change's writer gave.
    var fixed: [String: Tensor] = [:]
    /// How many changes there are.
    let count: Int
    /// How many run at once at most.
    var batch = 16
  }

  /// The part of the model after a layer.
  func head(of layer: Layer) throws(DiagnosticError) -> GraphPart {
    guard let part = model.part(after: layer.valueName) else {
      throw .notRunnable(layer.name, model.file.name)
    }
    return part
  }

  /// All of the model, from the photo on.
  func whole() throws(DiagnosticError) -> GraphPart {
    guard let part = model.part(after: model.input.name) else {
      throw .notRunnable(model.input.name, model.file.name)
    }
    return part
  }

  /// A series of changes of the photo.
  func photoSeries(
    _ change: Change, fixed: [String: Tensor] = [:], count: Int
  ) throws(DiagnosticError) -> Series {
    let shape = [1] + model.input.imageShape
    return Series(
      part: try whole(), change: change,
      fed: [model.input.name: Tensor(shape: shape, floats: photo.values)], fixed: fixed,
      count: count)
  }

  /// The targets' values for each change of a series, target by target.
  ///
  /// - Parameters:
  ///   - make: what tells some of the changes apart, by the names the change's writer gave; asked
  ///     for in order.
  ///   - take: hears of the sums of masks, where the change gives them.
  func values(
    of series: Series, progress: inout PassProgress,
    make: (Range<Int>) throws(DiagnosticError) -> [String: Tensor],
    take: (Tensor) -> Void = { _ in }
  ) throws(DiagnosticError) -> [[Float]] {
    try progress.begin(batch: batch(of: series))
    let graph = try graph(for: series)
    var fixed = series.fixed
    if series.change.sumsMasks { fixed["weights"] = targetWeights }
    var found = targets.map { _ in [Float]() }
    for start in stride(from: 0, to: series.count, by: graph.batch) {
      let range = start..<min(start + graph.batch, series.count)
      var changes = fixed
      for (name, tensor) in try make(range) { changes[name] = tensor.filled(to: graph.batch) }
      if series.change.sumsMasks {
        // Changes that fill up the batch count nothing.
        let rows = (0..<graph.batch).map { $0 < range.count ? Float(1) : 0 }
        changes["counts"] = Tensor(shape: [graph.batch], floats: rows)
      }
      let results = try graph.run(fed: series.fed.merging(places) { $1 }, changes: changes)
      let logits = results.logits.floats
      guard logits.prefix(range.count * model.classCount).allSatisfy(\.isFinite) else {
        throw .notFiniteLogits(model.outputName, model: model.file.name)
      }
      for place in 0..<range.count {
        let row = logits[place * model.classCount..<(place + 1) * model.classCount]
        for (index, target) in targets.enumerated() {
          found[index].append(value(target, logits: row))
        }
      }
      if let sums = results.sums { take(sums) }
      try progress.passed(range.count)
    }
    return found
  }

  /// The targets as columns of weights, [C, T].
  private var targetWeights: Tensor {
    var weights = [Float](repeating: 0, count: model.classCount * targets.count)
    for (place, target) in targets.enumerated() {
      for part in target.classes { weights[part.index * targets.count + place] += part.weight }
    }
    return Tensor(shape: [model.classCount, targets.count], floats: weights)
  }

  private func graph(for series: Series) throws(DiagnosticError) -> ChangedGraph {
    let request = ChangedGraph.Request(
      value: series.part.start, change: series.change, batch: batch(of: series),
      targets: series.change.sumsMasks ? targets.count : 0)
    return try explainer.graphs.graph(for: .changed(request)) { () throws(DiagnosticError) in
      // Weights in the layout that multiplies fastest: there are many runs.
      var settings = explainer.settings
      settings.prepacking = true
      return try ChangedGraph(
        request, part: series.part, of: model, fed: series.fed, options: settings)
    }
  }

  /// How many changes run at once: what the model fixes, or as many as the largest value they
  /// pass through leaves room for.
  private func batch(of series: Series) -> Int {
    if let fixed = model.input.fixedBatch { return fixed }
    guard series.part.servesSeveralImages else { return 1 }
    let room = Self.room / max(1, series.part.largestValue(in: model.graph))
    let limit = min(parameters.batch ?? series.batch, series.count)
    return max(1, min(limit, room))
  }

  /// How many numbers the largest value of a run may have: 64 MiB of them.
  static let room = 1 << 24
}

extension Model {
  /// The part of the model that leads from a value to the logits; nil where the runtime does not
  /// make the value, or no logit depends on it.
  func part(after value: String) -> GraphPart? {
    GraphPart(
      from: value, to: logits.value, of: file.proto, image: input.name, in: graph)
  }

  /// Whether the logits are an affine function of a layer.
  func isAffine(after layer: Layer) -> Bool { part(after: layer.valueName)?.isAffine ?? false }
}

extension GraphPart {
  /// How many numbers the largest value has for one image.
  func largestValue(in graph: Graph) -> Int {
    let shapes = nodes.lazy.flatMap(\.output).compactMap { graph.shape(of: $0) }
    return shapes.map { shape in
      shape.reduce(1) { count, side in
        let length = if case .batch(let factor) = side { factor } else { side.value ?? 1 }
        let (product, isHuge) = count.multipliedReportingOverflow(by: max(1, length))
        return isHuge ? Int.max : product
      }
    }.max() ?? 1
  }
}

extension Tensor {
  /// The tensor with its first side filled up with zeros.
  fileprivate func filled(to count: Int) -> Tensor {
    guard let first = shape.first, first < count else { return self }
    let missing = (count - first) * shape.dropFirst().reduce(1, *)
    let sides = [count] + shape.dropFirst()
    if elementType == .int64 {
      return Tensor(shape: sides, integers: integers + Array(repeating: 0, count: missing))
    }
    return Tensor(shape: sides, floats: floats + Array(repeating: 0, count: missing))
  }
}
