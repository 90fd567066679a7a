import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession

/// A model with an explanation written after it, ready to run.
///
/// ``TargetInputs`` say what the targets are, so one graph serves any class.
struct ExplanationGraph: Sendable {
  /// What is asked of one graph.
  struct Request: Hashable, Sendable {
    var layers: [Layer]
    /// How maps are computed, where some are wanted.
    var method: Method?
    /// The conventions of the maps.
    var preset = Preset.paper
    /// Number of places in the order of probability that targets may name.
    var rankCount = 1
    /// What the graph gives beside the logits.
    var wants: Wants
    /// Whether a run holds one image, which all targets share.
    var isOneImage = false
    /// How the gradients at the layers pass activations.
    var rules = GradientRules.true
    /// How the gradient at the input passes activations.
    var inputRules = GradientRules.true
  }

  /// What a graph can give beside the logits.
  struct Wants: OptionSet, Hashable, Sendable {
    let rawValue: Int
    /// The map of each layer.
    static let maps = Wants(rawValue: 1)
    /// The activation of each layer.
    static let activations = Wants(rawValue: 2)
    /// The gradient at each layer.
    static let gradients = Wants(rawValue: 4)
    /// How large and how spread out the gradient at each layer is.
    static let measures = Wants(rawValue: 8)
    /// Whether any of it depends on which layers are asked for.
    var readLayers: Bool {
      !isDisjoint(with: [.maps, .activations, .gradients, .measures, .heads])
    }
    /// The gradient at the input.
    static let inputGradient = Wants(rawValue: 16)
    /// What the part of the model after each layer starts from; where that part is affine,
    /// activations and gradients, which then say as much.
    static let heads = Wants(rawValue: 32)
  }

  /// What one run gives.
  struct Results {
    /// [N, C].
    let logits: Tensor
    /// What ranks the classes, [N, C]: the logits, or the shares of places that each class wins.
    let ranking: Tensor
    /// A map [T, H, W] for each layer, [T, D, H, W] of a volume.
    var maps: [Tensor] = []
    /// [N, …] and [T, …] for each layer, all other axes as in the model.
    var activations: [Tensor] = []
    var gradients: [Tensor] = []
    /// [T, 2] for each layer, if asked for: the share of places where the gradient is not zero,
    /// and the mean of its magnitude.
    var measures: [Tensor] = []
    /// The gradient at the input alone in a list, [T, …] with all other axes as in the model.
    var inputGradients: [Tensor] = []
    /// What the parts of the model after the layers start from, as the model has it, by name.
    var values: [String: Tensor] = [:]
    /// How the graph's first run agreed with ONNX Runtime's, where another engine runs.
    var agreement: Agreement?
    /// What a user should hear of how the graph was loaded.
    var note: String?
  }

  private let session: Session
  private let names: Names
  private let targets: TargetInputs
  /// How many targets share a run.
  var targetsAtOnce: Int

  /// Whether several targets can share the run of one image.
  var servesSeveralTargets: Bool { names.servesSeveralTargets }

  /// Writes and loads the graph.
  init(
    _ request: Request, of model: Model, options: SessionOptions
  ) throws(DiagnosticError) {
    let (proto, names, targets) = try Self.write(request, model)
    (self.names, self.targets) = (names, targets)
    targetsAtOnce = Self.targetsAtOnce(request, isEven: names.isEven, of: model)
    session = try model.session(of: model.file.replacingProto(proto), options: options)
  }
}

// MARK: - Running

extension ExplanationGraph {
  /// How many targets share a run: as many as keep what each needs at the largest layer below
  /// 128 MiB together.
  private static func targetsAtOnce(_ request: Request, isEven: Bool, of model: Model) -> Int {
    let layers = model.layers.drop { !request.layers.contains($0) }
    let largest =
      isEven
      ? request.layers.map(ClosedForm.width).max() : layers.map { $0.shape.reduce(1, *) }.max()
    return max(1, (1 << 25) / max(1, largest ?? 1))
  }

  /// Runs an image and its targets through the graph, all at once where the graph allows it.
  ///
  /// - Parameter places: what else is fed: which places of the output count.
  func run(
    _ image: Tensor, _ targets: [ResolvedTarget], places: [String: Tensor]
  ) throws(DiagnosticError) -> Results {
    let count = names.servesSeveralTargets ? targetsAtOnce : 1
    if targets.count <= count { return try runTogether(image, targets, places) }
    var runs: [Results] = []
    for start in stride(from: 0, to: targets.count, by: count) {
      let some = Array(targets[start..<min(start + count, targets.count)])
      runs.append(try runTogether(image, some, places))
    }
    return Results(
      logits: runs[0].logits, ranking: runs[0].ranking, maps: Self.joined(runs.map(\.maps), count),
      activations: runs[0].activations, gradients: Self.joined(runs.map(\.gradients), count),
      measures: Self.joined(runs.map(\.measures), count),
      inputGradients: Self.joined(runs.map(\.inputGradients), count), values: runs[0].values,
      agreement: runs[0].agreement, note: runs[0].note)
  }

  /// Runs several images, each with a target of its own.
  ///
  /// - Parameter images: [N, …]; N is the model's own where it fixes one.
  func run(
    images: Tensor, _ targets: [ResolvedTarget], places: [String: Tensor]
  ) throws(DiagnosticError) -> Results {
    try results(images, targets, places, first: nil)
  }

  /// The tensors of several runs of so many targets, layer by layer, put one after another.
  private static func joined(_ runs: [[Tensor]], _ count: Int) -> [Tensor] {
    runs[0].indices.map { layer in
      let parts = runs.map { $0[layer] }
      // One map may serve all targets.
      guard parts[0].shape[0] == count else { return parts[0] }
      return Tensor(
        shape: [parts.reduce(0) { $0 + $1.shape[0] }] + parts[0].shape.dropFirst(),
        floats: parts.flatMap(\.floats))
    }
  }

  private func runTogether(
    _ image: Tensor, _ targets: [ResolvedTarget], _ places: [String: Tensor]
  ) throws(DiagnosticError) -> Results {
    try results(image, targets, places, first: names.batch)
  }

  /// - Parameter first: where a run repeats one image, how often.
  private func results(
    _ images: Tensor, _ targets: [ResolvedTarget], _ places: [String: Tensor], first batch: Int?
  ) throws(DiagnosticError) -> Results {
    let inputs = { (targets: [ResolvedTarget]) in
      var inputs = self.targets.tensors(for: targets, batch: batch ?? 1)
      inputs[names.input] = images
      return inputs.merging(places) { $1 }
    }
    let groups = [
      [names.logits, names.ranking], names.maps, names.activations, names.gradients,
      names.measures, names.inputGradients,
    ]
    let outputs = try session.run(
      inputs(targets), outputs: groups.flatMap(\.self) + names.values,
      comparable: { outputs in
        // The same classes, also where another engine finds another more probable.
        let ranking = Array(outputs[1].floats.prefix(outputs[1].count / max(1, images.shape[0])))
        let count = targets.map(\.rankWeights.count).max() ?? 0
        let order = Explainer.order(of: ranking, first: count)
        return inputs(targets.map { ResolvedTarget($0.parts(order: order)) })
      })
    let values = zip(names.values, outputs.suffix(names.values.count))
    var rest = outputs.dropLast(names.values.count).map { $0.firstOf(batch ?? 1) }[...]
    let taken = groups.map { group -> [Tensor] in
      defer { rest = rest.dropFirst(group.count) }
      return Array(rest.prefix(group.count))
    }
    return Results(
      logits: taken[0][0], ranking: taken[0][1], maps: taken[1], activations: taken[2],
      gradients: taken[3], measures: taken[4], inputGradients: taken[5],
      values: Dictionary(values, uniquingKeysWith: { first, _ in first }),
      agreement: session.agreement, note: session.note)
  }
}

extension Tensor {
  /// What belongs to the first of so many images that a run held.
  fileprivate func firstOf(_ batch: Int) -> Tensor {
    guard batch > 1, let first = shape.first, first.isMultiple(of: batch) else { return self }
    return Tensor(
      shape: [first / batch] + shape.dropFirst(), floats: Array(floats.prefix(count / batch)))
  }
}
