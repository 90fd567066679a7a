import GradCAM

/// One run of `gradcam check`.
struct CheckRun {
  let config: CheckConfig
  let explainer: Explainer
  let data: CheckData
  /// Groups of weights, those nearest to the logits first.
  let groups: [WeightGroup]
  private let options: Check

  /// Reads the model, the configuration and the photos.
  init(_ options: Check) throws(DiagnosticError) {
    self.options = options
    var config =
      try options.config.map { path throws(DiagnosticError) in
        try CheckConfig(contentsOf: path)
      } ?? CheckConfig()
    if !options.method.isEmpty { config.methods = options.method }
    config.layer = options.layer ?? config.layer
    config.photos = options.photos ?? config.photos
    config.steps = options.steps ?? config.steps
    config.seed = options.seed ?? config.seed
    if let path = options.randomLabels {
      config.randomLabels = .init(model: path)
    }
    self.config = config
    guard !options.data.isEmpty else { throw .checkNeedsPhotos }
    let model = try options.reading.model(options.model)
    data = try CheckData(options.data, for: config)
    explainer = try Explainer(
      model,
      preprocessing: options.photo.preprocessing(for: model, size: options.reading.size?.size),
      labels: options.photo.labels(for: model),
      options: options.running.explainerOptions(pictureCount: 1))
    groups = WeightGroup.joined(try model.weightGroups, into: config.steps)
    if let layer = config.layer { _ = try model.layers(named: [layer], for: .gradCAM) }
  }

  /// Makes every check.
  func run() throws(DiagnosticError) -> CheckReport {
    var report = CheckReport(
      model: explainer.model, photos: data.photos.map(\.name), config: config,
      notes: data.problems)
    let watch = CheckWatch(total: stepCount, isQuiet: options.quiet)
    Interruption.holdBack()
    defer { Interruption.letThrough() }
    for method in config.methods {
      let sanity = try SanityChecks(self, method, watch)
      report.layers[method.name] = sanity.layers.map(\.name)
      report.results += try sanity.results()
      let localization = try LocalizationChecks(self, method, sanity.layers, watch)
      report.results += try localization.results()
      report.pictures += sanity.pictures
    }
    watch.clear()
    return report
  }

  /// How many steps all checks have, to tell how far they are.
  private var stepCount: Int {
    let sanity =
      (config.cascading == nil ? 0 : groups.count)
      + (config.independent == nil ? 0 : groups.count)
      + (config.randomLabels == nil ? 0 : 1) + (config.checksOutputs ? 1 : 0)
      + (config.determinism == nil ? 0 : 1) + (config.noise == nil ? 0 : 1) + 1
    let places = config.metrics.isEmpty && config.regions.isEmpty ? 0 : data.photos.count
    return config.methods.count * (sanity + places)
  }
}

/// Tells how far checks are, and ends them where somebody wishes so.
final class CheckWatch {
  private var progress: Progress

  init(total: Int, isQuiet: Bool) { progress = Progress(total: total, isQuiet: isQuiet) }

  /// A step is done.
  func finish(_ name: String) throws(DiagnosticError) {
    progress.clear()
    if Interruption.isRequested { throw .interrupted(name) }
    progress.finish(name)
  }

  /// Removes the line.
  func clear() { progress.clear() }
}
