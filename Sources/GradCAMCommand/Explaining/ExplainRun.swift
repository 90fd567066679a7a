import Dispatch
import GradCAM
import Synchronization

/// One run of `gradcam explain`: everything resolved before anything is written.
struct ExplainRun {
  let options: Explain
  let inputs: [ExplainInput]
  let explainer: Explainer
  let layers: [Layer]
  let targets: [Target]
  let files: ExplanationFiles
  let hints: [String]

  /// Reads the model, and checks every option against it.
  init(_ options: Explain) throws(DiagnosticError) {
    self.options = options
    if options.question.evidence == .both, let colormap = options.writing.colormap,
      !colormap.isDiverging
    {
      throw .colormapNeedsSigns(colormap.name)
    }
    guard (0...1).contains(options.writing.opacity) else {
      throw .opacityOutOfRange(options.writing.opacity)
    }
    targets = try options.question.targets()
    inputs = try ExplainInput.list(options.inputs)
    var size = options.reading.size
    var model = try options.reading.model(options.model)
    // An array states the size that a model leaves open.
    if size == nil, model.input.hasOpenSize, let array = inputs.lazy.compactMap(\.array).first,
      let own = ImageSize(of: array, layout: model.input.layout)
    {
      size = own
      model = try options.reading.model(options.model, size: own)
    }
    let labels = try options.photo.labels(for: model)
    explainer = try Explainer(
      model, preprocessing: options.photo.preprocessing(for: model, size: size),
      labels: labels, options: options.running.explainerOptions(pictureCount: inputs.count))
    var layers: [Layer] = []
    for name in options.question.layer.isEmpty ? [nil] : options.question.layer.map(Optional.some) {
      let layer = try explainer.model.layer(named: name)
      if !layers.contains(layer) { layers.append(layer) }
    }
    self.layers = layers
    hints = options.photo.hints(
      for: model, labels: labels, hasPhotos: inputs.contains { $0.array == nil })
    let kinds = options.writing.save ?? (targets.count > 1 ? [.overlay, .figure] : [.overlay])
    let (targetCount, layerCount) = (targets.count, layers.count)
    let count =
      inputs.count
      * kinds.reduce(0) { sum, kind in
        sum + (kind.isPerTarget ? targetCount : 1) * (kind.isPerLayer ? layerCount : 1)
      }
    let place = try OutputPlace(options.writing.output, fileCount: count, kinds: kinds)
    if case .standardOutput = place, options.writing.json { throw .standardOutputTwice }
    files = ExplanationFiles(
      explainer: explainer, kinds: kinds, place: place, colormap: options.writing.colormap,
      opacity: options.writing.opacity, figureIsOptional: options.writing.save == nil)
  }
}

extension ImageSize {
  /// The size of the image that an array [C, H, W] or [1, C, H, W] holds.
  init?(of array: FloatTensor, layout: ModelInput.Layout) {
    let sides = Array(array.shape.suffix(3))
    guard sides.count == 3 else { return nil }
    let (width, height) = layout == .nchw ? (sides[2], sides[1]) : (sides[1], sides[0])
    guard (1...65536).contains(width), (1...65536).contains(height) else { return nil }
    self.init(width: width, height: height)
  }
}

// MARK: - Explaining

extension ExplainRun {
  /// Explains every input, one after the other.
  func run() throws(DiagnosticError) {
    var report = ExplainReporter(self)
    var progress = Progress(total: inputs.count, isQuiet: options.writing.quiet || isInteractive)
    var (first, load) = try startUp()
    for input in inputs {
      progress.begin(input.name)
      let (read, decode) = first ?? decoded(input)
      first = nil
      guard let image = try picture(read, of: input, &report, progress) else { continue }
      let (job, written, notes, write) = try explain(input, image)
      progress.clear()
      report.add(
        job, written, notes, extra: [("load", load), ("decode", decode), ("write", write)])
      load = 0
    }
    progress.clear()
    try report.finish()
  }

  /// Whether the table comes out where progress would.
  private var isInteractive: Bool { StandardStream.output.isTerminal && !options.writing.json }

  /// A picture or why it cannot be read, and how many milliseconds it took.
  private typealias Decoded = (Result<Image, DiagnosticError>, Double)

  /// Reads an input's picture.
  private func decoded(_ input: ExplainInput) -> Decoded {
    let start = ContinuousClock.now
    let result = Result { () throws(DiagnosticError) in
      try input.photo(for: explainer.model.input.layout)
    }
    return (result, (ContinuousClock.now - start).milliseconds)
  }

  /// Does at once what takes long at the start: loading the model, hashing it, and decoding the
  /// first picture. Gives the picture, and how long loading took.
  private func startUp() throws(DiagnosticError) -> (Decoded?, Double) {
    let photo = Mutex<Decoded?>(nil)
    let loading = Mutex<(failure: DiagnosticError?, milliseconds: Double)>((nil, 0))
    let model = explainer.model
    let first = inputs.first
    let jobs: [@Sendable () -> Void] = [
      {
        let start = ContinuousClock.now
        var failure: DiagnosticError?
        do throws(DiagnosticError) {
          try explainer.prepare(for: targets, at: layers, using: options.question.method)
        } catch {
          failure = error
        }
        let time = (ContinuousClock.now - start).milliseconds
        loading.withLock { [failure] in $0 = (failure, time) }
      },
      {
        guard let first else { return }
        let result = decoded(first)
        photo.withLock { $0 = result }
      },
      { _ = try? model.sha256 },
    ]
    DispatchQueue.concurrentPerform(iterations: jobs.count) { jobs[$0]() }
    let (failure, time) = loading.withLock { $0 }
    if let failure { throw failure }
    return (photo.withLock { $0 }, time)
  }

  /// The picture that was read; nil for a file of a folder that is none, with a note.
  private func picture(
    _ read: Result<Image, DiagnosticError>, of input: ExplainInput,
    _ report: inout ExplainReporter, _ progress: Progress
  ) throws(DiagnosticError) -> Image? {
    switch read {
    case .success(let image): return image
    case .failure(let error):
      guard input.folder != nil else { throw error }
      progress.clear()
      report.skip(input, because: error.message)
      return nil
    }
  }

  /// Explains one input and writes its files.
  private func explain(
    _ input: ExplainInput, _ photo: Image
  ) throws(DiagnosticError) -> (
    ExplanationFiles.Job, [ExplanationFiles.Written], notes: [String], write: Double
  ) {
    let fusion = layers.count > 1 ? options.question.fuse : nil
    let all =
      if let array = input.array {
        try explainer.explanations(
          of: array, for: targets, at: layers, fusedBy: fusion, using: options.question.method,
          showing: options.question.evidence)
      } else {
        try explainer.explanations(
          of: photo, for: targets, at: layers, fusedBy: fusion, using: options.question.method,
          showing: options.question.evidence)
      }
    // 'predicted' and a class's number may turn out to be one.
    var seen: Set<String> = []
    let kept = all.indices.filter { seen.insert(FileNames.part(for: all[$0])).inserted }
    let job = ExplanationFiles.Job(
      input: input, photo: photo, targets: kept.map { targets[$0] },
      explanations: kept.map { all[$0] })
    let start = ContinuousClock.now
    let (written, notes) = try files.write(job)
    return (job, written, notes, (ContinuousClock.now - start).milliseconds)
  }
}
