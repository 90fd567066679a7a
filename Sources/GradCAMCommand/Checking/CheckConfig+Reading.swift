import GradCAM

extension CheckConfig {
  /// Reads a file; what it does not say is as usual.
  init(contentsOf path: String) throws(DiagnosticError) {
    self.init()
    let fields = try ConfigNode(contentsOf: path).fields([
      "methods", "layer", "photos", "steps", "seed", "sanity", "metrics", "regions", "annotations",
      "mapping",
    ])
    if let node = fields["methods"] {
      methods = []
      for node in try node.list() {
        methods.append(try node.choice(Method.all.map { ($0.name, $0) }))
      }
      guard !methods.isEmpty else { throw node.fault("names no method") }
    }
    layer = try fields["layer"]?.text()
    photos = try fields["photos"]?.integer(1...100_000) ?? photos
    steps = try fields["steps"]?.integer(1...10_000) ?? steps
    seed = UInt32(try fields["seed"]?.integer(0...Int(UInt32.max)) ?? 0)
    annotations = try fields["annotations"]?.text()
    mapping = try fields["mapping"].map { node throws(DiagnosticError) in
      try Self.path(node.text(), beside: path)
    }
    if let node = fields["sanity"] { try readSanity(node, beside: path) }
    for node in try fields["metrics"]?.list() ?? [] { metrics.append(try MetricRule(node)) }
    for node in try fields["regions"]?.list() ?? [] {
      regions.append(try RegionRule(node, beside: path))
    }
  }

  private mutating func readSanity(
    _ node: ConfigNode, beside path: String
  ) throws(DiagnosticError) {
    if node.flag == false {
      (cascading, independent, noise, determinism) = (nil, nil, nil, nil)
      checksOutputs = false
      return
    }
    let fields = try node.fields([
      "cascading", "independent", "random-labels", "outputs", "determinism", "noise",
    ])
    if let node = fields["cascading"] { cascading = try Likeness(node, else: cascading) }
    if let node = fields["independent"] { independent = try Likeness(node, else: independent) }
    if let node = fields["random-labels"], node.flag != false {
      let own = try node.fields(["model"] + Likeness.words)
      var rule = RandomLabels()
      guard let model = own["model"] else { throw node.fault("names no 'model'") }
      rule.model = try Self.path(model.text(), beside: path)
      try rule.likeness.read(own)
      randomLabels = rule
    }
    if let node = fields["outputs"] {
      guard let flag = node.flag else { throw node.fault("is neither true nor false") }
      checksOutputs = flag
    }
    if let node = fields["determinism"] {
      determinism =
        node.flag == false
        ? nil
        : try node.flag == true
          ? determinism : node.fields(["at-most"])["at-most"]?.number(0...1) ?? determinism
    }
    if let node = fields["noise"] {
      guard node.flag != false else {
        noise = nil
        return
      }
      var rule = noise ?? Noise()
      let own = try node.fields(["level", "copies"] + Likeness.words)
      rule.level = Float(try own["level"]?.number(0...1) ?? Double(rule.level))
      rule.copies = try own["copies"]?.integer(1...10_000) ?? rule.copies
      try rule.likeness.read(own)
      noise = rule
    }
  }

  /// A path that a file names, which is relative to that file.
  fileprivate static func path(_ name: String, beside file: String) -> String {
    guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
    return file[...slash] + name
  }
}

extension CheckConfig.Likeness {
  /// The keys of such a limit.
  static let words = ["measure", "at-most", "at-least"]

  /// Reads a limit; nil where it is switched off.
  init?(_ node: ConfigNode, else usual: Self?) throws(DiagnosticError) {
    if node.flag == false { return nil }
    self = usual ?? Self()
    if node.flag != true { try read(node.fields(Self.words)) }
  }

  /// Takes over what entries say.
  mutating func read(_ fields: [String: ConfigNode]) throws(DiagnosticError) {
    if let node = fields["measure"] {
      measure = try node.choice(SimilarityMean.Measure.allCases.map { ($0.rawValue, $0) })
    }
    atMost = try fields["at-most"]?.number(-1...1) ?? atMost
    atLeast = try fields["at-least"]?.number(-1...1) ?? atLeast
  }
}

extension CheckBound {
  /// Reads a limit that has to be there.
  init(_ fields: [String: ConfigNode], of node: ConfigNode, _ what: String) throws(DiagnosticError)
  {
    self.init(
      what: what, atLeast: try fields["at-least"]?.number(),
      atMost: try fields["at-most"]?.number())
    guard atLeast != nil || atMost != nil else {
      throw node.fault("says neither 'at-least' nor 'at-most'")
    }
  }
}

extension CheckConfig.MetricRule {
  fileprivate init(_ node: ConfigNode) throws(DiagnosticError) {
    let fields = try node.fields(["metric", "class", "at-least", "at-most"])
    guard let name = fields["metric"] else { throw node.fault("names no 'metric'") }
    let word = try name.text()
    guard let choice = MetricChoice(argument: word), choice.metrics.count == 1 else {
      throw name.fault(
        "is '\(word)'",
        help:
          "it may be: \(Metric.all.map(\.name).joined(separator: ", ")); with numbers of its own as in "
          + "'deletion,steps=20'")
    }
    let metric = choice.metrics[0]
    self.init(
      metric: metric, category: try fields["class"]?.text(),
      bound: try CheckBound(fields, of: node, metric.title))
  }
}

extension CheckConfig.RegionRule {
  fileprivate init(_ node: ConfigNode, beside path: String) throws(DiagnosticError) {
    let fields = try node.fields([
      "name", "kind", "box", "mask", "annotated", "class", "at-least", "at-most",
    ])
    guard let name = try fields["name"]?.text() else { throw node.fault("has no 'name'") }
    self.init(
      name: name, category: try fields["class"]?.text(),
      bound: try CheckBound(fields, of: node, "share of the evidence"))
    if let box = fields["box"] {
      var sides: [Double] = []
      for side in try box.list() { sides.append(try side.number(0...1)) }
      guard sides.count == 4, sides[0] < sides[2], sides[1] < sides[3] else {
        throw box.fault(
          "is no box", help: "write left, top, right, bottom as shares: [0, 0, 0.25, 0.25]")
      }
      place = .box(sides)
    } else if let mask = fields["mask"] {
      let picture = try Image(contentsOf: CheckConfig.path(mask.text(), beside: path))
      place = .region(EvaluatedRegion(name: name, mask: picture))
    } else if let kind = fields["kind"] {
      place = .region(try kind.choice(EvaluatedRegion.customary.map { ($0.name, $0) }))
    } else if let annotated = fields["annotated"] {
      place = .annotated(annotated.flag == true ? nil : try annotated.text())
    } else {
      throw node.fault("says neither 'box', 'mask', 'kind' nor 'annotated'")
    }
  }
}
