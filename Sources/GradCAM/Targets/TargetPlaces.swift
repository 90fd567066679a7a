public import Imaging

/// Which pixels or positions of an output make the target, where it has classes at several.
///
/// The target is the class's logit, summed over them.
public struct TargetPlaces: Hashable, Sendable, CustomStringConvertible {
  /// The choices.
  enum Choice: Hashable, Sendable {
    case all, won
    case region(PixelRectangle)
    case position(Int)
  }

  let choice: Choice

  /// All of them.
  public static let all = TargetPlaces(choice: .all)

  /// Those at which the class wins: its logit is the highest there, or above zero where each class
  /// stands for itself.
  public static let won = TargetPlaces(choice: .won)

  /// The pixels whose centres lie in a rectangle of the photo, in the photo's pixels.
  public static func region(_ rectangle: PixelRectangle) -> TargetPlaces {
    TargetPlaces(choice: .region(rectangle))
  }

  /// One position of a sequence, counted from 0.
  public static func position(_ index: Int) -> TargetPlaces {
    TargetPlaces(choice: .position(index))
  }

  /// The position, where one is chosen.
  public var position: Int? {
    if case .position(let index) = choice { index } else { nil }
  }

  /// The choice in words, for reports.
  public var description: String {
    switch choice {
    case .all: "all"
    case .won: "won"
    case .region(let part): "\(part.x),\(part.y),\(part.width),\(part.height)"
    case .position(let index): "position \(index)"
    }
  }
}
