/// Something in a data set that is not as it should be.
///
/// Whatever is left out or changed is told of by one of these; nothing is dropped without.
package struct AnnotationProblem: Hashable, Sendable {
  /// What sort it is, by which problems are counted.
  package let kind: Kind
  /// Where it stands.
  package let place: SourcePlace
  /// What is wrong, as a sentence without a full stop.
  package let text: String
  /// What was done about it.
  package let outcome: Outcome

  /// A problem by its parts.
  package init(_ kind: Kind, at place: SourcePlace, _ text: String, _ outcome: Outcome) {
    (self.kind, self.place, self.text, self.outcome) = (kind, place, text, outcome)
  }

  /// The sorts.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case brokenFile = "broken file"
    case malformedRecord = "malformed record"
    case missingPhoto = "missing photo"
    case unreadablePhoto = "unreadable photo"
    case otherSize = "other size"
    case turnedPhoto = "turned photo"
    case boxOutside = "box outside"
    case emptyBox = "empty box"
    case emptyPolygon = "empty polygon"
    case badMask = "bad mask"
    case duplicate = "duplicate"
    case unknownReference = "unknown reference"
    case unknownLabel = "unknown label"
  }

  /// What can be done about a problem.
  package enum Outcome: String, Hashable, Sendable {
    /// The photo or the object is not used.
    case leftOut = "left out"
    /// It is used, but changed: clipped, or its box taken for its mask.
    case changed = "changed"
    /// It is used as it is, with something assumed.
    case assumed = "assumed"
  }
}

extension AnnotationProblem: CustomStringConvertible {
  /// The problem on one line: `instances.json:12: the box … (left out)`.
  package var description: String { "\(place): \(text) (\(outcome.rawValue))" }
}
