import Diagnostics
import ONNXGradient
import ONNXSession

extension Explainer {
  /// What a reader must know to not misread a map.
  func notes(
    _ result: MethodResult, _ heatmap: Heatmap, _ probability: Float?, _ question: Question
  ) -> [String] {
    if heatmap.isEmpty { return emptiness(result.maps, question) }
    // A preset may enlarge the map to the input's size, which makes it no finer.
    let grid =
      question.preset.resolution == .layer
      ? heatmap
      : finest(result.maps).map { Heatmap($0, showing: question.evidence, view: heatmap.view) }
    return [
      grid.flatMap { Limits.coarseness($0, of: model.input.size) },
      Limits.saturation(probability, classCount: model.classCount),
      grid.flatMap { Limits.border($0) },
    ].compactMap(\.self) + Limits.instability(result.measures)
  }

  /// The map of most cells, without slices.
  private func finest(_ maps: [RawMap]) -> RawMap? {
    maps.map(\.flattened).max { $0.values.count < $1.values.count }
  }

  /// The class's probability, where one class is explained.
  func probability(of classes: [ExplainedClass], in probabilities: [Float]) -> Float? {
    guard classes.count == 1, probabilities.indices.contains(classes[0].index) else { return nil }
    return probabilities[classes[0].index]
  }

  /// The explanations with notes where two of them show the same places.
  func notingOverlaps(_ explanations: [Explanation]) -> [Explanation] {
    // What speaks for one class rather than another is no evidence of its own.
    let single = explanations.indices.filter { explanations[$0].classes.count == 1 }
    // Among very many classes some are always alike.
    guard single.count <= 100 else { return explanations }
    let names = single.map { place in
      explanations[place].label ?? "class \(explanations[place].classIndex)"
    }
    let notes = Limits.overlaps(single.map { explanations[$0].heatmap }, names: names)
    var noted = explanations
    for (place, notes) in zip(single, notes) { noted[place].notes += notes }
    return noted
  }

  /// Why a map shows nothing.
  private func emptiness(_ maps: [RawMap], _ question: Question) -> [String] {
    let layers = question.layers.map { "'\($0.name)'" }.joined(separator: ", ")
    if maps.allSatisfy({ $0.minimum == 0 && $0.maximum == 0 }) {
      return [
        "the map is zero everywhere: the gradient at layer \(layers) is zero, so nothing there "
          + "moves the target"
      ]
    }
    switch question.evidence {
    case .for:
      return [
        "the map is zero everywhere: at layer \(layers) all evidence speaks against the target; "
          + "show it with evidence 'against'"
      ]
    case .against:
      return [
        "the map is zero everywhere: at layer \(layers) no evidence speaks against the target"
      ]
    case .both:
      return ["the map is even everywhere, which says nothing about where"]
    }
  }

  /// What made an explanation, for pictures and reports; what tells the targets of one run apart
  /// stands behind the key ``classKey``.
  func provenance(
    _ question: Question, _ preprocessing: String, of classes: [ExplainedClass] = []
  ) throws(DiagnosticError) -> [(key: String, value: String)] {
    var entries: [(key: String, value: String)] = [
      ("Software", "GradCAM \(GradCAMVersion.current)"),
      ("Model", model.path),
      ("Model SHA-256", try model.sha256),
      (Self.classKey, Self.words(classes)),
      ("Layer", question.layers.map(\.name).joined(separator: ", ")),
      ("Method", question.method.description),
      ("Preset", question.preset.name),
      ("Evidence", question.evidence.rawValue),
      ("Preprocessing", preprocessing),
    ]
    switch options.engine {
    case .onnxRuntime: entries.append(("ONNX Runtime", try Runtime.shared().version))
    case .openVINO:
      entries.append(("OpenVINO", try OpenVINO.shared().version))
      entries.append(("Precision", options.precision.rawValue))
    }
    if model.isWidened {
      entries.append(("Widened", "from bfloat16 to float32, for the runtime"))
    }
    if question.options.isAugmented { entries.append(("Augmented", "mirrored, darker, brighter")) }
    if question.options.shifts > 1 {
      entries.append(("Shifts", "\(question.options.shifts) along each side of a cell"))
    }
    if let fusion = question.fusion, question.layers.count > 1 {
      entries.insert(("Fusion", fusion.name), at: 5)
    }
    return entries
  }

  /// The key of the classes explained.
  static let classKey = "Class"

  /// The classes of a target as the value of that key.
  static func words(_ classes: [ExplainedClass]) -> String {
    classes.map { part in
      let name = part.label.map { "\(part.index) (\($0))" } ?? "\(part.index)"
      return part.weight < 0 ? "rather than \(name)" : name
    }.joined(separator: " ")
  }

  /// The first layer after those asked for at which an explanation can be written.
  func nearestLayer(after layers: [Layer]) -> Layer? {
    let places = layers.compactMap { layer in model.layers.firstIndex { $0.id == layer.id } }
    guard let first = places.min() else { return nil }
    let nearest = Gradient.nearestExplainable(
      after: model.layerList.layers[first], in: model.layerList, to: model.logits.value,
      graph: model.graph)
    return nearest.map(Layer.init)
  }
}
