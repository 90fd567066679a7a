/// What the heatmap of a baked model explains.
///
/// ```swift
/// try model.baking(.gradCAM, for: .predicted)
/// try model.baking(.gradCAM, for: .fixed([.class(243), .class(281)]))
/// try model.baking(.gradCAM, for: .input)
/// ```
public struct BakedTarget: Hashable, Sendable {
  /// The choices.
  enum Choice: Hashable, Sendable {
    case fixed([Target])
    case input
  }

  let choice: Choice

  /// The class that each image's own logits rank first.
  public static let predicted = BakedTarget(choice: .fixed([.predicted]))

  /// The `count` most probable classes of each image, a heatmap each.
  public static func top(_ count: Int) -> BakedTarget {
    BakedTarget(choice: .fixed(Target.top(count)))
  }

  /// Targets that are the same at every run, a heatmap each.
  public static func fixed(_ targets: [Target]) -> BakedTarget {
    BakedTarget(choice: .fixed(targets))
  }

  /// The class that an input `target`, int64 [N], names for each image; the predicted class where it
  /// is negative or not fed.
  public static let input = BakedTarget(choice: .input)
}
