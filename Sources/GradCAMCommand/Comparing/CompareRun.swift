import GradCAM

/// One run of `gradcam compare`.
struct CompareRun {
  private let options: Compare
  private let input: ExplainInput
  private let target: Target

  /// Checks what can be checked without the models.
  init(_ options: Compare) throws(DiagnosticError) {
    self.options = options
    if options.evidence == .both, let colormap = options.colormap, !colormap.isDiverging {
      throw .colormapNeedsSigns(colormap.name)
    }
    guard (0...1).contains(options.opacity) else { throw .opacityOutOfRange(options.opacity) }
    let targets = try TargetChoice(options.target).targets
    guard targets.count == 1 else { throw .severalCompared(options.target) }
    target = targets[0]
    let inputs = try ExplainInput.list([options.photo])
    guard inputs.count == 1, inputs[0].array == nil else {
      throw .comparedInput(options.photo)
    }
    input = inputs[0]
  }

  /// Explains the photo with both models, and writes and prints what came out.
  func run() throws(DiagnosticError) -> Comparison {
    let place = try place()
    let first = try explainer(options.first)
    let second = try explainer(options.second)
    let photo = try ExplainPicture(input, for: first.model, bands: nil).image
    let a = try explanation(of: photo, by: first, for: target, at: options.layerA)
    let same = target == .predicted ? Target.class(a.classIndex) : target
    let b = try explanation(of: photo, by: second, for: same, at: options.layerB)
    let comparison = Comparison(
      photo: photo, title: input.stem, models: [first.model, second.model], explanations: [a, b])
    var path: String?
    if let place {
      path = place.path
      let figure = comparison.figure(colormap: options.colormap, opacity: options.opacity)
      try write(figure, comparison.provenance, to: place)
    }
    tell(comparison, input: input.name, path)
    return comparison
  }

  private func explainer(_ path: String) throws(DiagnosticError) -> Explainer {
    let model = try options.reading.model(path)
    return try Explainer(
      model,
      preprocessing: options.photos.preprocessing(for: model, size: options.reading.size?.size),
      labels: options.photos.labels(for: model),
      options: options.running.explainerOptions(pictureCount: 1))
  }

  private func explanation(
    of photo: Image, by explainer: Explainer, for target: Target, at layer: String?
  ) throws(DiagnosticError) -> Explanation {
    try explainer.explanation(
      of: photo, for: target, at: layer, using: options.method, showing: options.evidence)
  }
}

// MARK: - Writing

extension CompareRun {
  /// Where the figure goes and what its file is called.
  private typealias Place = (place: OutputPlace, path: String)

  /// Nil where no figure is asked for.
  private func place() throws(DiagnosticError) -> Place? {
    guard options.output != "none" else { return nil }
    let place = try OutputPlace(options.output, fileCount: 1, kinds: [.figure])
    switch place {
    case .folder(let folder): return (place, "\(folder)\(input.stem).compare.png")
    case .file(let path): return (place, path)
    case .standardOutput:
      if options.json { throw .standardOutputTwice }
      return (place, "-")
    }
  }

  private func write(
    _ figure: Figure, _ metadata: [(key: String, value: String)], to place: Place
  ) throws(DiagnosticError) {
    if case .standardOutput = place.place {
      return try StandardStream.deliver(figure.image().encoded(as: .png, metadata: metadata))
    }
    try place.place.make()
    try figure.write(to: place.path, metadata: metadata)
  }

  private func tell(_ comparison: Comparison, input: String, _ path: String?) {
    if options.json {
      StandardStream.write(comparison.json(input: input, path).text() + "\n", to: .output)
    } else if path != "-" {
      StandardStream.write(comparison.text(path), to: .output)
    }
    guard !options.quiet else { return }
    for (model, explanation) in zip(comparison.models, comparison.explanations) {
      for note in explanation.notes {
        StandardStream.write("note: \(model.path.name): \(note)\n", to: .error)
      }
    }
  }
}
