import GradCAM

/// One run of `gradcam compare` with two models.
struct ModelComparisonRun {
  private let options: Compare
  private let input: ExplainInput
  private let target: Target

  /// Checks what can be checked without the models.
  init(_ options: Compare) throws(DiagnosticError) {
    self.options = options
    guard options.layer.isEmpty else { throw .layerOfTwoModels }
    let words = options.target.isEmpty ? ["predicted"] : options.target
    let targets = try TargetChoice.targets(words, ratherThan: nil, at: .all)
    guard targets.count == 1 else { throw .severalCompared(words.joined(separator: " ")) }
    guard options.ways.count < 2 else { throw .severalMethodsCompared }
    target = targets[0]
    input = try options.photo(options.paths[2])
  }

  /// Explains the photo with both models, and writes and prints what came out.
  func run() throws(DiagnosticError) -> Double? {
    let place = try ComparisonPlace(options.output, stem: input.stem, isJSON: options.json)
    let passes = PassLine(isQuiet: options.quiet)
    let first = try options.explainer(options.paths[0]).reportingProgress { passes.show($0) }
    let second = try options.explainer(options.paths[1]).reportingProgress { passes.show($0) }
    let photo = try ExplainPicture(input, for: first.model, bands: nil).image
    let (a, b) = try passes.watching { () throws(DiagnosticError) in
      let a = try explanation(of: photo, by: first, for: target, at: options.layerA)
      let same = target == .predicted ? Target.class(a.classIndex) : target
      return (a, try explanation(of: photo, by: second, for: same, at: options.layerB))
    }
    let comparison = ModelComparison(
      photo: photo, title: input.stem, models: [first.model, second.model], explanations: [a, b],
      isShared: options.mapScale == .shared)
    if let place {
      if place.isPage {
        try place.write(comparison.page(colormap: options.colormap, opacity: options.opacity))
      } else {
        let figure = comparison.figure(colormap: options.colormap, opacity: options.opacity)
        try place.write(figure, metadata: comparison.provenance)
      }
    }
    if options.json {
      let report = comparison.json(input: input.name, place?.path, cost: passes.json)
      StandardStream.write(report.text() + "\n", to: .output)
    } else if place?.path != "-" {
      StandardStream.write(comparison.text(place?.path), to: .output)
    }
    if !options.json { options.tell(comparison.notes, isPiped: place?.path == "-") }
    return comparison.similarity.pearson
  }

  private func explanation(
    of photo: Image, by explainer: Explainer, for target: Target, at layer: String?
  ) throws(DiagnosticError) -> Explanation {
    let way = options.ways[0]
    let layers = try explainer.model.layers(
      named: layer.map { [$0] } ?? [], for: way.method)
    return try explainer.explanations(of: photo, for: [target], at: layers, options: way)[0]
  }
}
