import GradCAM

/// Whether maps depend on the model's weights: they are compared with those of the model with more
/// and more of its weights at random.
struct RandomizationCheck {
  /// The model as it is, and what explains it.
  let explainer: Explainer
  let way: ExplanationOptions
  let layers: [Layer]
  let seed: UInt32
  let photos: [CheckedPhoto]
  /// Groups of weights, those nearest to the logits first.
  let groups: [WeightGroup]

  /// Which weights are at random in a step.
  enum Order {
    /// All from the logits down to a group.
    case cascading
    /// One group alone.
    case independent
  }

  /// The curve, from the group nearest to the logits down.
  ///
  /// - Parameter finished: hears of each step.
  func curve(
    _ order: Order, finished: (String) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) -> [CheckResult.Step] {
    var steps: [CheckResult.Step] = []
    for (index, group) in groups.enumerated() {
      let changed = order == .cascading ? Array(groups[...index]) : [group]
      let model = try explainer.model.randomizing(changed, seed: seed)
      steps.append(
        CheckResult.Step(
          label: group.name, similarity: try similarity(of: explainer.explaining(model))))
      try finished(group.name)
    }
    return steps
  }

  /// How alike the maps of another model are, for the same classes at the same layers.
  ///
  /// - Parameter isNamed: whether layers go by their names, as in a model of another file.
  func similarity(
    of other: Explainer, named isNamed: Bool = false
  ) throws(DiagnosticError) -> SimilarityMean {
    var own: [Layer] = []
    for layer in layers {
      own.append(try other.model.layer(named: isNamed ? layer.name : layer.valueName))
    }
    var mean = SimilarityMean()
    for photo in photos {
      let explanation = try other.explanations(
        of: photo.image, for: [photo.target], at: own, options: way)[0]
      mean.add(MapSimilarity(photo.explanation.heatmap, explanation.heatmap))
    }
    return mean
  }
}

/// A photo with the map that others are compared with.
struct CheckedPhoto {
  let name: String
  let image: Image
  let target: Target
  let explanation: Explanation
}
