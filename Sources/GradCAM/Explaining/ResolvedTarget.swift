import Diagnostics

/// A target as numbers for the graph: classes with weights, and a weight for each place in the
/// order of probability.
struct ResolvedTarget: Sendable {
  /// The classes named, with their weights.
  let classes: [(index: Int, weight: Float)]
  /// A weight for each place, the predicted class first.
  let rankWeights: [Float]

  /// A target that is zero.
  static let none = ResolvedTarget(classes: [], rankWeights: [])

  private init(classes: [(index: Int, weight: Float)], rankWeights: [Float]) {
    (self.classes, self.rankWeights) = (classes, rankWeights)
  }

  /// Classes with weights.
  init(_ parts: [(index: Int, weight: Float)]) { self.init(classes: parts, rankWeights: []) }

  /// Looks up the classes a target names.
  init(
    _ target: Target, classCount: Int, labels: Labels?, output: String
  ) throws(DiagnosticError) {
    var classes: [(index: Int, weight: Float)] = []
    var rankWeights: [Float] = []
    for part in target.parts {
      switch part.reference {
      case .ranked(let place):
        guard (0..<classCount).contains(place) else {
          throw .rankOutOfRange(place, count: classCount)
        }
        let missing = place + 1 - rankWeights.count
        rankWeights += [Float](repeating: 0, count: max(0, missing))
        rankWeights[place] += part.weight
      case .index(let index):
        guard (0..<classCount).contains(index) else {
          throw .classOutOfRange(index, count: classCount, output: output)
        }
        classes.append((index, part.weight))
      case .label(let label):
        // A single value goes by its output's name too.
        let index =
          classCount == 1 && label == output
          ? 0 : try Self.index(of: label, in: labels, classCount: classCount)
        classes.append((index, part.weight))
      }
    }
    self.classes = classes
    self.rankWeights = rankWeights
  }

  /// The classes and weights once the order of probability is known.
  func parts(order: [Int]) -> [(index: Int, weight: Float)] {
    let ranked = rankWeights.indices.filter { rankWeights[$0] != 0 }
      .map { (index: order[$0], weight: rankWeights[$0]) }
    return (ranked + classes).sorted { $0.weight > $1.weight }
  }

  private static func index(
    of label: String, in labels: Labels?, classCount: Int
  ) throws(DiagnosticError) -> Int {
    guard let labels else { throw .labelsNeeded(label) }
    let found = labels.classes(labelled: label).filter { $0 < classCount }
    guard let index = found.first else { throw .noLabel(label, in: labels) }
    guard found.count == 1 else { throw .ambiguousLabel(label, found, labels) }
    return index
  }
}
