import GradCAM

/// What two models make of one photo.
struct PhotoDifference: Sendable {
  /// What a model predicts.
  struct Prediction: Sendable {
    let classIndex: Int
    let label: String?
    let probability: Float?
    /// The probability of the class explained.
    let ofTarget: Float?

    /// The class in words.
    var name: String { label ?? "\(classIndex)" }
  }

  let name: String
  let stem: String
  let similarity: MapSimilarity
  let old, new: Prediction
  /// The class that was explained.
  let targetName: String
  let notes: [String]

  /// Whether the predicted class changed: by its label where both models have labels, else by its
  /// number.
  var isChanged: Bool {
    if let a = old.label, let b = new.label { return a != b }
    return old.classIndex != new.classIndex
  }
}

extension PhotoDifference.Prediction {
  /// What an explanation says of its model.
  init(_ explanation: Explanation, labels: Labels?) {
    let first = explanation.predictions(1).first
    classIndex = first?.index ?? explanation.classIndex
    label = labels?[classIndex]
    probability = first?.probability
    ofTarget = explanation.probability
  }

  /// The prediction as JSON.
  var json: JSONValue {
    .object([
      ("class", .integer(classIndex)), ("label", .text(label)),
      ("probability", probability.map { .number($0) } ?? .null),
      ("ofTarget", ofTarget.map { .number($0) } ?? .null),
    ])
  }
}
