import ArgumentParser
import GradCAM

/// Which photos, or classes on them, are looked at.
enum EvaluationFilter: String, CaseIterable, ExpressibleByArgument {
  /// Those whose middle is outside everything of the class.
  case centerOutside = "centre-outside"
  /// The others.
  case centerInside = "centre-inside"
  /// Those where the class covers less than a quarter of the photo.
  case small
  /// The others.
  case large
  /// Photos with things of one class alone.
  case single

  /// Whether a class on a photo is looked at; one that is nowhere has no place to go by.
  func takes(_ truth: GroundTruth?, of size: ImageSize, classCount: Int) -> Bool {
    if self == .single { return classCount == 1 }
    guard let truth else { return false }
    switch self {
    case .centerOutside: return !truth.containsCenter(of: size)
    case .centerInside: return truth.containsCenter(of: size)
    case .small: return truth.pixels(of: size).share < 0.25
    case .large: return truth.pixels(of: size).share >= 0.25
    case .single: return true
    }
  }
}
