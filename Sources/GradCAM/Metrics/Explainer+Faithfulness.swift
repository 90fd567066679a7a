import Diagnostics

extension Explainer {
  /// What an explanation's heatmap says of its own faithfulness; nil where that is not asked for, or
  /// the map is empty.
  ///
  /// One pass for the blurred photo, two for the region and two for each random one, in batches.
  func faithfulness(
    of heatmap: Heatmap, for classes: [ExplainedClass], of photo: PreparedPhoto,
    _ question: Question
  ) throws(DiagnosticError) -> Faithfulness? {
    let count = question.options.randomRegions
    guard count > 0, !heatmap.isEmpty else { return nil }
    let context = MetricContext(
      self, heatmap, for: Target(classes, at: question.targets[0].places), truth: nil
    ) { photo }
    return try context.faithfulness(count, seed: question.method.parameters.seed ?? 0)
  }
}

extension MetricContext {
  /// The model's answers for the highlighted region and for random ones.
  fileprivate func faithfulness(
    _ count: Int, seed: UInt32
  ) throws(DiagnosticError) -> Faithfulness? {
    let highest = map.max() ?? 0
    guard highest > 0 else { return nil }
    title = "Faithfulness"
    let region = map.map { $0 >= highest / 2 }
    let (width, height) = (model.input.size.width, model.input.size.height)
    var draws = SeededDraws(seed: seed)
    // A region moved by nothing would be the region itself.
    let regions =
      [region]
      + (0..<count).map { _ in
        let step = width * height > 1 ? 1 + draws.place(below: width * height - 1) : 0
        return Self.moved(region, down: step / width, right: step % width, width: width)
      }
    let photo = try photo().values
    let blurred = try hidden(.blur)
    let places = places
    let found = try answers(toImages: 1 + 2 * regions.count, "photos with regions hidden") {
      image in
      guard image.index > 0 else { return image.update(blurred) }
      let region = regions[(image.index - 1) / 2]
      let isHidden = image.index % 2 == 1
      image.update(isHidden ? photo : blurred)
      let changed = region.indices.filter { region[$0] }
      image.replace(changed[...], by: isHidden ? blurred : photo, places)
    }
    let original = try original()
    let quantity: MetricParameters.Quantity =
      original.probability == nil ? .logit : .probability
    let answers = regions.indices.map { place in
      Faithfulness.Answers(
        hidden: found[1 + 2 * place][quantity], shown: found[2 + 2 * place][quantity])
    }
    return Faithfulness(
      quantity: quantity,
      share: Double(region.count(where: \.self)) / Double(max(region.count, 1)),
      photo: original[quantity], nothing: found[0][quantity], region: answers[0],
      random: Array(answers.dropFirst()))
  }

  /// A region moved, out at one border and in at the other.
  private static func moved(
    _ region: [Bool], down: Int, right: Int, width: Int
  ) -> [Bool] {
    let height = region.count / max(width, 1)
    return (0..<region.count).map { place in
      let row = (place / width + height - down) % height
      return region[row * width + (place % width + width - right) % width]
    }
  }
}
