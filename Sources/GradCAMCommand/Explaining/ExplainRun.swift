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
  /// Every class, where all are asked for; pictures and reports are then the predicted one's.
  let allClasses: [Target]?
  let files: ExplanationFiles
  let hints: [String]
  /// How the photos share the cores.
  private let share: WorkShare
  private let bands: [Int]?
  private let passes: PassLine

  /// Reads the model, and checks every option against it.
  init(_ options: Explain) throws(DiagnosticError) {
    self.options = options
    passes = PassLine(isQuiet: options.writing.quiet)
    let evidence = options.computing.options(showing: options.question.evidence).evidence
    if evidence == .both, let colormap = options.writing.colormap,
      !colormap.isDiverging
    {
      throw .colormapNeedsSigns(colormap.name)
    }
    guard (0...1).contains(options.writing.opacity) else {
      throw .opacityOutOfRange(options.writing.opacity)
    }
    let asksForAll = options.question.asksForAllClasses
    guard !asksForAll || (options.question.target.count == 1 && options.question.ratherThan == nil)
    else { throw .allClassesAlone }
    targets = asksForAll ? [.predicted] : try options.question.targets()
    let named = try ExplainInput.list(options.inputs)
    var size = options.reading.size?.size
    var model = try options.reading.model(options.model, takesPhotoSize: true)
    inputs = try ExplainInput.sorted(named, for: model.input)
    // Numbers state the size that a model leaves open.
    if size == nil, model.input.hasOpenSize, let raster = try inputs.firstRaster(for: model) {
      let own = ImageSize(width: raster.width, height: raster.height)
      size = own
      model = try options.reading.model(options.model, size: own, depth: raster.slices)
    }
    bands = try options.writing.bands?.places(in: model)
    let labels = try options.photo.labels(for: model)
    share = WorkShare(
      jobs: options.sharing.jobs, threads: options.running.threads, count: inputs.count,
      isOneByOne: options.computing.method.needsManyPasses)
    explainer = try Explainer(
      model, preprocessing: options.photo.preprocessing(for: model, size: size), labels: labels,
      options: options.running.explainerOptions(
        pictureCount: inputs.count, threads: share.threads))
    layers = try explainer.model.layers(
      named: options.question.layer, for: options.computing.method)
    allClasses = options.question.allClasses(of: explainer.model)
    if asksForAll { try Self.checkAllClasses(options.computing.method) }
    hints = options.photo.hints(
      for: model, labels: labels, hasPhotos: inputs.contains { $0.array == nil },
      statesSize: options.reading.size != nil)
    let isVolume = model.input.depth != nil
    var kinds =
      options.writing.save ?? SavedKind.list(for: options.writing.output)
      ?? (asksForAll ? [] : targets.count > 1 || isVolume ? [.overlay, .figure] : [.overlay])
    if kinds.contains(.attributionNumPy), !options.computing.method.givesAttribution {
      throw .noAttribution(options.computing.method)
    }
    if asksForAll, !kinds.contains(.classesNumPy) { kinds.append(.classesNumPy) }
    guard asksForAll || !kinds.contains(.classesNumPy) else { throw .classesNeedAll }
    let (targetCount, layerCount) = (targets.count, layers.count)
    let sliceCount = isVolume ? inputs.map(\.sliceCount).max() ?? 1 : 1
    let count =
      inputs.count
      * kinds.reduce(0) { sum, kind in
        sum + (kind.isPerTarget ? targetCount : 1) * (kind.isPerLayer ? layerCount : 1)
          * (kind == .overlay || kind == .heatmap ? sliceCount : 1)
      }
    let place = try OutputPlace(options.writing.output, fileCount: count, kinds: kinds)
    if case .standardOutput = place, options.writing.json { throw .standardOutputTwice }
    files = ExplanationFiles(
      kinds: kinds, place: place, colormap: options.writing.colormap,
      opacity: options.writing.opacity, figureIsOptional: options.writing.save == nil,
      normalizesArrays: options.photo.statesNumbers)
  }
}

extension [ExplainInput] {
  /// The numbers of the first input that are used in their own size: an array's, or whatever else a
  /// photo is not.
  func firstRaster(for model: Model) throws(DiagnosticError) -> Raster? {
    guard model.input.takesPhotos else {
      return try first.map { input throws(DiagnosticError) in
        try ExplainPicture.raster(of: input, for: model)
      }
    }
    return lazy.compactMap(\.array).first.flatMap { Raster($0, for: model.input) }
  }
}

extension ExplainInput {
  /// Slices of a volume.
  fileprivate var sliceCount: Int {
    switch source {
    case .array(let tensor): tensor.shape.dropLast(2).last ?? 1
    case .file(let path): Raster.pageCount(of: path)
    case .bytes: 2
    case .slices(let paths): paths.count == 1 ? Raster.pageCount(of: paths[0]) : paths.count
    }
  }
}

// MARK: - Explaining

extension ExplainRun {
  /// Explains every input, several at once where that is faster, and tells of them in order.
  func run() throws(DiagnosticError) {
    var report = ExplainReporter(self)
    var progress = Progress(total: inputs.count, isQuiet: options.writing.quiet || isInteractive)
    let (first, load) = try startUp()
    let work = OrderedWork<Outcome>(count: inputs.count, workers: share.jobs)
    try work.run { index in
      outcome(of: inputs[index], decoded: index == 0 ? first : nil)
    } taking: { index, outcome throws(DiagnosticError) in
      progress.clear()
      switch outcome {
      case .explained(let done):
        report.add(
          done.job, done.files, done.notes,
          extra: [
            ("load", index == 0 ? load : 0), ("decode", done.decoding), ("write", done.writing),
          ])
      case .noPicture(let error): report.skip(inputs[index], because: error.message)
      case .failed(let error): throw error
      }
      progress.finish(inputs[index].name)
    }
    progress.clear()
    try report.finish()
  }

  /// What came of an input.
  private enum Outcome: Sendable {
    case explained(Finished)
    /// A file of a folder that is no picture.
    case noPicture(DiagnosticError)
    case failed(DiagnosticError)
  }

  /// An input with its files written, and how many milliseconds reading and writing took.
  private struct Finished: Sendable {
    let job: ExplanationFiles.Job
    let files: [ExplanationFiles.Written]
    let notes: [String]
    let decoding: Double
    let writing: Double
  }

  /// Explains one input and writes its files, on any thread.
  private func outcome(of input: ExplainInput, decoded given: Decoded?) -> Outcome {
    let (read, decoding) = given ?? decoded(input)
    let picture: ExplainPicture
    switch read {
    case .success(let read): picture = read
    case .failure(let error): return input.folder == nil ? .failed(error) : .noPicture(error)
    }
    do throws(DiagnosticError) {
      let job = try explain(input, picture)
      let start = ContinuousClock.now
      let (written, notes) = try files.write(job)
      return .explained(
        Finished(
          job: job, files: written, notes: notes, decoding: decoding,
          writing: (ContinuousClock.now - start).milliseconds))
    } catch {
      return .failed(error)
    }
  }

  /// How explanations are made.
  var explanationOptions: ExplanationOptions {
    var made = options.computing.options(
      showing: options.question.evidence, fusedBy: options.question.fuse)
    made.comparesPrecision = options.telling.comparePrecision
    made.randomRegions = options.judging.randomRegions
    return made
  }

  /// Whether the table comes out where progress would.
  private var isInteractive: Bool { StandardStream.output.isTerminal && !options.writing.json }

  /// A picture or why it cannot be read, and how many milliseconds it took.
  private typealias Decoded = (Result<ExplainPicture, DiagnosticError>, Double)

  /// Reads an input's picture.
  private func decoded(_ input: ExplainInput) -> Decoded {
    let start = ContinuousClock.now
    let result = Result { () throws(DiagnosticError) in
      try ExplainPicture(input, for: explainer.model, bands: bands)
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
          guard !isPhotoSized else { return }
          try explainer.prepare(for: targets, at: layers, options: explanationOptions)
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

  /// Whether each photo is seen in its own size.
  private var isPhotoSized: Bool { options.reading.size.map { $0.size == nil } ?? false }

  /// The explainer and layers for a picture: those of its own size where that is asked for.
  private func fitted(
    to picture: ExplainPicture
  ) throws(DiagnosticError) -> (Explainer, [Layer]) {
    guard isPhotoSized else { return (explainer, layers) }
    guard picture.array == nil else { throw .photoSizeNeedsPhoto }
    let fitted = try explainer.fitted(
      to: ImageSize(width: picture.image.width, height: picture.image.height))
    var own: [Layer] = []
    for layer in layers { own.append(try fitted.model.layer(named: layer.valueName)) }
    return (fitted, own)
  }

  /// Explains one input.
  private func explain(
    _ input: ExplainInput, _ picture: ExplainPicture
  ) throws(DiagnosticError) -> ExplanationFiles.Job {
    let (fitted, layers) = try fitted(to: picture)
    let passes = share.jobs > 1 ? PassLine(sharing: self.passes) : self.passes
    let explainer = fitted.reportingProgress { passes.show($0) }
    let options = explanationOptions
    let asked = allClasses ?? targets
    let all = try passes.watching { () throws(DiagnosticError) in
      if let raster = picture.raster {
        try explainer.explanations(
          of: raster, normalizing: input.array == nil || files.normalizesArrays, for: asked,
          at: layers, options: options)
      } else if let array = picture.array {
        try explainer.explanations(of: array, for: asked, at: layers, options: options)
      } else {
        try explainer.explanations(of: picture.image, for: asked, at: layers, options: options)
      }
    }
    if allClasses != nil {
      return ExplanationFiles.Job(
        ofAllClasses: all, asked, input: input, picture: picture, explainer: explainer)
    }
    // 'predicted' and a class's number may turn out to be one.
    var seen: Set<String> = []
    let kept = all.indices.filter { seen.insert(FileNames.part(for: all[$0])).inserted }
    return ExplanationFiles.Job(
      input: input, picture: picture, explainer: explainer, targets: kept.map { targets[$0] },
      explanations: kept.map { all[$0] }, cost: passes.json)
  }
}
