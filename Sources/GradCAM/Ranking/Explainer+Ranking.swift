public import Diagnostics
public import Imaging

extension Explainer {
  /// Compares layers as places to explain a photo at: all their maps in one run.
  ///
  /// - Parameters:
  ///   - photo: any size; it is brought to the model's.
  ///   - target: the predicted class unless given.
  ///   - layers: what to compare; ``Model/rankingCandidates`` unless given.  The default layer is
  ///     added, because the others are compared with it.
  ///   - method: Grad-CAM unless given.
  /// - Throws: ``DiagnosticError`` as an explanation would; layers that have no gradient rule on
  ///   the way to them are listed as refused instead.
  public func ranking(
    of photo: Image, for target: Target = .predicted, among layers: [Layer]? = nil,
    using method: Method = .gradCAM
  ) throws(DiagnosticError) -> LayerRanking {
    try preprocessing.check(for: model.input)
    let prepared = preprocessing.applied(to: photo, for: model.input)
    return try ranking(
      prepared, for: target, among: layers, using: method,
      preprocessing: preprocessing.description)
  }

  /// The same for an input used as it is: [C, H, W] or [1, C, H, W] in the model's layout.
  public func ranking(
    of input: FloatTensor, for target: Target = .predicted, among layers: [Layer]? = nil,
    using method: Method = .gradCAM
  ) throws(DiagnosticError) -> LayerRanking {
    try ranking(
      prepared(input), for: target, among: layers, using: method,
      preprocessing: "none (numbers used as they are)")
  }

  private func ranking(
    _ photo: PreparedPhoto, for target: Target, among given: [Layer]?, using method: Method,
    preprocessing: String
  ) throws(DiagnosticError) -> LayerRanking {
    guard method.layerFormula != nil, method.scope == .layer else { throw .notForRanking(method) }
    let reference = try model.layer(named: nil)
    let (layers, refused) = try rankable(given ?? model.rankingCandidates, reference)
    let targets = try resolved([target])
    var request = request(targets, at: layers, using: method)
    request.wants.insert(.measures)
    let places = try model.placeInputs(for: target.places, seen: photo.view)
    var timing = ExplanationTiming()
    let results = try run(photo.values, targets, request, places, &timing)
    let logits = results.logits.floats
    let probabilities = model.activation.probabilities(of: logits)
    let order = Self.order(of: results.ranking.floats, first: request.rankCount)
    let classes = targets[0].parts(order: order).map {
      ExplainedClass(index: $0.index, label: label(of: $0.index), weight: $0.weight)
    }
    let maps = zip(layers, results.maps).map { layer, map in
      RawMap(width: layer.width, height: layer.height, depth: layer.depth, values: map.floats)
    }
    for (layer, map) in zip(layers, maps) where map.values.firstNotFinite != nil {
      throw .notFiniteMap(layer, model: model.file.name)
    }
    let index = classes[0].index
    let probability = probabilities.indices.contains(index) ? probabilities[index] : nil
    let question = Question(
      targets: [target], layers: layers, options: ExplanationOptions(method: method))
    return LayerRanking(
      classes: classes, probability: probability, method: method,
      layers: ranked(layers, maps, results.measures.map(\.floats), reference, photo.view),
      refused: refused + pooled, notes: Self.notes(probability, among: probabilities.count),
      provenance: try provenance(question, preprocessing, of: classes))
  }
}

// MARK: - Which layers

extension Explainer {
  /// The layers that can be explained with the default layer among them, and the others.
  private func rankable(
    _ given: [Layer], _ reference: Layer
  ) throws(DiagnosticError) -> (layers: [Layer], refused: [RefusedLayer]) {
    var layers: [Layer] = []
    var refused: [RefusedLayer] = []
    for layer in given where layer != reference && !layers.contains(layer) {
      if let missing = model.operatorsWithoutRule(after: layer).first {
        refused.append(
          RefusedLayer(
            name: layer.name, reason: "no gradient through operator '\(missing.operatorName)'"))
      } else {
        layers.append(layer)
      }
    }
    return (layers + [reference], refused)
  }

  /// What stands behind the last layer, where people look for one.
  private var pooled: [RefusedLayer] {
    model.pooledValues.map {
      RefusedLayer(
        name: $0.name, reason: "not spatial: \($0.operatorName) left one place for the whole photo")
    }
  }
}

// MARK: - Judging

extension Explainer {
  private func ranked(
    _ layers: [Layer], _ maps: [RawMap], _ measures: [[Float]], _ reference: Layer,
    _ view: PhotoView
  ) -> [RankedLayer] {
    let heatmaps = maps.map { Heatmap($0.flattened, showing: .for, view: view) }
    let largest = max(measures.map { $0[1] }.max() ?? 0, .leastNormalMagnitude)
    let standard = layers.firstIndex(of: reference).map { heatmaps[$0] }
    let rows = layers.indices.map { index in
      let heatmap = heatmaps[index]
      return RankedLayer(
        RankedLayer.Measures(
          layer: layers[index], isDefault: layers[index] == reference, rawMap: maps[index],
          heatmap: heatmap, gradientShare: measures[index][0],
          gradientSize: measures[index][1] / largest,
          agreement: standard.flatMap { Self.agreement(heatmap, $0) },
          imageSize: model.input.size))
    }
    return rows.sorted { ($0.verdict, -$0.score) < ($1.verdict, -$1.score) }
  }

  /// The correlation of two heatmaps, brought to the finer of their sizes.
  private static func agreement(_ a: Heatmap, _ b: Heatmap) -> Float? {
    let (width, height) = (max(a.width, b.width), max(a.height, b.height))
    let values = [a, b].map { $0.values(width: width, height: height).map(Double.init) }
    return MapStatistics.correlation(values[0], values[1]).map { Float($0) }
  }

  private static func notes(_ probability: Float?, among count: Int) -> [String] {
    guard let probability, probability >= 0.9999 else { return [] }
    return [
      "the probability is saturated: maps show what made the logit, not how narrow the choice "
        + "was" + (count > 1 ? "; a map of this class rather than another says more" : "")
    ]
  }
}
