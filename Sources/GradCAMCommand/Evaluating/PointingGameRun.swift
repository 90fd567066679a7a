import GradCAM

/// Plays the pointing game on every picture of a folder.
struct PointingGameRun {
  private let options: Evaluate
  private let pictures: [BoxedPicture]
  private let explainer: Explainer
  private let labels: Labels?
  private let layers: [Layer]
  /// How maps are made; the game is about what speaks for a class.
  private let way: ExplanationOptions

  /// Reads the model and the boxes.
  init(_ options: Evaluate) throws(DiagnosticError) {
    self.options = options
    let model = try options.reading.model(options.model)
    labels = try options.photo.labels(for: model)
    pictures = try BoxedPicture.list(in: options.folder)
    explainer = try Explainer(
      model,
      preprocessing: options.photo.preprocessing(for: model, size: options.reading.size?.size),
      labels: labels,
      options: options.running.explainerOptions(pictureCount: pictures.count))
    way = options.computing.options(showing: .for)
    layers = try explainer.model.layers(
      named: options.layer.map { [$0] } ?? [], for: way.method)
  }

  /// Explains every class on every picture.
  func report() throws(DiagnosticError) -> PointingGameReport {
    let count = explainer.model.classCount
    var classes = [PointingGameReport.Score](repeating: .init(), count: count)
    var total = PointingGameReport.Score()
    var progress = Progress(total: pictures.count, isQuiet: options.quiet)
    let passes = PassLine(isQuiet: options.quiet)
    let explainer = explainer.reportingProgress { passes.show($0) }
    for picture in pictures {
      let boxes = try self.boxes(of: picture)
      try passes.watching { () throws(DiagnosticError) in
        try play(picture, boxes, by: explainer, &classes, &total)
      }
      progress.finish(picture.file)
    }
    progress.clear()
    total.pictures = pictures.count
    return PointingGameReport(
      model: explainer.model, layers: layers, way: way,
      labels: explainer.labels,
      tolerance: options.tolerance, pictureCount: pictures.count, classes: classes, total: total)
  }

  /// The boxes of each class on a picture.
  private func boxes(
    of picture: BoxedPicture
  ) throws(DiagnosticError) -> [(index: Int, boxes: [PointingGame.Box])] {
    var boxes: [Int: [PointingGame.Box]] = [:]
    for element in picture.elements {
      let box = PointingGame.Box(
        left: element.box[0], top: element.box[1], right: element.box[2], bottom: element.box[3])
      boxes[try index(of: element.name), default: []].append(box)
    }
    return boxes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func index(of name: String) throws(DiagnosticError) -> Int {
    if let index = Int(name), (0..<explainer.model.classCount).contains(index) { return index }
    guard let labels = explainer.labels else { throw .boxesNeedLabels(name) }
    guard let index = labels.classes(labelled: name).first else {
      throw .unknownBoxClass(name, labels)
    }
    return index
  }

  private func play(
    _ picture: BoxedPicture, _ present: [(index: Int, boxes: [PointingGame.Box])],
    by explainer: Explainer, _ classes: inout [PointingGameReport.Score],
    _ total: inout PointingGameReport.Score
  ) throws(DiagnosticError) {
    let photo = try Image(contentsOf: BoxedPicture.start(of: options.folder) + picture.file)
    let size = ImageSize(width: photo.width, height: photo.height)
    if let width = picture.width, let height = picture.height,
      size != ImageSize(width: width, height: height)
    {
      throw .boxesOfAnotherSize(picture.file, told: (width, height), size)
    }
    let targets = present.isEmpty ? [Target.predicted] : present.map { .class($0.index) }
    let explanations = try explainer.explanations(
      of: photo, for: targets, at: layers, options: way)
    let game = PointingGame(tolerance: options.tolerance)
    for ((index, boxes), explanation) in zip(present, explanations) {
      let isHit = game.isHit(explanation.heatmap, boxes: boxes)
      let isHitByCenter = game.isHitByCenter(of: size, boxes: boxes)
      classes[index].pictures += 1
      classes[index].hits.add(isHit)
      total.hits.add(isHit)
      classes[index].center.add(isHitByCenter)
      total.center.add(isHitByCenter)
    }
    check(explanations[0], present.map(\.index), &classes, &total)
  }

  /// Compares what the model said with what is on the picture.
  private func check(
    _ explanation: Explanation, _ present: [Int],
    _ classes: inout [PointingGameReport.Score], _ total: inout PointingGameReport.Score
  ) {
    if explainer.model.activation.isMultiLabel {
      for (index, probability) in explanation.probabilities.enumerated() {
        let isRight = (probability > 0.5) == present.contains(index)
        classes[index].accuracy.add(isRight)
        total.accuracy.add(isRight)
      }
      return
    }
    // A picture of nothing counts for a class of that meaning, if there is one.
    let nothing = explainer.labels?.classes(labelled: "none").first
    let truth = present.isEmpty ? [nothing].compactMap(\.self) : present
    guard let first = truth.first, let said = explanation.predictions(1).first?.index else {
      return
    }
    if present.isEmpty { classes[first].pictures += 1 }
    classes[first].accuracy.add(truth.contains(said))
    total.accuracy.add(truth.contains(said))
  }
}
