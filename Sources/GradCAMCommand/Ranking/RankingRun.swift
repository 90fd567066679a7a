import GradCAM

/// One run of `gradcam layers --rank`.
struct RankingRun {
  let options: Layers
  let input: ExplainInput
  let explainer: Explainer
  let layers: [Layer]
  let target: Target
  let hints: [String]

  /// Reads the model, and checks every option against it.
  init(_ options: Layers) throws(DiagnosticError) {
    self.options = options
    guard let path = options.photo else { throw .rankWithoutPhoto }
    if options.comparing.output == "-", options.json { throw .standardOutputTwice }
    let named = try ExplainInput.list([path])
    let targets = try TargetChoice.targets(
      options.comparing.target.map { [$0] } ?? [], ratherThan: nil, at: .all)
    guard targets.count == 1 else { throw .rankNeedsOne("class", count: targets.count) }
    target = targets[0]
    var size = options.reading.size?.size
    var model = try options.reading.model(options.model)
    guard model.input.takesPhotos else { throw .rankNeedsPhotos(model) }
    let inputs = try ExplainInput.sorted(named, for: model.input)
    guard let input = inputs.first, inputs.count == 1 else {
      throw .rankNeedsOne("photo", count: inputs.count)
    }
    self.input = input
    if size == nil, model.input.hasOpenSize, let array = try inputs.firstRaster(for: model) {
      let own = ImageSize(width: array.width, height: array.height)
      size = own
      model = try options.reading.model(options.model, size: own)
    }
    let labels = try options.numbers.labels(for: model)
    explainer = try Explainer(
      model, preprocessing: options.numbers.preprocessing(for: model, size: size),
      labels: labels, options: options.running.explainerOptions(pictureCount: 1))
    var layers: [Layer] = []
    for name in options.comparing.layer {
      layers.append(try explainer.model.layer(named: name))
    }
    if layers.isEmpty {
      layers =
        options.comparing.all
        ? explainer.model.allRankingCandidates : explainer.model.rankingCandidates
    }
    self.layers = layers
    hints = options.numbers.hints(
      for: model, labels: labels, hasPhotos: input.array == nil,
      statesSize: options.reading.size != nil)
  }

  /// Compares the layers, and writes the report and the figure.
  func run() throws(DiagnosticError) {
    let photo = try ExplainPicture(input, for: explainer.model, bands: nil).image
    let method = options.comparing.method
    let ranking =
      if let array = input.array {
        try explainer.ranking(of: array, for: target, among: layers, using: method)
      } else {
        try explainer.ranking(of: photo, for: target, among: layers, using: method)
      }
    let report = RankingReport(
      ranking: ranking, model: explainer.model, input: input.name, figure: figurePath)
    let isPiped = options.comparing.output == "-"
    if options.json {
      StandardStream.write(try report.json.text() + "\n", to: .output)
    } else if !isPiped {
      StandardStream.write(report.text(drawing: photo), to: .output)
    }
    for note in ranking.notes + hints where !options.json {
      StandardStream.write(TextStyle.yellow("note:", on: .error) + " \(note)\n", to: .error)
    }
    guard let path = options.comparing.output else { return }
    let figure = RankingFigure(ranking: ranking, photo: photo, stem: input.stem).figure
    if isPiped {
      let bytes = try figure.image().encoded(as: .png, metadata: ranking.provenance)
      return try StandardStream.deliver(bytes)
    }
    try figure.write(to: path, metadata: ranking.provenance)
  }

  private var figurePath: String? {
    options.comparing.output.flatMap { $0 == "-" ? nil : $0 }
  }
}
