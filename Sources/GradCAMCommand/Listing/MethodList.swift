import GradCAM

/// Every method, with what it takes at one place.
struct MethodList {
  /// What the costs are told for.
  let place: String
  private let rows: [(method: Method, cost: PassCount)]

  /// Reads the model, where one is given.
  init(_ options: Methods) throws(DiagnosticError) {
    guard let path = options.model else {
      place = "a layer of 2048 × 7 × 7 and 224 × 224 pixels"
      rows = Method.all.map { method in
        let cost = method.passCount(
          layer: [2048, 7, 7], image: ImageSize(width: 224, height: 224))
        return (method, cost)
      }
      return
    }
    let model = try options.reading.model(path)
    let layer = try model.layer(named: options.layer)
    let shape = layer.shape.map(String.init).joined(separator: " × ")
    place =
      "layer '\(layer.name)' of \(shape), \(model.input.size.width) × \(model.input.size.height) pixels"
    rows = Method.all.map { ($0, $0.passCount(at: layer, of: model)) }
  }

  /// A row a method, and what the costs are of.
  var text: String {
    var table = TextTable([
      ("method", .left), ("what", .left), ("cost", .left), ("options", .left), ("needs", .left),
      ("source", .left),
    ])
    for (method, cost) in rows {
      table.add([
        method.name, method.summary, cost.text,
        method.parameters.entries.map { "--\($0.name) \($0.value)" }.joined(separator: " "),
        method.needs, method.source,
      ])
    }
    return table.text + "\nCosts are those at \(place).\n"
  }

  /// For machines.
  var json: JSONValue {
    .object([
      ("place", .text(place)),
      (
        "methods",
        .array(
          rows.map { method, cost in
            .object([
              ("name", .text(method.name)), ("title", .text(method.title)),
              ("source", .text(method.source)), ("scope", .text(method.scope.rawValue)),
              ("summary", .text(method.summary)), ("needs", .text(method.needs)),
              (
                "parameters",
                .object(method.parameters.entries.map { ($0.name, .text($0.value)) })
              ),
              (
                "cost",
                .object([
                  ("forward", .integer(cost.forward)), ("gradient", .integer(cost.gradient)),
                  ("head", .integer(cost.head)),
                ])
              ),
            ])
          })
      ),
    ])
  }
}
