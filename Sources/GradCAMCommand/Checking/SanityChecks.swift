import GradCAM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Checks of a method that need no knowledge of where things are.
struct SanityChecks {
  let method: Method
  let way: ExplanationOptions
  let layers: [Layer]
  private let run: CheckRun
  private let watch: CheckWatch
  private let photos: [CheckedPhoto]

  /// Explains the first photos.
  init(_ run: CheckRun, _ method: Method, _ watch: CheckWatch) throws(DiagnosticError) {
    (self.run, self.method, self.watch) = (run, method, watch)
    way = ExplanationOptions(method: method)
    let named = method.usesLayer ? run.config.layer.map { [$0] } ?? [] : []
    layers = try run.explainer.model.layers(named: named, for: method)
    var photos: [CheckedPhoto] = []
    for photo in run.data.photos.prefix(run.config.photos) {
      let image = try ExplainPicture(photo.input, for: run.explainer.model, bands: nil).image
      let why = try run.explainer.explanations(
        of: image, for: [.predicted], at: layers, options: way)[0]
      photos.append(
        CheckedPhoto(
          name: photo.name, image: image, target: .class(why.classIndex), explanation: why))
      if Interruption.isRequested { throw .interrupted(photo.name) }
    }
    self.photos = photos
    try watch.finish("\(method.name): maps")
  }

  private var explainer: Explainer { run.explainer }
  private var config: CheckConfig { run.config }

  /// A photo with its map, for reports.
  var pictures: [(method: Method, photo: CheckedPhoto)] { photos.prefix(2).map { (method, $0) } }

  /// Everything that was asked for.
  func results() throws(DiagnosticError) -> [CheckResult] {
    var results: [CheckResult] = []
    func add(_ make: () throws(DiagnosticError) -> CheckResult) throws(DiagnosticError) {
      let start = ContinuousClock.now
      var result = try make()
      result.seconds = (ContinuousClock.now - start).milliseconds / 1000
      results.append(result)
    }
    if let rule = config.cascading {
      try add { () throws(DiagnosticError) in try cascading(rule) }
    }
    if let rule = config.independent {
      try add { () throws(DiagnosticError) in try independent(rule) }
    }
    if let rule = config.randomLabels {
      try add { () throws(DiagnosticError) in try randomLabels(rule) }
    }
    if config.checksOutputs { try add { () throws(DiagnosticError) in try outputs() } }
    if let most = config.determinism {
      try add { () throws(DiagnosticError) in try determinism(most) }
    }
    if let rule = config.noise { try add { () throws(DiagnosticError) in try noise(rule) } }
    return results
  }
}

// MARK: - Weights

extension SanityChecks {
  private var randomization: RandomizationCheck {
    RandomizationCheck(
      explainer: explainer, way: way, layers: layers, seed: config.seed, photos: photos,
      groups: run.groups)
  }

  /// From the logits down, more and more weights at random: the mean over the upper half is judged.
  ///
  /// There the decision is lost already, while the first layers, which find edges, are as they were:
  /// what explains the decision has changed, what draws edges has not.
  private func cascading(_ rule: CheckConfig.Likeness) throws(DiagnosticError) -> CheckResult {
    let curve = try randomization.curve(.cascading) { name throws(DiagnosticError) in
      try watch.finish("\(method.name): weights at random down to \(name)")
    }
    guard let last = curve.last else { return skipped("cascading", "no weights were found") }
    let upper = curve.prefix((curve.count + 1) / 2)
    let mean = Self.mean(upper, rule.measure)
    return .held(
      method.name, "cascading", mean, to: rule.bound,
      "with weights at random from the logits down, maps stay alike by \(number(mean)) over the upper "
        + "half, and by \(number(last.similarity[rule.measure])) where all are"
        + (rule.bound.holds(mean) ? "" : ": the method hardly depends on what decides"),
      curve: curve)
  }

  /// Each group of weights alone at random: the mean is judged.
  private func independent(_ rule: CheckConfig.Likeness) throws(DiagnosticError) -> CheckResult {
    let curve = try randomization.curve(.independent) { name throws(DiagnosticError) in
      try watch.finish("\(method.name): weights at random in \(name)")
    }
    let found = curve.max { $0.similarity[rule.measure] < $1.similarity[rule.measure] }
    guard let found else { return skipped("independent", "no weights were found") }
    let mean = Self.mean(curve[...], rule.measure)
    return .held(
      method.name, "independent", mean, to: rule.bound,
      "with one part of the weights at random, maps stay alike by \(number(mean)) on average, most with "
        + "that of '\(found.label)' (\(number(found.similarity[rule.measure])))"
        + (rule.bound.holds(mean) ? "" : ": the method hardly sees what is lost"),
      curve: curve)
  }

  /// The mean of a measure over steps.
  private static func mean(
    _ steps: ArraySlice<CheckResult.Step>, _ measure: SimilarityMean.Measure
  ) -> Double {
    steps.reduce(0) { $0 + $1.similarity[measure] } / Double(max(steps.count, 1))
  }

  /// A model that learned labels at random: its maps must be others.
  private func randomLabels(
    _ rule: CheckConfig.RandomLabels
  ) throws(DiagnosticError) -> CheckResult {
    let other = try explainer.explaining(
      Model(contentsOf: rule.model, size: explainer.model.input.size))
    let similarity = try randomization.similarity(of: other, named: true)
    try watch.finish("\(method.name): random labels")
    let value = similarity[rule.likeness.measure]
    return .held(
      method.name, "random-labels", value, to: rule.likeness.bound,
      "maps of '\(rule.model.name)', which learned labels at random, are alike by \(number(value))",
      curve: [CheckResult.Step(label: rule.model.name, similarity: similarity)])
  }
}

// MARK: - Numbers

extension SanityChecks {
  /// The model's outputs beside an explanation, and in a baked file, are its own to the bit.
  private func outputs() throws(DiagnosticError) -> CheckResult {
    var different = 0
    for photo in photos {
      guard let plain = try explainer.plainLogits(of: photo.image) else { continue }
      if plain.map(\.bitPattern) != photo.explanation.logits.map(\.bitPattern) { different += 1 }
    }
    var text =
      different == 0
      ? "logits beside the explanation are the model's to the bit on \(photos.count) photos"
      : "logits beside the explanation are others than the model's on \(different) of "
        + "\(photos.count) photos"
    if method.canBeBaked {
      do throws(DiagnosticError) {
        let path = FileManager.default.temporaryDirectory.appending(
          path: "gradcam-check-\(UInt64.random(in: .min ... .max)).onnx"
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let baked = try explainer.model.baking(
          method, for: .fixed([.predicted]), at: method.usesLayer ? layers.map(\.name) : [])
        let check = try baked.write(to: path, weights: .inside, verifying: true)
        text +=
          "; so are those of the baked file"
          + (check?.isIdentical == false ? ", as both are written" : "")
          + ", whose heatmap is within \(check?.heatmapDifference ?? 0) of explain's"
      } catch {
        text += "; a baked file fails: \(error.message)"
        different += 1
      }
    }
    try watch.finish("\(method.name): outputs")
    return CheckResult(
      subject: method.name, name: "outputs", outcome: different == 0 ? .passed : .failed,
      value: nil, bound: "to the bit", text: text)
  }

  /// The same bytes twice, and nearly the same by another number of threads.
  private func determinism(_ most: Double) throws(DiagnosticError) -> CheckResult {
    let threads = run.explainer.options.threads
    let again = try explainer.running(threads: threads)
    let other = try explainer.running(threads: threads == 1 ? 2 : 1)
    var changed = 0
    var farthest = 0.0
    for photo in photos {
      func map(_ explainer: Explainer) throws(DiagnosticError) -> [Float] {
        try explainer.explanations(
          of: photo.image, for: [photo.target], at: layers, options: way)[0].rawMap.values
      }
      let first = photo.explanation.rawMap.values
      if try map(again).map(\.bitPattern) != first.map(\.bitPattern) { changed += 1 }
      let largest = first.reduce(0) { max($0, abs($1)) }
      let apart = zip(try map(other), first).reduce(0) { max($0, abs($1.0 - $1.1)) }
      if largest > 0 { farthest = max(farthest, Double(apart / largest)) }
    }
    try watch.finish("\(method.name): determinism")
    let bound = CheckBound(what: "difference", atMost: most)
    return CheckResult(
      subject: method.name, name: "determinism",
      outcome: changed == 0 && bound.holds(farthest) ? .passed : .failed, value: farthest,
      bound: bound.text,
      text: (changed == 0
        ? "a second run gives the same bytes"
        : "a second run gives other bytes on \(changed) of \(photos.count) photos")
        + "; by \(threads == 1 ? "two threads" : "one thread") maps differ by "
        + "\(Decimal.significant(farthest, digits: 2)) of their largest value")
  }

  /// Noise that nobody sees must not change the maps.
  private func noise(_ rule: CheckConfig.Noise) throws(DiagnosticError) -> CheckResult {
    guard explainer.model.input.takesPhotos, !explainer.model.input.takesBytes else {
      try watch.finish("\(method.name): noise")
      return skipped("noise", "the model takes no photos as floats")
    }
    var mean = SimilarityMean()
    for photo in photos {
      let found = try explainer.similarities(
        to: photo.explanation, ofNoisy: photo.image, level: rule.level, copies: rule.copies,
        seed: config.seed)
      for similarity in found { mean.add(similarity) }
    }
    try watch.finish("\(method.name): noise")
    let value = mean[rule.likeness.measure]
    return .held(
      method.name, "noise", value, to: rule.likeness.bound,
      "with noise of \(Decimal.percent(Double(rule.level))) of the photo's range, maps stay alike by "
        + number(value),
      curve: [CheckResult.Step(label: "noise", similarity: mean)])
  }

  private func number(_ value: Double) -> String { Decimal.text(value, digits: 2) }

  private func skipped(_ name: String, _ reason: String) -> CheckResult {
    CheckResult(
      subject: method.name, name: name, outcome: .skipped, value: nil, text: reason)
  }
}
