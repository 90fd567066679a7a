/// The scalar that is explained: a class's logit, or a difference of logits.
public struct Target: Hashable, Sendable {
  /// How a class is named.
  enum Reference: Hashable, Sendable {
    /// The class with so many more probable ones before it; 0 is the predicted.
    case ranked(Int)
    case index(Int)
    case label(String)
  }

  /// Logits with their signs: the target is their sum.
  let parts: [Part]

  /// Where the logits are taken, for an output with classes at several places.
  public let places: TargetPlaces

  /// One logit.
  struct Part: Hashable, Sendable {
    let reference: Reference
    let weight: Float
  }

  private init(_ parts: [Part], places: TargetPlaces = .all) {
    self.parts = parts
    self.places = places
  }

  /// Classes with weights, of which none goes by its rank.
  init(_ classes: [ExplainedClass], at places: TargetPlaces) {
    self.init(
      classes.map { Part(reference: .index($0.index), weight: $0.weight) }, places: places)
  }

  private init(_ reference: Reference) { self.init([Part(reference: reference, weight: 1)]) }
}

// MARK: - Naming a target

extension Target {
  /// The logit of the class the model finds most probable, for each image its own.
  public static let predicted = Target(.ranked(0))

  /// The logit of the class at that place in the order of probability, 0 for the predicted.
  public static func ranked(_ place: Int) -> Target { Target(.ranked(place)) }

  /// The `count` most probable classes, one target each.
  public static func top(_ count: Int) -> [Target] { (0..<max(0, count)).map(ranked) }

  /// The logit of a class by its index, counted from 0.
  public static func `class`(_ index: Int) -> Target { Target(.index(index)) }

  /// The logit of a class by its label, as the explainer's labels spell it.
  public static func label(_ label: String) -> Target { Target(.label(label)) }

  /// What speaks for this target rather than another: the difference of their logits.
  public func ratherThan(_ other: Target) -> Target {
    Target(
      parts + other.parts.map { Part(reference: $0.reference, weight: -$0.weight) },
      places: places)
  }

  /// This target at some of the pixels or positions of an output that has classes at several.
  public func at(_ places: TargetPlaces) -> Target { Target(parts, places: places) }
}
