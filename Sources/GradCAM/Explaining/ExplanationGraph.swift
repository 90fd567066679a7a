import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession

/// A model with an explanation written after it, ready to run.
///
/// Two inputs more: `classWeights` [T, C] and `rankWeights` [T, K] say what the T targets are.
/// Their cotangent is classWeights + rankWeights · onehot(the K most probable classes).  With one
/// image and any T, or with N images and T = N and K = 1.
struct ExplanationGraph: Sendable {
  /// What is asked of one graph.
  struct Request: Hashable, Sendable {
    var layers: [Layer]
    var method: Method?
    /// Number of places in the order of probability that targets may name.
    var rankCount: Int
    /// Whether activations and gradients are given besides maps.
    var exposesGradients: Bool
  }

  /// What one run gives.
  struct Results {
    /// [N, C].
    let logits: Tensor
    /// A map [T, H, W] for each layer.
    let maps: [Tensor]
    /// [N, …] and [T, …] for each layer, channels as in the model.
    let activations: [Tensor]
    let gradients: [Tensor]
  }

  private let session: Session
  private let names: Names
  let request: Request

  private struct Names {
    var input = ""
    var classWeights = ""
    var rankWeights = ""
    var logits = ""
    var maps: [String] = []
    var activations: [String] = []
    var gradients: [String] = []
    var servesSeveralTargets = true
  }

  /// Writes and loads the graph.
  init(
    _ request: Request, of model: Model, options: SessionOptions
  ) throws(DiagnosticError) {
    self.request = request
    let (proto, names) = try Self.write(request, model)
    self.names = names
    session = try Session(model.file.replacingProto(proto), options: options)
  }

  /// Runs an image and its targets through the graph, all at once where the graph allows it.
  func run(_ image: Tensor, _ targets: [ResolvedTarget]) throws(DiagnosticError) -> Results {
    if targets.count == 1 || names.servesSeveralTargets { return try runTogether(image, targets) }
    var results: [Results] = []
    for target in targets { results.append(try runTogether(image, [target])) }
    return Results(
      logits: results[0].logits, maps: Self.joined(results.map(\.maps)),
      activations: results[0].activations, gradients: Self.joined(results.map(\.gradients)))
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
    _ image: Tensor, _ targets: [ResolvedTarget]
  ) throws(DiagnosticError) -> Results {
    let ranks = targets.flatMap { target in
      target.rankWeights
        + Array(repeating: 0, count: request.rankCount - target.rankWeights.count)
    }
    let classes = targets.flatMap(\.classWeights)
    let classWeights = Tensor(
      shape: [targets.count, classes.count / targets.count], floats: classes)
    let rankWeights = Tensor(shape: [targets.count, request.rankCount], floats: ranks)
    let outputs = try session.run(
      [names.input: image, names.classWeights: classWeights, names.rankWeights: rankWeights],
      outputs: [names.logits] + names.maps + names.activations + names.gradients)
    var rest = outputs.dropFirst()
    func take(_ count: Int) -> [Tensor] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let maps = take(names.maps.count)
    let activations = take(names.activations.count)
    return Results(
      logits: outputs[0], maps: maps, activations: activations,
      gradients: take(names.gradients.count))
  }

  // MARK: Writing

  private static func write(
    _ request: Request, _ model: Model
  ) throws(DiagnosticError) -> (ModelProto, Names) {
    let builder = GraphBuilder(after: model.graph)
    let logits = builder.term(model.logits.value)
    var names = Names(input: model.input.name)
    let gradient = Gradient(writingTo: builder)
    names.classWeights = builder.prefix + "class_weights"
    names.rankWeights = builder.prefix + "rank_weights"
    let flat = logits.reshaped([-1, model.classCount]).cast(to: .float)
    let cotangent = targets(builder, flat, names, request, model)
      .cast(to: logits.type).reshaped(like: model.logits.value)
    let values = request.layers.map(\.valueName)
    let gradients = try gradient.cotangents(
      of: values, from: model.logits.value, cotangent: cotangent)
    names.servesSeveralTargets = gradient.servesSeveralTargets(
      of: values, from: model.logits.value)
    var outputs: [Term] = []
    func give(_ term: Term, _ name: String) -> String {
      let renamed = builder.rename(term, to: builder.prefix + name)
      outputs.append(renamed)
      return renamed.name
    }
    names.logits = give(flat, "logits")
    for (index, layer) in request.layers.enumerated() {
      guard let gradient = gradients[layer.valueName] else { throw .noGradient(layer, model) }
      let activation = builder.term(layer.valueName)
      if let method = request.method {
        let map = method.map(
          MethodContext(
            layer, activation: activation, gradient: gradient, file: model.file))
        names.maps.append(give(map.cast(to: .float), "map_\(index)"))
      }
      if request.exposesGradients {
        names.activations.append(give(activation.cast(to: .float), "activation_\(index)"))
        names.gradients.append(give(gradient.cast(to: .float), "gradient_\(index)"))
      }
    }
    let inputs = [
      ValueInfoProto(names.classWeights, type: .float, shape: [-1, model.classCount]),
      ValueInfoProto(names.rankWeights, type: .float, shape: [-1, request.rankCount]),
    ]
    return (builder.extending(model.file.proto, inputs: inputs, outputs: outputs), names)
  }

  /// The cotangent [T, C] of the logits [N, C].
  private static func targets(
    _ builder: GraphBuilder, _ logits: Term, _ names: Names, _ request: Request,
    _ model: Model
  ) -> Term {
    let classWeights = builder.term(names.classWeights, type: .float)
    let rankWeights = builder.term(names.rankWeights, type: .float)
    let places = builder.integers(Array(0..<model.classCount), shape: [1, model.classCount])
    let ranked: Term
    if request.rankCount == 1 {
      let best = builder.emit(
        "ArgMax", [logits], type: .int64,
        attributes: [AttributeProto("axis", 1), AttributeProto("keepdims", 1)])
      ranked = rankWeights * places.mask(of: best)
    } else {
      let count = request.rankCount
      let ordered =
        builder.opset >= 10
        ? builder.emit("TopK", [logits, builder.integers([count])], outputCount: 2)
        : builder.emit(
          "TopK", [logits], attributes: [AttributeProto("k", count)], outputCount: 2)
      let best = builder.term(ordered[1].name, type: .int64)
        .reshaped([count, 1])
      ranked = rankWeights.times(matrix: places.mask(of: best))
    }
    return classWeights + ranked
  }
}

extension Term {
  /// One where an index equals one of this constant's.
  fileprivate func mask(of index: Term) -> Term {
    equals(index).cast(to: .float)
  }
}

extension MethodContext {
  /// A layer's activation and gradient with the channels brought first.
  init(_ layer: Layer, activation: Term, gradient: Term, file: ModelFile) {
    let order = layer.isChannelsLast ? [0, 3, 1, 2] : [0, 1, 2, 3]
    self.init(
      activation: activation.transposed(order), gradient: gradient.transposed(order),
      channels: layer.channels, height: layer.height, width: layer.width, file: file)
  }
}
