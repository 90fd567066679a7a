import Annotations
import GradCAM

/// Checks of where a method's evidence lies: limits of metrics, and of shares on regions.
struct LocalizationChecks {
  private let run: CheckRun
  private let method: Method
  private let way: ExplanationOptions
  private let layers: [Layer]
  private let watch: CheckWatch
  private let finder: ClassFinder

  init(
    _ run: CheckRun, _ method: Method, _ layers: [Layer], _ watch: CheckWatch
  ) throws(DiagnosticError) {
    (self.run, self.method, self.layers, self.watch) = (run, method, layers, watch)
    finder = ClassFinder(
      labels: run.explainer.labels, classCount: run.explainer.model.classCount,
      mapping: try run.config.mapping.map { path throws(DiagnosticError) in
        try CategoryMapping(contentsOf: path)
      })
    way = ExplanationOptions(method: method)
  }

  private var config: CheckConfig { run.config }

  /// The sums of a rule over photos.
  private struct Sum {
    var total = 0.0
    var count = 0
    /// Photos where there was something to measure and no evidence at all.
    var empty = 0
    /// How much of the photos the regions cover.
    var area = 0.0
  }

  /// A result for each rule.
  func results() throws(DiagnosticError) -> [CheckResult] {
    guard !config.metrics.isEmpty || !config.regions.isEmpty else { return [] }
    var metrics = [Sum](repeating: Sum(), count: config.metrics.count)
    var regions = [Sum](repeating: Sum(), count: config.regions.count)
    let classes = try config.metrics.map { rule throws(DiagnosticError) in
      try rule.category.map { name throws(DiagnosticError) in try index(of: name) }
    }
    let counted = try config.regions.map { rule throws(DiagnosticError) in
      try rule.category.map { name throws(DiagnosticError) in try index(of: name) }
    }
    let start = ContinuousClock.now
    for photo in run.data.photos {
      let image = try ExplainPicture(photo.input, for: run.explainer.model, bands: nil).image
      var maps: [Int: Explanation] = [:]
      func map(_ index: Int?) throws(DiagnosticError) -> Explanation {
        if let index, let known = maps[index] { return known }
        let target = index.map { Target.class($0) } ?? .predicted
        let made = try run.explainer.explanations(
          of: image, for: [target], at: layers, options: way)[0]
        maps[made.classIndex] = made
        return made
      }
      for (place, rule) in config.metrics.enumerated() {
        try measure(rule, classes[place], photo, image, &metrics[place], map)
      }
      for (place, rule) in config.regions.enumerated() {
        try measure(rule, counted[place], photo, image, &regions[place], map)
      }
      try watch.finish("\(method.name): \(photo.name)")
    }
    let seconds = (ContinuousClock.now - start).milliseconds / 1000
    let rules = metrics.count + regions.count
    var results = zip(config.metrics, metrics).map { rule, sum in
      result(
        rule.metric.name + (rule.category.map { " of \($0)" } ?? ""), sum, rule.bound,
        rule.metric.summary)
    }
    results += zip(config.regions, regions).map { rule, sum in
      let area = sum.count > 0 ? sum.area / Double(sum.count) : 0
      return result(
        "region \(rule.name)" + (rule.category.map { " of \($0)" } ?? ""), sum, rule.bound,
        "share of the evidence there; it covers \(Decimal.percent(area)) of what the model sees")
    }
    for place in results.indices { results[place].seconds = seconds / Double(max(rules, 1)) }
    return results
  }

  /// The mean of a rule, judged; nothing to measure is a failure, for nothing was checked.
  private func result(
    _ name: String, _ sum: Sum, _ bound: CheckBound, _ meaning: String
  ) -> CheckResult {
    guard sum.count > 0 else {
      return CheckResult(
        subject: method.name, name: name, outcome: .failed, value: nil, bound: bound.text,
        text: "there is no photo to measure it on"
          + (sum.empty > 0 ? ": on \(sum.empty) the map is empty" : ""))
    }
    let mean = sum.total / Double(sum.count)
    return .held(
      method.name, name, mean, to: bound,
      "\(meaning): \(Decimal.text(mean, digits: 3)) over \(sum.count) maps"
        + (sum.empty > 0 ? "; \(sum.empty) are empty" : ""))
  }
}

// MARK: - One photo

extension LocalizationChecks {
  private typealias Mapping = (Int?) throws(DiagnosticError) -> Explanation

  /// Measures a metric for every class on the photo, or for the rule's.
  private func measure(
    _ rule: CheckConfig.MetricRule, _ wanted: Int?, _ photo: CheckData.Photo, _ image: Image,
    _ sum: inout Sum, _ map: Mapping
  ) throws(DiagnosticError) {
    let size = ImageSize(width: image.width, height: image.height)
    let present = Set(photo.annotated?.objects.compactMap { index(of: $0.category) } ?? [])
    for index in present.sorted() where wanted == nil || wanted == index {
      let truth = photo.truth(of: size) { self.index(of: $0) == index }
      guard truth != nil || rule.metric.needs != .truth else { continue }
      let score = try run.explainer.scores(
        of: map(index), photo: image, metrics: [rule.metric], truth: truth)[0]
      if let value = score.value {
        sum.total += value
        sum.count += 1
      } else {
        sum.empty += 1
      }
    }
  }

  /// Measures the share of the evidence on a region: of what is predicted, or of the rule's class
  /// where that is predicted.
  private func measure(
    _ rule: CheckConfig.RegionRule, _ wanted: Int?, _ photo: CheckData.Photo, _ image: Image,
    _ sum: inout Sum, _ map: Mapping
  ) throws(DiagnosticError) {
    let size = ImageSize(width: image.width, height: image.height)
    let predicted = try map(nil)
    if let wanted {
      let holds =
        run.explainer.model.activation.isMultiLabel
        ? predicted.probabilities.indices.contains(wanted) && predicted.probabilities[wanted] > 0.5
        : predicted.classIndex == wanted
      guard holds else { return }
    }
    let explanation = try map(wanted ?? predicted.classIndex)
    let mask: PixelMask
    switch rule.place {
    case .box(let sides):
      let (width, height) = (Double(size.width), Double(size.height))
      let box = PointingGame.Box(
        left: sides[0] * width, top: sides[1] * height, right: sides[2] * width,
        bottom: sides[3] * height)
      mask = PixelMask(size: size, boxes: [box])
    case .region(let region):
      let truth = photo.truth(of: size) { index(of: $0) == explanation.classIndex }
      guard let found = region.mask(on: image, seen: explanation.heatmap.view, truth: truth) else {
        return
      }
      mask = found
    case .annotated(let name):
      let truth = photo.truth(of: size) { category in
        if let name { category.name == name } else { index(of: category) == explanation.classIndex }
      }
      guard let truth else { return }
      mask = truth.pixels(of: size)
    }
    guard let share = explanation.heatmap.share(in: mask) else {
      sum.empty += 1
      return
    }
    sum.total += share
    sum.count += 1
    sum.area += mask.share(of: explanation.heatmap.view)
  }

  // MARK: - Classes

  /// The class of a name or number.
  private func index(of name: String) throws(DiagnosticError) -> Int {
    if let found = run.explainer.labels?.classes(labelled: name).first { return found }
    guard let index = Int(name), (0..<run.explainer.model.classCount).contains(index) else {
      throw .unknownCheckClass(name, run.explainer.model)
    }
    return index
  }

  /// The class that a category means; nil where the model has none such.
  private func index(of category: ObjectCategory) -> Int? {
    finder.classes(for: category).first
  }
}
