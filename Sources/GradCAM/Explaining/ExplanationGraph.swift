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
    /// How maps are computed; without a method activations and gradients are given instead.
    var method: Method?
    /// Number of places in the order of probability that targets may name.
    var rankCount: Int
    /// Whether the gradient of each layer is measured besides.
    var measuresGradients = false
  }

  /// What one run gives.
  struct Results {
    /// [N, C].
    let logits: Tensor
    /// What ranks the classes, [N, C]: the logits, or the shares of places that each class wins.
    let ranking: Tensor
    /// A map [T, H, W] for each layer, [T, D, H, W] of a volume.
    let maps: [Tensor]
    /// [N, …] and [T, …] for each layer, all other axes as in the model.
    let activations: [Tensor]
    let gradients: [Tensor]
    /// [T, 2] for each layer, if asked for: the share of places where the gradient is not zero,
    /// and the mean of its magnitude.
    var measures: [Tensor] = []
  }

  private let session: Session
  private let names: Names
  private let targets: TargetInputs

  private struct Names {
    var input = ""
    var logits = ""
    var ranking = ""
    /// How many images each run must hold.
    var batch = 1
    var maps: [String] = []
    var activations: [String] = []
    var gradients: [String] = []
    var measures: [String] = []
    var servesSeveralTargets = true
  }

  /// Writes and loads the graph.
  init(
    _ request: Request, of model: Model, options: SessionOptions
  ) throws(DiagnosticError) {
    let (proto, names, targets) = try Self.write(request, model)
    (self.names, self.targets) = (names, targets)
    session = try Session(model.file.replacingProto(proto), options: options)
  }

  /// Runs an image and its targets through the graph, all at once where the graph allows it.
  ///
  /// - Parameter places: what else is fed: which places of the output count.
  func run(
    _ image: Tensor, _ targets: [ResolvedTarget], places: [String: Tensor]
  ) throws(DiagnosticError) -> Results {
    if targets.count == 1 || names.servesSeveralTargets {
      return try runTogether(image, targets, places)
    }
    var results: [Results] = []
    for target in targets { results.append(try runTogether(image, [target], places)) }
    return Results(
      logits: results[0].logits, ranking: results[0].ranking,
      maps: Self.joined(results.map(\.maps)),
      activations: results[0].activations, gradients: Self.joined(results.map(\.gradients)),
      measures: Self.joined(results.map(\.measures)))
  }

  /// The tensors of several runs, layer by layer, put one after another.
  private static func joined(_ runs: [[Tensor]]) -> [Tensor] {
    runs[0].indices.map { layer in
      let parts = runs.map { $0[layer] }
      return Tensor(
        shape: [parts.count] + parts[0].shape.dropFirst(), floats: parts.flatMap(\.floats))
    }
  }

  private func runTogether(
    _ image: Tensor, _ targets: [ResolvedTarget], _ places: [String: Tensor]
  ) throws(DiagnosticError) -> Results {
    var inputs = self.targets.tensors(for: targets, batch: names.batch)
    inputs[names.input] = image
    inputs.merge(places) { $1 }
    let outputs = try session.run(
      inputs,
      outputs: [names.logits, names.ranking] + names.maps + names.activations + names.gradients
        + names.measures)
    var rest = outputs.map { $0.firstOf(names.batch) }[...]
    func take(_ count: Int) -> [Tensor] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let lists = take(2)
    let maps = take(names.maps.count)
    let activations = take(names.activations.count)
    return Results(
      logits: lists[0], ranking: lists[1], maps: maps, activations: activations,
      gradients: take(names.gradients.count), measures: take(names.measures.count))
  }

  // MARK: Writing

  /// Writes the graph without loading it, and gives what that took.
  static func timeToWrite(
    _ request: Request, of model: Model
  ) throws(DiagnosticError) -> Duration {
    let start = ContinuousClock.now
    _ = try write(request, model)
    return ContinuousClock.now - start
  }

  private static func write(
    _ request: Request, _ model: Model
  ) throws(DiagnosticError) -> (ModelProto, Names, TargetInputs) {
    let builder = GraphBuilder(after: model.graph)
    let logits = builder.term(model.logits.value)
    var names = Names(input: model.input.name, batch: model.input.fixedBatch ?? 1)
    let targets = TargetInputs(
      for: builder, rankCount: request.rankCount, classCount: model.classCount)
    let ranking = model.shares.map { builder.read($0) }
    let flat = logits.reshaped([-1, model.classCount]).cast(to: .float)
    // Differentiation starts at the logits, or before the linear layer that ends in them.
    let start: Term
    let cotangent: Term
    if let head = LinearHead(endingIn: model.logits.source, for: builder) {
      start = head.input
      cotangent = targets.cotangent(of: flat, through: head)
    } else {
      start = builder.term(model.logits.source)
      cotangent = targets.cotangent(of: flat, rankedBy: ranking)
        .cast(to: logits.type.cotangentType).reshaped(like: start.name)
    }
    let values = request.layers.map(\.valueName)
    let gradient = Gradient(writingTo: builder)
    let gradients = try gradient.cotangents(of: values, from: start.name, cotangent: cotangent)
    names.servesSeveralTargets = gradient.servesSeveralTargets(of: values, from: start.name)
    var outputs: [Term] = []
    func give(_ term: Term, _ name: String) -> String {
      let renamed = builder.rename(term, to: builder.prefix + name)
      outputs.append(renamed)
      return renamed.name
    }
    names.logits = give(flat, "logits")
    names.ranking = ranking.map { give($0, "ranking") } ?? names.logits
    for (index, layer) in request.layers.enumerated() {
      guard let gradient = gradients[layer.valueName] else { throw .noGradient(layer, model) }
      let activation = builder.read(layer.valueName)
      if let method = request.method {
        let map = method.map(
          MethodContext(
            layer, activation: activation, gradient: gradient, file: model.file))
        names.maps.append(give(map.cast(to: .float), "map_\(index)"))
        if request.measuresGradients {
          let places = layer.map.brought(gradient).cast(to: .float)
            .reshaped([-1, layer.channels, layer.map.placeCount]).apply("Abs")
            .mean([1], keepsAxes: false)
          let measures = builder.concatenated(
            [places.mask(greaterThan: 0).mean([1]), places.mean([1])], axis: 1)
          names.measures.append(give(measures, "measures_\(index)"))
        }
      } else {
        let rank = model.graph.shape(of: layer.valueName)?.count ?? 0
        func given(_ term: Term, _ name: String) -> String {
          give(layer.map.withBatchFirst(term.cast(to: .float), rank: rank), "\(name)_\(index)")
        }
        names.activations.append(given(activation, "activation"))
        names.gradients.append(given(gradient, "gradient"))
      }
    }
    let proto = builder.extending(
      model.file.proto, inputs: targets.declarations, outputs: outputs)
    return (proto, names, targets)
  }
}

extension MethodContext {
  /// A layer's activation and gradient in one order, whatever the model's.
  init(_ layer: Layer, activation: Term, gradient: Term, file: ModelFile) {
    self.init(
      activation: layer.map.brought(activation), gradient: layer.map.brought(gradient),
      channels: layer.channels, sides: Array(layer.shape.dropFirst()), file: file)
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
