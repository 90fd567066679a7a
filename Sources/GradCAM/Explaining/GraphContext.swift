import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph

/// What a method sees that is written after a model's graph: the model, the target's logits, and
/// gradients of the target by any value.
struct GraphContext {
  /// The model written after.
  let model: Model
  /// The layers asked for.
  let layers: [Layer]
  /// The method that is written.
  let method: Method
  /// The conventions followed.
  let preset: Preset
  /// Where nodes are written.
  let builder: GraphBuilder
  /// The logits of all classes, [N, C].
  let logits: Term
  /// What the targets are.
  let targets: any TargetSource

  /// The model's image as a term.
  var image: Term { builder.read(model.input.name) }

  /// The cotangent [T, C] of the logits that the targets stand for.
  var cotangent: Term { targets.cotangent(of: logits, rankedBy: ranking) }

  /// What ranks the classes, if not the logits.
  var ranking: Term? { model.shares.map { builder.read($0) } }
}

// MARK: - Gradients

extension GraphContext {
  /// The gradient of the targets by values, each in the value's own order with T rows.
  ///
  /// - Parameter cotangent: the logits' own, [T, C]; the targets' unless given.
  /// - Throws: `DiagnosticError` naming the node where an operator on the way has no rule.
  func gradients(
    of values: [String], rules: GradientRules = .true, cotangent given: Term? = nil
  ) throws(DiagnosticError) -> [String: Term] {
    let (start, cotangent) = beginning(given, for: values, rules: rules)
    return try Gradient(writingTo: builder, rules: rules.table).cotangents(
      of: values, from: start.name, cotangent: cotangent)
  }

  /// Where differentiation starts, and the cotangent there: the logits, or before the linear layer
  /// or pooled convolution that ends in them, whose rows are read instead of a product with all of
  /// it.
  private func beginning(
    _ given: Term?, for values: [String], rules: GradientRules
  ) -> (start: Term, cotangent: Term) {
    if given == nil, let head = LinearHead(endingIn: model.logits.source, for: builder) {
      return (head.input, targets.cotangent(of: logits, through: head))
    }
    if given == nil, rules == .true, ranking == nil,
      let head = PooledHead(endingIn: model.logits.source, for: builder),
      values.allSatisfy({ builder.graph.leads(from: $0, to: head.input.name) })
    {
      let cotangent = targets.cotangent(of: logits, rows: head.rows)
      return (head.input, cotangent.reshaped(like: head.input.name))
    }
    let start = builder.term(model.logits.source)
    let type = builder.term(model.logits.value).type.cotangentType
    return (start, (given ?? cotangent).cast(to: type).reshaped(like: start.name))
  }

  /// Whether several targets can share the run of one image.
  func servesSeveralTargets(of values: [String], rules: GradientRules = .true) -> Bool {
    Gradient(writingTo: builder, rules: rules.table).servesSeveralTargets(
      of: values, from: beginning(nil, for: values, rules: rules).start.name)
  }

  /// The gradients at the layers; one that the target does not depend on is an error.
  func layerGradients(
    rules: GradientRules = .true, cotangent: Term? = nil
  ) throws(DiagnosticError) -> [Term] {
    let found = try gradients(of: layers.map(\.valueName), rules: rules, cotangent: cotangent)
    var gradients: [Term] = []
    for layer in layers {
      guard let gradient = found[layer.valueName] else { throw .noGradient(layer, model) }
      gradients.append(gradient)
    }
    return gradients
  }

  /// A layer and a gradient there as formulas see them.
  func context(_ layer: Layer, gradient: Term) -> MethodContext {
    MethodContext(
      layer, activation: builder.read(layer.valueName), gradient: gradient, file: model.file,
      preset: preset, method: method)
  }

  /// A formula of the feature maps alone at each layer: [N, H, W], for all targets the same.
  func mapsOfFeatures(_ formula: (MethodContext) -> Term) -> [Term] {
    layers.map { formula(context($0, gradient: builder.read($0.valueName))) }
  }

  /// A formula at each layer.
  func maps(
    _ formula: (MethodContext) throws(DiagnosticError) -> Term, cotangent: Term? = nil
  ) throws(DiagnosticError) -> [Term] {
    let gradients = try layerGradients(cotangent: cotangent)
    var maps: [Term] = []
    for (layer, gradient) in zip(layers, gradients) {
      maps.append(try formula(context(layer, gradient: gradient)))
    }
    return maps
  }
}
