import GradCAM

/// One run of `gradcam diff`.
struct DiffRun {
  private let options: Diff
  private let inputs: [ExplainInput]
  private let old, new: Explainer
  private let oldLayers, newLayers: [Layer]
  private let target: Target
  private let way: ExplanationOptions
  private let share: WorkShare
  private let passes: PassLine

  /// Reads both models, and checks every option against them.
  init(_ options: Diff) throws(DiagnosticError) {
    self.options = options
    passes = PassLine(isQuiet: options.quiet)
    let targets = try TargetChoice.targets([options.target], ratherThan: nil, at: .all)
    guard targets.count == 1 else { throw .severalCompared(options.target) }
    target = targets[0]
    inputs = try ExplainInput.list(options.photos)
    if let array = inputs.first(where: { $0.array != nil }) { throw .comparedInput(array.name) }
    way = options.computing.options(showing: options.evidence)
    if way.evidence == .both, let colormap = options.colormap, !colormap.isDiverging {
      throw .colormapNeedsSigns(colormap.name)
    }
    share = WorkShare(
      jobs: options.sharing.jobs, threads: options.running.threads, count: inputs.count,
      isOneByOne: options.computing.method.needsManyPasses)
    let threads = share.threads
    func explainer(_ path: String) throws(DiagnosticError) -> Explainer {
      let model = try options.reading.model(path)
      return try Explainer(
        model,
        preprocessing: options.preparing.preprocessing(
          for: model, size: options.reading.size?.size),
        labels: options.preparing.labels(for: model),
        options: options.running.explainerOptions(
          pictureCount: options.photos.count > 1 ? 9 : 1, threads: threads))
    }
    old = try explainer(options.old)
    new = try explainer(options.new)
    oldLayers = try old.model.layers(named: options.layer, for: way.method)
    newLayers = try new.model.layers(
      named: options.newLayer.isEmpty ? options.layer : options.newLayer, for: way.method)
  }

  /// What came of a photo.
  private enum Outcome: Sendable {
    case compared(PhotoDifference, ModelComparison)
    case noPicture(DiagnosticError)
    case failed(DiagnosticError)
  }

  /// Compares the models on every photo, writes and prints what came out, and tells which limits do
  /// not hold.
  func run() throws(DiagnosticError) -> [String] {
    var report = DiffReport(
      options, models: [old.model, new.model], layers: [oldLayers, newLayers], way: way)
    var progress = Progress(total: inputs.count, isQuiet: options.quiet)
    Interruption.holdBack()
    defer { Interruption.letThrough() }
    let work = OrderedWork<Outcome>(count: inputs.count, workers: share.jobs)
    try work.run { index in
      outcome(of: inputs[index])
    } taking: { index, outcome throws(DiagnosticError) in
      progress.clear()
      switch outcome {
      case .compared(let difference, let comparison): report.add(difference, comparison)
      case .noPicture(let error): report.skip(inputs[index].name, because: error.message)
      case .failed(let error): throw error
      }
      progress.finish(inputs[index].name)
    }
    progress.clear()
    guard !report.differences.isEmpty else { throw .nothingCompared(options.photos) }
    report.path = try write(report)
    StandardStream.write(
      options.json ? report.json.text() + "\n" : report.text, to: .output)
    return report.failures
  }

  /// Explains one photo by both models, on any thread.
  private func outcome(of input: ExplainInput) -> Outcome {
    let image: Image
    do throws(DiagnosticError) {
      image = try ExplainPicture(input, for: old.model, bands: nil).image
    } catch {
      return input.folder == nil ? .failed(error) : .noPicture(error)
    }
    do throws(DiagnosticError) {
      let passes = PassLine(sharing: self.passes)
      if Interruption.isRequested { throw .interrupted(input.name) }
      let first = old.reportingProgress { passes.show($0) }
      let second = new.reportingProgress { passes.show($0) }
      let a = try first.explanations(of: image, for: [target], at: oldLayers, options: way)[0]
      if Interruption.isRequested { throw .interrupted(input.name) }
      let same = target == .predicted ? Target.class(a.classIndex) : target
      let b = try second.explanations(of: image, for: [same], at: newLayers, options: way)[0]
      let comparison = ModelComparison(
        photo: image, title: input.stem, models: [old.model, new.model], explanations: [a, b],
        isShared: false)
      return .compared(
        PhotoDifference(
          name: input.name, stem: input.stem, similarity: comparison.similarity,
          old: .init(a, labels: old.labels), new: .init(b, labels: new.labels),
          targetName: ExplanationFigure.names(of: a),
          notes: comparison.notes),
        comparison)
    } catch {
      return .failed(error)
    }
  }

  /// Writes the report's file; gives its path.
  private func write(_ report: DiffReport) throws(DiagnosticError) -> String? {
    guard options.output != "none" else { return nil }
    let path = options.output ?? "\(ExplainInput.stem(of: options.new)).diff.html"
    if path.lowercased().hasSuffix(".html") {
      try report.page.write(to: path)
    } else {
      try report.figure.write(to: path, metadata: report.provenance)
    }
    return path
  }
}
