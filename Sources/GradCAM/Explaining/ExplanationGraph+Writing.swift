import Diagnostics
import ONNXFormat
import ONNXGraph

extension ExplanationGraph {
  /// What the values that a graph takes and gives are called.
  struct Names: Sendable {
    var input = ""
    var logits = ""
    var ranking = ""
    /// How many images each run must hold.
    var batch = 1
    var maps: [String] = []
    var activations: [String] = []
    var gradients: [String] = []
    var measures: [String] = []
    var inputGradients: [String] = []
    /// Values of the model, under their own names.
    var values: [String] = []
    var servesSeveralTargets = true
    /// Whether no gradient of a layer's size is computed.
    var isEven = false
  }

  /// Writes the graph without loading it, and gives what that took.
  static func timeToWrite(
    _ request: Request, of model: Model
  ) throws(DiagnosticError) -> Duration {
    let start = ContinuousClock.now
    _ = try write(request, model)
    return ContinuousClock.now - start
  }

  static func write(
    _ request: Request, _ model: Model
  ) throws(DiagnosticError) -> (ModelProto, Names, TargetInputs) {
    let builder = GraphBuilder(
      after: model.graphToDifferentiate(by: request.method, at: request.layers))
    let targets = TargetInputs(
      for: builder, rankCount: request.rankCount, classCount: model.classCount)
    let logits = model.listedLogits(for: builder)
    let context = GraphContext(
      model: model, layers: request.layers, method: request.method ?? .gradCAM,
      preset: request.preset, builder: builder, logits: logits, targets: targets,
      isOneImage: request.isOneImage)
    var writer = Writer(context: context, request: request)
    try writer.write()
    let proto = builder.extending(
      model.file.proto, inputs: targets.declarations, outputs: writer.outputs)
    return (proto, writer.names, targets)
  }

  /// Writes what a request wants, and keeps what it is called.
  private struct Writer {
    let context: GraphContext
    let request: Request
    var names = Names()
    var outputs: [Term] = []

    mutating func write() throws(DiagnosticError) {
      let model = context.model
      (names.input, names.batch) = (model.input.name, model.input.fixedBatch ?? 1)
      names.logits = giveLogits()
      names.ranking = context.ranking.map { give($0, "ranking") } ?? names.logits
      if request.wants.contains(.maps) { try writeMaps() }
      let gradients =
        request.wants.isDisjoint(with: [.gradients, .measures])
        ? nil : try context.layerGradients(rules: request.rules)
      for (index, layer) in context.layers.enumerated() {
        if request.wants.contains(.activations) {
          let activation = context.builder.read(layer.valueName)
          names.activations.append(give(activation, of: layer, "activation_\(index)"))
        }
        if request.wants.contains(.gradients), let gradients {
          names.gradients.append(give(gradients[index], of: layer, "gradient_\(index)"))
        }
        if request.wants.contains(.measures), let gradients {
          let measures = measures(gradients[index], layer)
          names.measures.append(give(measures, "measures_\(index)"))
        }
      }
      if request.wants.contains(.inputGradient) { try writeInputGradient() }
      if request.wants.contains(.heads) { giveHeads() }
      if !request.wants.isDisjoint(with: [.maps, .gradients, .measures]) {
        names.servesSeveralTargets =
          names.servesSeveralTargets
          && context.servesSeveralTargets(
            of: context.layers.map(\.valueName), rules: request.rules)
      }
      guard let method = request.method, request.wants.contains(.maps) else { return }
      if !method.servesSeveralTargets { names.servesSeveralTargets = false }
      if !method.usesGradient { names.servesSeveralTargets = request.wants == .maps }
      // A method that picks its own values may go as far back as the input.
      if case .graph = method.procedure, method.usesGradient {
        names.servesSeveralTargets =
          names.servesSeveralTargets && context.servesSeveralTargets(of: [model.input.name])
      }
    }

    private mutating func writeMaps() throws(DiagnosticError) {
      var maps: [Term] = []
      if let formula = context.method.layerFormula {
        maps = try context.maps(formula, rules: request.rules)
      } else if case .graph(let write) = context.method.procedure {
        maps = try write(context)
      }
      if request.wants == .maps, context.method.layerFormula != nil {
        names.isEven = try context.isEven(rules: request.rules)
      }
      names.maps = maps.enumerated().map { give($1.cast(to: .float), "map_\($0)") }
    }

    private mutating func writeInputGradient() throws(DiagnosticError) {
      let input = context.model.input.name
      let found = try context.gradients(of: [input], rules: request.inputRules)
      guard let gradient = found[input] else {
        throw .noGradient(try context.model.layer(named: "input"), context.model)
      }
      names.inputGradients = [give(gradient.cast(to: .float), "input_gradient")]
      names.servesSeveralTargets = context.servesSeveralTargets(
        of: [input], rules: request.inputRules)
    }

    /// Gives the values that the parts of the model after the layers start from.
    private mutating func giveHeads() {
      let input = context.model.input.name
      let values = context.layers.compactMap { context.model.part(after: $0.valueName) }
        .flatMap(\.runValues)
      names.values = Set(values).subtracting([input]).sorted()
      outputs += names.values.map { context.builder.term($0) }
    }

    /// The share of places where a gradient is not zero, and the mean of its magnitude.
    private func measures(_ gradient: Term, _ layer: Layer) -> Term {
      let places = layer.map.brought(gradient).cast(to: .float)
        .reshaped([-1, layer.channels, layer.map.placeCount]).apply("Abs")
        .mean([1], keepsAxes: false)
      return context.builder.concatenated(
        [places.mask(greaterThan: 0).mean([1]), places.mean([1])], axis: 1)
    }

    /// Gives the logits under their own name where they are a list as they stand, because a node that
    /// only renames them would be run.
    private mutating func giveLogits() -> String {
      guard context.logits.name == context.model.logits.value else {
        return give(context.logits, "logits")
      }
      outputs.append(context.logits)
      return context.logits.name
    }

    private mutating func give(_ term: Term, of layer: Layer, _ name: String) -> String {
      let rank = context.model.graph.shape(of: layer.valueName)?.count ?? 0
      return give(layer.map.withBatchFirst(term.cast(to: .float), rank: rank), name)
    }

    private mutating func give(_ term: Term, _ name: String) -> String {
      let renamed = context.builder.rename(term, to: context.builder.prefix + name)
      outputs.append(renamed)
      return renamed.name
    }
  }
}
