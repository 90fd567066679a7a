import GradCAM

/// Two models' explanations of one photo and one class.
struct ModelComparison {
  let photo: Image
  /// What the photo is called.
  let title: String
  let models: [Model]
  let explanations: [Explanation]
  /// Each one's map, and whether 1 stands for the same value in both.
  let heatmaps: [Heatmap]
  let isShared: Bool
  /// How alike the maps are.
  let similarity: MapSimilarity

  /// Sets two explanations beside each other.
  init(
    photo: Image, title: String, models: [Model], explanations: [Explanation], isShared: Bool
  ) {
    self.photo = photo
    self.title = title
    self.models = models
    self.explanations = explanations
    self.isShared = isShared
    let limits = explanations.map { $0.limit(ofLayer: 0) }
    heatmaps = explanations.map {
      isShared ? $0.heatmap(ofLayer: 0, scaledTo: limits.max()) : $0.heatmap
    }
    similarity = MapSimilarity(heatmaps[0], heatmaps[1])
  }

  /// Where the second has more than the first, and where less.
  var difference: Heatmap { heatmaps[0].difference(to: heatmaps[1]) }

  /// What the ends of the difference's scale mean.
  static let meaning = "first has more … second"

  /// The similarity in a line.
  var summary: String {
    let number = { (value: Double?) in value.map { Decimal.text($0, digits: 3) } ?? "none" }
    return "Pearson \(number(similarity.pearson))  cosine \(number(similarity.cosine))  "
      + "SSIM \(number(similarity.ssim))"
  }
}

// MARK: - As a picture

extension ModelComparison {
  /// The photo, both maps, and their difference with the similarity.
  func figure(colormap: Colormap?, opacity: Double) -> Figure {
    let maps = models.indices.map { index in
      Figure.Panel(
        image: heatmaps[index].overlaid(on: photo, colormap: colormap, opacity: opacity),
        title: Self.stem(models[index].path.name),
        caption: "\(ExplanationFigure.title(of: explanations[index])), "
          + "at \(explanations[index].layers.map(\.name).joined(separator: ", "))")
    }
    let heatmap = heatmaps[0]
    // Of both signs the difference reaches twice as far.
    let numbers =
      heatmap.evidence == .both ? ["2", "1", "0", "1", "2"] : ["1", "0.5", "0", "0.5", "1"]
    let ticks = zip([-1, -0.5, 0, 0.5, 1], numbers).map { value, label in
      Figure.Colorbar.Tick(value: value, label: label)
    }
    return Figure(
      rows: [
        [Figure.Panel(image: photo, title: title)] + maps + [
          Figure.Panel(
            image: difference.overlaid(on: photo, opacity: 0.7), title: "Difference",
            caption: summary)
        ]
      ],
      colorbars: [
        Figure.Colorbar(
          colormap: colormap ?? heatmap.customaryColormap,
          title: ExplanationFigure.meaning(of: heatmap.evidence)),
        Figure.Colorbar(
          colormap: difference.customaryColormap, title: Self.meaning, ticks: ticks),
      ],
      notes: notes,
      footer: "Difference: red where the second has more, blue where the first has  ·  "
        + "\(explanations[0].method.title)\(explanations[0].options.remark), "
        + (isShared ? "both maps on one scale" : "each map scaled by its own largest value")
        + "  ·  "
        + "gradcam \(GradCAMVersion.current)")
  }

  /// What is said of the classes, and of each map with its model's name.
  var notes: [String] {
    let named = zip(models, explanations).map { model, explanation in
      (model.path.name, explanation.notes)
    }
    return classNotes + NamedNotes.joined(named)
  }

  /// That one number may stand for two classes, as where one model counts a background too.
  private var classNotes: [String] {
    let (name, count) = (models.map(\.path.name), models.map(\.classCount))
    guard count[0] != count[1], explanations[0].classIndex == explanations[1].classIndex else {
      return []
    }
    return [
      "'\(name[0])' has \(count[0]) classes and '\(name[1])' has \(count[1]): class "
        + "\(explanations[0].classIndex) may be another in each"
    ]
  }

  /// A model's name without what every model's ends in.
  private static func stem(_ name: String) -> String {
    name.hasSuffix(".onnx") ? String(name.dropLast(5)) : name
  }

  /// What made the figure.
  var provenance: [(key: String, value: String)] {
    let first = explanations[0].provenance
    let second = explanations[1].provenance.filter { entry in
      !first.contains { $0 == entry }
    }
    return first + second.map { ("Second \($0.key)", $0.value) } + [("Similarity", summary)]
  }
}

// MARK: - As text

extension ModelComparison {
  /// A row a model, and the similarity.
  func text(_ path: String?) -> String {
    var table = TextTable([
      ("model", .left), ("layer", .left), ("class", .right), ("label", .left),
      ("probability", .right), ("logit", .right),
    ])
    for (model, explanation) in zip(models, explanations) {
      table.add([
        model.path.name, explanation.layers.map(\.name).joined(separator: ", "),
        "\(explanation.classIndex)",
        explanation.label ?? "", explanation.probability.map { Decimal.percent(Double($0)) } ?? "",
        Decimal.text(Double(explanation.logit), digits: 2),
      ])
    }
    return table.text + summary + "\n" + (path.map { $0 + "\n" } ?? "")
  }

  /// The comparison as one object.
  func json(input: String, _ path: String?, cost: JSONValue?) -> JSONValue {
    let sides = zip(models, explanations).map { model, explanation in
      let map = explanation.rawMap
      return JSONValue.object([
        ("model", .text(model.path)), ("sha256", .text(try? model.sha256)),
        ("class", .integer(explanation.classIndex)), ("label", .text(explanation.label)),
        ("logit", .number(explanation.logit)),
        ("probability", explanation.probability.map { .number($0) } ?? .null),
        ("layer", .text(explanation.layer.name)),
        ("layerShape", ExplanationReport.json(explanation.layer)),
        ("map", .object([("min", .number(map.minimum)), ("max", .number(map.maximum))])),
        ("notes", .array(explanation.notes.map { .text($0) })),
      ])
    }
    return .object(
      [
        ("input", .text(input)), ("method", .text(explanations[0].method.name)),
        ("settings", .text(explanations[0].method.description)),
        ("preset", .text(explanations[0].preset)),
        ("evidence", .text(explanations[0].heatmap.evidence.rawValue)),
        ("models", .array(sides)),
        ("scale", .text(isShared ? "shared" : "own")), ("similarity", similarity.json),
        ("notes", .array(classNotes.map { .text($0) })),
      ] + (cost.map { [("cost", $0)] } ?? []) + [
        ("figure", .text(path)), ("versions", Versions.json),
      ])
  }
}
