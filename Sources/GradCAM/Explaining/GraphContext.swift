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
  /// Whether a run holds one image, which all targets share.
  var isOneImage = false

  /// The model's image as a term.
  var image: Term { builder.read(model.input.name) }

  /// The cotangent [T, C] of the logits that the targets stand for.
  var cotangent: Term { targets.cotangent(of: logits, rankedBy: ranking) }

  /// What ranks the classes, if not the logits.
  var ranking: Term? { model.shares.map { builder.read($0) } }
}

extension Model {
  /// The logits as a list a image, [N, C], in float32.
  func listedLogits(for builder: GraphBuilder) -> Term {
    let term = builder.term(logits.value)
    let shape = graph.shape(of: logits.value)
    // Right behind a float16 product the runtime would leave a Cast out, and the rounding with it.
    let isList =
      shape?.count == 2 && shape?.last == .fixed(classCount) && term.type == .float
    return isList ? term : term.reshaped([-1, classCount]).cast(to: .float)
  }
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
      let cotangent = targets.cotangent(of: logits, rows: head.rows)
      let rank = builder.graph.shape(of: head.input.name)?.count
      return (head.input, rank == 2 ? cotangent : cotangent.reshaped(like: head.input.name))
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

  /// The gradients at layers, all unless given; one that the target does not depend on is an error.
  func layerGradients(
    of given: [Layer]? = nil, rules: GradientRules = .true, cotangent: Term? = nil
  ) throws(DiagnosticError) -> [Term] {
    let layers = given ?? layers
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

  /// A formula at each layer, in closed form where there is one.
  func maps(
    _ formula: (MethodContext) throws(DiagnosticError) -> Term, rules: GradientRules = .true,
    cotangent: Term? = nil
  ) throws(DiagnosticError) -> [Term] {
    let closed = layers.map { cotangent == nil ? closedMap($0) : nil }
    let open = zip(layers, closed).filter { $0.1 == nil }.map(\.0)
    var gradients = try layerGradients(of: open, rules: rules, cotangent: cotangent)[...]
    var maps: [Term] = []
    for (layer, map) in zip(layers, closed) {
      if let map {
        maps.append(map)
      } else if let gradient = gradients.popFirst() {
        maps.append(try formula(context(layer, gradient: gradient)))
      }
    }
    return maps
  }

  /// The map at a layer as a product with the weights of the head; nil where that is not all there
  /// is to it.
  private func closedMap(_ layer: Layer) -> Term? {
    guard let features = method.evenFeatures, !method.isEigenSmoothed,
      let form = ClosedForm(at: layer, of: model, for: builder)
    else { return nil }
    let activation = builder.read(layer.valueName)
    return form.map(
      of: targets, logits: logits, features: features(context(layer, gradient: activation)),
      isOneImage: isOneImage)
  }

  /// Whether a formula's maps need no gradient of a layer's size: all places share one.
  func isEven(rules: GradientRules) throws(DiagnosticError) -> Bool {
    guard method.layerFormula != nil, !method.isEigenSmoothed else { return false }
    for layer in layers where ClosedForm(at: layer, of: model, for: builder) == nil {
      let gradient = try layerGradients(of: [layer], rules: rules)[0]
      guard EvenGradient(gradient, at: layer) != nil else { return false }
    }
    return true
  }
}
