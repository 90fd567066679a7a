import GradCAM

/// One run of `gradcam compare` with one model.
struct MapComparisonRun {
  private let options: Compare
  private let input: ExplainInput
  private let targets: [Target]
  /// How each method explains.
  private let ways: [ExplanationOptions]
  private let subjects: Set<MapComparison.Subject>

  /// Checks what can be checked without the model.
  init(_ options: Compare) throws(DiagnosticError) {
    self.options = options
    if options.layerA != nil || options.layerB != nil { throw .sideOfOneModel }
    ways = options.ways
    if options.method.count > 1, ways.count < 2 { throw .comparedWithItself("method") }
    var subjects: Set<MapComparison.Subject> = []
    if ways.count > 1 { subjects.insert(.methods) }
    if options.layer.count > 1 {
      subjects.insert(.layers)
      if let joining = ways.first(where: { $0.method.fusion != nil }) {
        throw .layersJoinedByMethod(joining.method)
      }
    }
    let words = options.target.isEmpty && subjects.isEmpty ? ["top:2"] : options.target
    targets = try TargetChoice.targets(words, ratherThan: nil, at: .all)
    if subjects.isEmpty || targets.count > 1 { subjects.insert(.targets) }
    if subjects == [.targets], targets.count < 2 { throw .comparedWithItself("target") }
    self.subjects = subjects
    input = try options.photo(options.paths[1])
  }

  /// Explains the photo, and writes and prints what came out.
  func run() throws(DiagnosticError) -> Double? {
    let place = try ComparisonPlace(options.output, stem: input.stem, isJSON: options.json)
    let explainer = try options.explainer(options.paths[0])
    guard explainer.model.input.takesPhotos else { throw .compareNeedsPhotos(explainer.model) }
    let photo = try ExplainPicture(input, for: explainer.model, bands: nil).image
    let passes = PassLine(isQuiet: options.quiet)
    let (maps, differences) = try passes.watching {
      () throws(DiagnosticError) in
      try explained(photo, by: explainer.reportingProgress { passes.show($0) })
    }
    let comparison = MapComparison(
      of: subjects, maps, differences: differences, isShared: options.mapScale == .shared,
      photo: photo, title: input.stem, model: explainer.model)
    if let place {
      if place.isPage {
        try place.write(comparison.page(colormap: options.colormap, opacity: options.opacity))
      } else {
        try place.write(
          comparison.figure(colormap: options.colormap, opacity: options.opacity),
          metadata: comparison.provenance)
      }
    }
    if options.json {
      let report = try comparison.json(input: input.name, place?.path, cost: passes.json)
      StandardStream.write(report.text() + "\n", to: .output)
    } else if place?.path != "-" {
      StandardStream.write(comparison.text(place?.path), to: .output)
    }
    if !options.json { options.tell(comparison.notes, isPiped: place?.path == "-") }
    return comparison.lowestCorrelation
  }
}

// MARK: - Explaining

extension MapComparisonRun {
  /// An explanation and which of its layers is meant.
  private typealias Map = (explanation: Explanation, layer: Int?)

  /// The maps, and the differences of targets: all of one method with one forward pass.
  private func explained(
    _ photo: Image, by explainer: Explainer
  ) throws(DiagnosticError) -> (maps: [Map], differences: [Explanation]) {
    let others = subjects == [.targets] ? targets.dropFirst().map { targets[0].ratherThan($0) } : []
    var maps: [Map] = []
    var differences: [Explanation] = []
    for way in ways {
      let layers = try layers(of: explainer.model, for: way.method)
      let found = try explainer.explanations(
        of: photo, for: targets + others, at: layers, options: way)
      var seen: Set<String> = []
      for explanation in found.prefix(targets.count)
      where seen.insert(FileNames.part(for: explanation)).inserted {
        // Layers that nobody named are the method's own, which it fuses.
        maps +=
          options.layer.isEmpty && layers.count > 1
          ? [(explanation, nil)] : explanation.layers.indices.map { (explanation, $0) }
      }
      // 'predicted' and a class's number may turn out to be one, whose difference is zero.
      differences = found.dropFirst(targets.count).filter { explanation in
        Set(explanation.classes.map(\.index)).count > 1
          && seen.insert(FileNames.part(for: explanation)).inserted
      }
    }
    guard maps.count > 1 else { throw .comparedWithItself("target") }
    return (maps, differences)
  }

  /// The layers named, from the input on, or those that are customary for a method.
  private func layers(of model: Model, for method: Method) throws(DiagnosticError) -> [Layer] {
    let found = try model.layers(named: options.layer, for: method)
    guard subjects.contains(.layers) else { return found }
    let sorted = model.layers.filter(found.contains)
    guard sorted.count > 1 else { throw .comparedWithItself("layer") }
    return sorted
  }
}
