import GradCAM

/// What was found in a model.
struct ModelReport {
  private let model: Model

  /// A report on a model.
  init(_ model: Model) { self.model = model }

  /// The report.
  var section: ReportSection {
    var section = ReportSection(model.path, key: "model")
    section.add(
      "SHA-256", [(try? model.sha256) ?? "unreadable"], "sha256", .text(try? model.sha256))
    section.add(
      "producer", [model.producer ?? "not stated"], "producer", .text(model.producer))
    section.add(
      "format", ["opset \(model.opset), IR \(model.irVersion), \(model.nodeCount) nodes"],
      "format",
      .object([
        ("opset", .integer(model.opset)), ("ir", .integer(model.irVersion)),
        ("nodes", .integer(model.nodeCount)),
      ]))
    if !model.externalFiles.isEmpty {
      section.add(
        "weights in", model.externalFiles, "externalFiles",
        .array(model.externalFiles.map { .text($0) }))
    }
    addInput(to: &section)
    addLogits(to: &section)
    addLayers(to: &section)
    addMetadata(to: &section)
    return section
  }

  private func addInput(to section: inout ReportSection) {
    let input = model.input
    let size = input.hasOpenSize ? "\(input.size) (left open)" : "\(input.size)"
    let batch = input.fixedBatch.map { "batch \($0)" } ?? "any batch"
    section.add(
      "input",
      [
        "'\(input.name)', \(size), \(input.channels) channels, \(input.layout.rawValue), "
          + "\(input.takesBytes ? "bytes" : input.numberType), \(batch)"
      ], "input",
      .object([
        ("name", .text(input.name)), ("width", .integer(input.size.width)),
        ("height", .integer(input.size.height)), ("hasOpenSize", .bool(input.hasOpenSize)),
        ("channels", .integer(input.channels)), ("layout", .text(input.layout.rawValue)),
        ("takesBytes", .bool(input.takesBytes)), ("numberType", .text(input.numberType)),
        ("fixedBatch", input.fixedBatch.map { .integer($0) } ?? .null),
      ]))
    let others = model.declaredInputs.filter { value in
      value.name != input.name && (!value.hasDefault || model.fedInputs.contains(value.name))
    }
    if !others.isEmpty {
      section.add("fed", others.map(\.description), "fedInputs", Self.json(others))
    }
  }

  /// The number of classes, where there are several.
  private var classes: String {
    model.classCount == 1 ? "" : "\(model.classCount) classes: "
  }

  private static func json(_ values: [ModelValue]) -> JSONValue {
    .array(
      values.map {
        .object([
          ("name", .text($0.name)), ("type", .text($0.typeName)),
          ("shape", $0.sides.map { .array($0.map { .text($0) }) } ?? .null),
        ])
      })
  }

  private func addLogits(to section: inout ReportSection) {
    let activation = model.activation.name
    let tail = activation == "none" ? "the output itself" : "before \(activation)"
    section.add(
      "output", ["'\(model.outputName)', \(classes)\(model.outputKind)"], "output",
      .object([
        ("name", .text(model.outputName)), ("classes", .integer(model.classCount)),
        ("kind", .text("\(model.outputKind)")),
      ]))
    let others = model.declaredOutputs.filter { $0.name != model.outputName }
    if !others.isEmpty {
      section.add(
        "other outputs", others.map(\.description), "otherOutputs", Self.json(others))
    }
    section.add(
      "logits", ["'\(model.logitsName)', \(tail)"], "logits",
      .object([("value", .text(model.logitsName)), ("activation", .text(activation))]))
  }

  private func addLayers(to section: inout ReportSection) {
    section.add(
      "layers", ["\(model.layers.count), listed by 'gradcam layers'"], "layers",
      .integer(model.layers.count))
    guard let layer = model.defaultLayer else {
      section.add("default", ["none: no spatial layer lies on every path"], "default", .null)
      return
    }
    section.add(
      "default", ["'\(layer.name)' \(layer.shape), \(layer.operatorName)"], "default",
      .object([
        ("name", .text(layer.name)), ("value", .text(layer.valueName)),
        ("shape", ExplanationReport.json(layer)),
      ]))
    addAllClasses(at: layer, to: &section)
    let first = model.layers.first ?? layer
    let missing = model.operatorsWithoutRule(after: first)
    section.add(
      "without a rule",
      missing.isEmpty
        ? ["no operator on the way"]
        : missing.prefix(10).map { "\($0.operatorName) in node '\($0.node)'" },
      "withoutRule",
      .array(
        missing.map {
          .object([("operator", .text($0.operatorName)), ("node", .text($0.node))])
        }))
  }

  /// What explaining all classes at once takes.
  private func addAllClasses(at layer: Layer, to section: inout ReportSection) {
    guard model.classCount > 1 else { return }
    let obstacle = model.obstacleToClosedForm(at: layer)
    let methods = Method.all.filter(\.hasClosedForm).map(\.name)
    let text =
      obstacle.map { "at '\(layer.name)' a gradient for each class: \($0)" }
      ?? "at '\(layer.name)' one matrix product, for \(methods.joined(separator: ", ")): behind "
      + "it stand a mean and linear operators alone, so that the gradient is a constant"
    section.add(
      "all classes", [text], "allClasses",
      .object([
        ("layer", .text(layer.name)), ("closedForm", .bool(obstacle == nil)),
        ("methods", .array(obstacle == nil ? methods.map { .text($0) } : [])),
        ("obstacle", .text(obstacle)),
      ]))
  }

  private func addMetadata(to section: inout ReportSection) {
    let labels = model.labels
    let few = labels.map { labels in
      (0..<min(labels.count, 4)).compactMap { labels[$0] }.joined(separator: ", ")
        + (labels.count > 4 ? ", …" : "")
    }
    section.add(
      "labels", [few.map { "stored: \($0)" } ?? "none stored; pass '--labels'"], "labels",
      labels.map { labels in .array((0..<labels.count).map { .text(labels[$0]) }) } ?? .null)
    section.add(
      "preprocessing",
      [
        model.preprocessing.map { "stored: \($0)" }
          ?? "none stored; \(model.customaryPreprocessing.name) is assumed unless "
          + "'--preprocess' says otherwise"
      ], "preprocessing", .text(model.preprocessing.map { "\($0)" }))
  }
}
