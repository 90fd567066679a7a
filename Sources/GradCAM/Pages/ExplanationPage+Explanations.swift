public import Imaging

extension ExplanationPage {
  /// A page of explanations of one photo, with pickers for the classes, layers and methods that
  /// differ.
  ///
  /// Where several layers are fused, the fused map comes first, then each layer's.
  ///
  /// - Precondition: there is at least one explanation, and the photo has the size of the one
  ///   explained.
  public init(of explanations: [Explanation], on photo: Image, title: String) {
    precondition(!explanations.isEmpty, "a page shows at least one explanation")
    var classes = Picker(title: "Class", choices: [])
    var layers = Picker(title: "Layer", choices: [])
    var methods = Picker(title: "Method", choices: [])
    var maps: [Map] = []
    for explanation in explanations {
      let title = Self.title(of: explanation)
      for place in explanation.layerPlaces {
        let layer = place.map { explanation.layers[$0].name } ?? explanation.fusedName
        maps.append(
          Map(
            choices: [
              classes.place(of: title), layers.place(of: layer),
              methods.place(of: explanation.method.title),
            ],
            heatmap: place.map { explanation.heatmap(ofLayer: $0) } ?? explanation.heatmap,
            limit: place.flatMap { explanation.unit(ofLayer: $0) }, title: title,
            meaning: explanation.heatmap.evidence.meaning,
            details: "\(explanation.method.title) at \(layer)", notes: explanation.findings))
      }
    }
    self.init(
      title: title, photo: photo, pickers: [classes, layers, methods], maps: maps,
      provenance: explanations[0].provenance)
  }

  /// The label with its probability, or the classes of a difference.
  private static func title(of explanation: Explanation) -> String {
    let names = explanation.classes.map { part in
      (part.weight < 0 ? "rather than " : "") + (part.label ?? "class \(part.index)")
    }
    let title = names.joined(separator: " ")
    guard explanation.classes.count == 1, let share = explanation.probability ?? explanation.share
    else { return title }
    return "\(title) (\(RankedLayer.percent(share)))"
  }
}

extension ExplanationPage.Picker {
  /// The place of a choice, added where it is new.
  fileprivate mutating func place(of choice: String) -> Int {
    if let place = choices.firstIndex(of: choice) { return place }
    choices.append(choice)
    return choices.count - 1
  }
}

extension Explanation {
  /// What it says of its own faithfulness, and what must be known to not misread it.
  package var findings: [String] {
    [faithfulness.map { "faithfulness: \($0)" }].compactMap(\.self) + notes
  }

  /// The maps shown: the fused one, nil, where there are several layers, and each layer's.
  fileprivate var layerPlaces: [Int?] {
    layers.count > 1 ? [nil] + layers.indices.map(Optional.some) : [0]
  }

  /// What the fused map is called.
  fileprivate var fusedName: String { "all, fused by \(fusion?.name ?? "mean")" }
}

extension Evidence {
  /// What colours tell.
  fileprivate var meaning: String {
    switch self {
    case .for: "evidence for"
    case .against: "evidence against"
    case .both: "below 0 against, above 0 for"
    }
  }
}
