public import Diagnostics
import Imaging
import ONNXGradient
import ONNXSession

extension Explainer {
  /// What is asked of one image.
  struct Question {
    let targets: [Target]
    let layers: [Layer]
    let options: ExplanationOptions

    var method: Method { options.method }
    var preset: Preset { options.preset }
    var evidence: Evidence { options.evidence }
    /// How maps are fused, where there are several.
    var fusion: Fusion? { layers.count > 1 ? options.joinedBy : nil }
  }

  /// Loads what explaining these targets at these layers needs, so that it can be done while
  /// something else, such as the photo, is read; explaining does it by itself otherwise.
  ///
  /// - Throws: ``DiagnosticError`` as the explanation would.
  public func prepare(
    for targets: [Target], at layers: [Layer], options: ExplanationOptions = ExplanationOptions()
  ) throws(DiagnosticError) {
    _ = try graph(
      for: request(
        try resolved(targets), at: layers, using: options.method, preset: options.preset))
  }

  /// Runs one image and makes an explanation for each target.
  func explain(
    _ photo: PreparedPhoto, preprocessing: String, milliseconds: Double, _ question: Question
  ) throws(DiagnosticError) -> [Explanation] {
    try check(question)
    let choices = Set(question.targets.map(\.places))
    guard choices.count == 1, let choice = choices.first else {
      return try explainApart(photo, preprocessing, milliseconds, question)
    }
    try tellVersions(question)
    let targets = try resolved(question.targets)
    let places = try model.placeInputs(for: choice, seen: photo.view)
    let request = request(
      targets, at: question.layers, using: question.method, preset: question.preset)
    var timing = ExplanationTiming(preprocess: milliseconds)
    let first = try run(photo.values, targets, request, places, &timing)
    let logits = first.logits.floats
    let probabilities = model.activation.probabilities(of: logits)
    let ranking = first.ranking.floats
    let order = Self.order(of: ranking, first: request.rankCount)
    let parts = targets.map { $0.parts(order: order) }
    let start = ContinuousClock.now
    let fixed = parts.map(ResolvedTarget.init)
    let plain = try methodResults(
      first, request, of: photo, targets: fixed, places, question)
    let stability = try stability(plain, of: photo, targets: fixed, places, question)
    let agreement = try agreement(plain, of: photo, targets: fixed, places, question)
    var results = try varied(plain, of: photo, targets: fixed, places, question)
    for place in results.indices {
      results[place].measures += stability[place] + agreement[place]
      results[place].notes += Limits.imprecision(first.agreement, results[place].measures)
      results[place].notes += [first.note].compactMap(\.self)
    }
    timing.run += (ContinuousClock.now - start).milliseconds
    var provenance = try provenance(question, preprocessing)
    let classEntry = provenance.firstIndex { $0.key == Self.classKey } ?? 0
    var explanations: [Explanation] = []
    explanations.reserveCapacity(results.count)
    for (part, result) in zip(parts, results) {
      for (index, map) in result.maps.enumerated() where map.values.firstNotFinite != nil {
        let layers = question.layers
        throw .notFiniteMap(layers[min(index, layers.count - 1)], model: model.file.name)
      }
      let classes = part.map {
        ExplainedClass(index: $0.index, label: label(of: $0.index), weight: $0.weight)
      }
      let heatmap = heatmap(of: result, question, view: photo.view)
      provenance[classEntry].value = Self.words(classes)
      let faithfulness = try faithfulness(of: heatmap, for: classes, of: photo, question)
      explanations.append(
        Explanation(
          classes: classes,
          logit: classes.reduce(0) { $0 + $1.weight * logits[$1.index] },
          layers: question.layers, fusion: question.fusion, options: question.options,
          rawMaps: result.maps(of: question.layers),
          attribution: result.attribution,
          measures: result.measures.map { Explanation.Measure(name: $0.name, value: $0.value) },
          faithfulness: faithfulness, heatmap: heatmap,
          volume: volume(result.maps, question, view: photo.view),
          logits: logits, probabilities: probabilities,
          shares: model.shares == nil ? [] : ranking, outputKind: model.outputKind,
          places: choice,
          notes: result.notes
            + notes(result, heatmap, probability(of: classes, in: probabilities), question)
            + [faithfulness?.doubt(showing: question.evidence)].compactMap(\.self),
          timing: timing,
          provenance: provenance
            + result.measures.map {
              (key: $0.name.prefix(1).uppercased() + $0.name.dropFirst(), value: "\($0.value)")
            }))
    }
    return notingOverlaps(explanations)
  }

  func check(_ question: Question) throws(DiagnosticError) {
    guard !question.targets.isEmpty else { throw .noTarget }
    guard !question.layers.isEmpty else { throw .noLayerGiven }
    let method = question.method
    if method.isEigenSmoothed, !method.sumsChannels { throw .cannotSmooth(method) }
    if method.usesLayer {
      if method.usesGradient, let layer = question.layers.first(where: { !$0.hasGradient }) {
        throw .onlyOtherTokensAct(layer, in: model)
      }
    } else if let layer = question.layers.first(where: { layer in
      layer.valueName != model.input.name && layer != model.layers.first
    }) {
      throw .noLayerInMethod(method, layer)
    }
    if method.scope == .input || method.scope == .layerAndInput, model.input.takesBytes {
      throw .noGradientOfBytes(method, model)
    }
    guard method.isSigned || question.evidence != .against else {
      throw .onlyMagnitudes(method, question.evidence)
    }
  }

  /// What the method makes of a first run, target by target.
  func methodResults(
    _ first: ExplanationGraph.Results, _ request: ExplanationGraph.Request,
    of photo: PreparedPhoto, targets: [ResolvedTarget], _ places: [String: Tensor],
    _ question: Question
  ) throws(DiagnosticError) -> [MethodResult] {
    if case .passes(_, let procedure) = question.method.procedure {
      return try procedure(
        MethodPasses(
          explainer: self, photo: photo, targets: targets, layers: question.layers,
          method: question.method, preset: question.preset, places: places, request: request,
          first: first))
    }
    let maps = first.maps.map { (shape: $0.shape, values: $0.floats) }
    return targets.indices.map { place in
      MethodResult(
        maps: maps.map { RawMap(shape: $0.shape, values: $0.values, target: place) })
    }
  }

  /// The same in a run for each target, where they are at different places.
  private func explainApart(
    _ photo: PreparedPhoto, _ preprocessing: String, _ milliseconds: Double, _ question: Question
  ) throws(DiagnosticError) -> [Explanation] {
    var explanations: [Explanation] = []
    for target in question.targets {
      let one = Question(
        targets: [target], layers: question.layers, options: question.options)
      explanations += try explain(
        photo, preprocessing: preprocessing, milliseconds: milliseconds, one)
    }
    return explanations
  }

  /// Activation and gradient at one layer for a target.
  func gradient(
    of photo: PreparedPhoto, for target: Target, at layer: Layer
  ) throws(DiagnosticError) -> (activation: FloatTensor, gradient: FloatTensor) {
    let targets = try resolved([target])
    let places = try model.placeInputs(for: target.places, seen: photo.view)
    var timing = ExplanationTiming()
    let results = try run(
      photo.values, targets, request(targets, at: [layer], using: nil), places, &timing)
    let shape = Array(results.activations[0].shape.dropFirst())
    let activation = FloatTensor(shape: shape, values: results.activations[0].floats)
    return (activation, FloatTensor(shape: shape, values: results.gradients[0].floats))
  }

  /// A class's label; of a single value the output's name.
  func label(of index: Int) -> String? {
    labels?[index] ?? (model.classCount == 1 ? model.outputName : nil)
  }

  func resolved(_ targets: [Target]) throws(DiagnosticError) -> [ResolvedTarget] {
    var resolved: [ResolvedTarget] = []
    for target in targets {
      resolved.append(
        try ResolvedTarget(
          target, classCount: model.classCount, labels: labels,
          output: model.outputName))
    }
    return resolved
  }

  func run(
    _ values: [Float], _ targets: [ResolvedTarget], _ request: ExplanationGraph.Request,
    _ places: [String: Tensor], _ timing: inout ExplanationTiming
  ) throws(DiagnosticError) -> ExplanationGraph.Results {
    let start = ContinuousClock.now
    let graph = try graph(for: request)
    let loaded = ContinuousClock.now
    let results = try graph.run(image(values), targets, places: places)
    timing.load = (loaded - start).milliseconds
    timing.run = (ContinuousClock.now - loaded).milliseconds
    guard results.logits.floats.firstNotFinite == nil else {
      throw .notFiniteLogits(model.outputName, model: model.file.name)
    }
    return results
  }

  /// What writing the gradient and the map for a layer takes, besides the runtime's loading.
  package func timeToWrite(at layer: Layer) throws(DiagnosticError) -> Duration {
    try ExplanationGraph.timeToWrite(
      request([], at: [layer], using: .gradCAM), of: model)
  }

  /// One image as the model takes it, repeated where the model fixes how many there are.
  func image(_ values: [Float]) -> Tensor {
    let batch = model.input.fixedBatch ?? 1
    return tensor(
      batch == 1 ? values : Array(repeatElement(values, count: batch).joined()), count: batch)
  }

  /// So many images one after another in the model's element type.
  func tensor(_ values: [Float], count: Int) -> Tensor {
    let shape = [count] + model.input.imageShape
    let type = model.input.elementType
    guard type != .float, let bytes = type.bytes(of: values) else {
      return Tensor(shape: shape, floats: values)
    }
    return Tensor(elementType: type, shape: shape, bytes: bytes)
  }

  /// The options as the runtime takes them.
  var settings: SessionOptions {
    let provider: ExecutionProvider = options.provider == .cuda ? .cuda() : .cpu
    var settings = SessionOptions(
      threads: options.threads, providers: [provider], prepacking: options.prepacksWeights,
      engine: options.engine == .openVINO ? .openVINO : .onnxRuntime,
      precision: options.precision == .bfloat16 ? .bfloat16 : .full,
      checksEngine: options.checksEngine)
    settings.store = options.graphFolder.map { GraphStore(folder: $0.path, limit: $0.limit) }
    return settings
  }

  /// The graph of the first run: maps by a method or what its passes start from, or without a
  /// method activations and gradients.
  func request(
    _ targets: [ResolvedTarget], at layers: [Layer], using method: Method?,
    preset: Preset = .paper
  ) -> ExplanationGraph.Request {
    var wants: ExplanationGraph.Wants = [.activations, .gradients]
    if let method {
      if case .passes(let first, _) = method.procedure { wants = first } else { wants = .maps }
    }
    if wants.contains(.heads), layers.allSatisfy(model.isAffine(after:)) {
      wants.subtract(.heads)
      wants.formUnion([.activations, .gradients])
    }
    // Neither layers nor parameters change what is the same for all.
    var request = ExplanationGraph.Request(
      layers: wants.readLayers ? layers : [], method: wants.contains(.maps) ? method : nil,
      preset: wants.contains(.maps) ? preset : .paper,
      rankCount: max(1, targets.map(\.rankWeights.count).max() ?? 1), wants: wants)
    if wants.contains(.inputGradient), let method { request.inputRules = method.inputRules }
    // A method of many passes may run several images through its first graph.
    if case .passes? = method?.procedure {
    } else {
      request.isOneImage = model.input.fixedBatch ?? 1 == 1
    }
    return request
  }

  func graph(
    for request: ExplanationGraph.Request
  ) throws(DiagnosticError) -> ExplanationGraph {
    try graphs.graph(for: .explanation(request)) { () throws(DiagnosticError) in try load(request) }
  }

  private func load(
    _ request: ExplanationGraph.Request
  ) throws(DiagnosticError) -> ExplanationGraph {
    do {
      return try ExplanationGraph(request, of: model, options: settings)
    } catch  where error.kind == .unsupported && error.help == nil {
      throw error.helped(by: nearestLayer(after: request.layers), model: model)
    }
  }

  /// The `count` classes with the largest logits, in order; of equal ones the first.
  static func order(of logits: [Float], first count: Int) -> [Int] {
    var order: [Int] = []
    var left = Array(logits.indices)
    while order.count < count,
      let best = left.indices.max(by: { a, b in
        (logits[left[a]], -left[a]) < (logits[left[b]], -left[b])
      })
    {
      order.append(left.remove(at: best))
    }
    return order
  }

  /// The map of a volume; nil where a layer has no slices.
  private func volume(
    _ maps: [RawMap], _ question: Question, view: PhotoView
  ) -> VolumeHeatmap? {
    guard maps.allSatisfy({ $0.depth != nil }) else { return nil }
    let heatmap = VolumeHeatmap.fused(
      maps.map {
        VolumeHeatmap($0, showing: question.evidence, following: question.preset, view: view)
      },
      by: question.fusion ?? question.preset.fusion, following: question.preset)
    return question.method.clipsOutliers ? heatmap?.clippingOutliers : heatmap
  }

  /// The map that is shown: of the mean result, or the mean of what each view of the photo shows.
  private func heatmap(
    of result: MethodResult, _ question: Question, view: PhotoView
  ) -> Heatmap {
    let averages = question.preset.averagesFinished && question.options.isAugmented
    guard averages, !question.method.givesAttribution, !result.views.isEmpty else {
      return fused(result.maps, question, view: view)
    }
    return Heatmap(meanOf: result.views.map { fused($0, question, view: view) })
  }

  private func fused(
    _ maps: [RawMap], _ question: Question, view: PhotoView
  ) -> Heatmap {
    let heatmap = Heatmap.fused(
      maps.map(\.flattened), by: question.fusion ?? question.preset.fusion,
      showing: question.evidence, following: question.preset, of: model.input.size, view: view)
    return question.method.clipsOutliers ? heatmap.clippingOutliers : heatmap
  }
}
