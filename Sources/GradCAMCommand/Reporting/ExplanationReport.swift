import GradCAM

/// One explanation as a row of the table and as JSON.
struct ExplanationReport {
  let input: String
  let explanation: Explanation
  let files: ExplanationFiles.Written
  let preprocessing: String
  /// Slices of a volume; 0 of a picture.
  let sliceCount: Int
  /// What passes of all targets together cost.
  let cost: JSONValue?
  let milliseconds: [(key: String, value: Double)]

  /// The place of the class in the order of probability, 1 for the predicted.
  var rank: Int {
    let logits = explanation.shares.isEmpty ? explanation.logits : explanation.shares
    let own = explanation.classIndex
    return 1 + logits.indices.count { (-logits[$0], $0) < (-logits[own], own) }
  }

  /// The strongest place, of a volume with its slice.
  private var peak: (slice: Int?, x: Int, y: Int)? {
    if let volume = explanation.volume {
      return volume.peak(ofSlices: sliceCount).map { ($0.slice, $0.x, $0.y) }
    }
    return explanation.heatmap.peak.map { (nil, $0.x, $0.y) }
  }

  private var region: String? {
    peak.map { peak in
      let photo = explanation.heatmap.view.photo
      return Region.name(x: peak.x, y: peak.y, width: photo.width, height: photo.height)
    }
  }
}

// MARK: - For people

extension ExplanationReport {
  /// The table's columns.
  static var table: TextTable {
    TextTable([
      ("rank", .right), ("class", .right), ("label", .left), ("probability", .right),
      ("wins", .right), ("logit", .right), ("peak", .left), ("file", .left),
    ])
  }

  /// Adds a row, and one more for each further file.
  func add(to table: inout TextTable) {
    let lowered = explanation.classes.filter { $0.weight < 0 }
    let place = explanation.places.position.map { "at \($0)" }
    let names =
      [place, explanation.label].compactMap(\.self)
      + lowered.map { "rather than \($0.label ?? "\($0.index)")" }
    let peak =
      peak.map {
        ($0.slice.map { "slice \($0) " } ?? "") + "(\($0.x), \($0.y)) \(region ?? "")"
      } ?? "none"
    var paths = files.filter { !$0.kind.isOfAll }.map(\.path)
    if sliceCount > 0, paths.count > 4 {
      paths = Array(paths.prefix(1)) + ["… and \(paths.count - 1) more"]
    }
    let isAlone = explanation.logits.count == 1
    table.add([
      isAlone ? "" : "\(rank)", "\(explanation.classIndex)", names.joined(separator: " "),
      explanation.probability.map(Decimal.percent) ?? "",
      explanation.share.map(Decimal.percent) ?? "",
      Decimal.text(Double(explanation.logit), digits: 2), peak, paths.first ?? "",
    ])
    for path in paths.dropFirst() { table.add(["", "", "", "", "", "", "", path]) }
  }
}

// MARK: - For machines

extension ExplanationReport {
  /// The explanation as one object.
  var json: JSONValue {
    let map = explanation.rawMap
    var entries: [(String, JSONValue)] = [
      ("input", .text(input)), ("class", .integer(explanation.classIndex)),
      ("label", .text(explanation.label)), ("logit", .number(explanation.logit)),
      ("probability", explanation.probability.map { .number($0) } ?? .null),
      ("rank", .integer(rank)),
      ("layer", .text(explanation.layer.name)), ("layerShape", Self.json(explanation.layer)),
      ("method", .text(explanation.method.name)),
      ("settings", .text(explanation.method.description)), ("preset", .text(explanation.preset)),
      ("evidence", .text(explanation.heatmap.evidence.rawValue)),
      ("preprocessing", .text(preprocessing)),
      ("map", .object([("min", .number(map.minimum)), ("max", .number(map.maximum))])),
    ]
    if let share = explanation.share {
      entries.append(("share", .number(share)))
      entries.append(("places", .text(explanation.places.description)))
    }
    if explanation.outputKind == .labels {
      entries.append(("holding", .array(explanation.holdingClasses.map { .integer($0) })))
    }
    if let position = explanation.places.position {
      entries.append(("position", .integer(position)))
    }
    if explanation.layers.count > 1 {
      let layers = zip(explanation.layers, explanation.rawMaps).map { layer, map in
        JSONValue.object([
          ("layer", .text(layer.name)), ("layerShape", Self.json(layer)),
          ("map", .object([("min", .number(map.minimum)), ("max", .number(map.maximum))])),
        ])
      }
      entries.append(("layers", .array(layers)))
      entries.append(("fusion", .text(explanation.fusion?.name)))
    }
    let lowered = explanation.classes.filter { $0.weight < 0 }
    if !lowered.isEmpty {
      let classes = lowered.map {
        JSONValue.object([("class", .integer($0.index)), ("label", .text($0.label))])
      }
      entries.append(("ratherThan", .array(classes)))
    }
    if let peak {
      let slice = peak.slice.map { [("slice", JSONValue.integer($0))] } ?? []
      entries.append(
        (
          "peak",
          .object(
            slice + [
              ("x", .integer(peak.x)), ("y", .integer(peak.y)), ("where", .text(region)),
            ])
        ))
    }
    if !explanation.measures.isEmpty {
      let measures = explanation.measures.map { ($0.name, JSONValue.number($0.value)) }
      entries.append(("measures", .object(measures)))
    }
    if let faithfulness = explanation.faithfulness {
      entries.append(("faithfulness", Self.json(faithfulness)))
    }
    if let cost { entries.append(("cost", cost)) }
    entries.append(("files", filesJSON))
    entries.append(
      (
        "milliseconds",
        .object(milliseconds.map { ($0.key, .number(($0.value * 1e3).rounded() / 1e3)) })
      ))
    if !explanation.notes.isEmpty {
      entries.append(("notes", .array(explanation.notes.map { .text($0) })))
    }
    return .object(entries)
  }

  /// Paths by kind; by layer below that where there are several.
  private var filesJSON: JSONValue {
    var entries: [(String, JSONValue)] = []
    for kind in SavedKind.allCases {
      let found = files.filter { $0.kind == kind }
      if let path = found.first, path.part == nil {
        entries.append((kind.rawValue, .text(path.path)))
      } else if !found.isEmpty {
        let paths = found.map { ($0.part ?? "", JSONValue.text($0.path)) }
        entries.append((kind.rawValue, .object(paths)))
      }
    }
    return .object(entries)
  }

  /// The model's answers for the highlighted region and for random ones.
  private static func json(_ found: Faithfulness) -> JSONValue {
    .object([
      ("quantity", .text(found.quantity.rawValue)), ("share", .number(found.share)),
      ("photo", .number(found.photo)), ("nothing", .number(found.nothing)),
      ("hidden", .number(found.region.hidden)), ("shown", .number(found.region.shown)),
      ("drop", .number(found.drop)), ("gain", .number(found.gain)),
      ("randomDrop", .number(found.randomDrop)), ("randomGain", .number(found.randomGain)),
      ("randomHidden", .array(found.random.map { .number($0.hidden) })),
      ("randomShown", .array(found.random.map { .number($0.shown) })),
    ])
  }

  /// Channels, height, width.
  static func json(_ layer: Layer) -> JSONValue {
    .array(layer.shape.map { .integer($0) })
  }
}
