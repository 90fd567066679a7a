/// What an explanation says of its own faithfulness: what the model loses when the highlighted
/// region is hidden and what it gains when only that is shown, beside random regions as large.
///
/// The region is where the heatmap, enlarged to the model's input, has at least half of its maximum.
/// Random regions are the same region moved, out at one border and in at the other, by steps drawn
/// from a seed: as large, and about of the same shape.  What is hidden is strongly blurred.
public struct Faithfulness: Hashable, Sendable {
  /// What the numbers are: the class's probability, or the target's value where it has none.
  public let quantity: MetricParameters.Quantity
  /// The share of the model's input that is highlighted, 0 through 1.
  public let share: Double
  /// The model's answer to the photo.
  public let photo: Double
  /// Its answer where all of the photo is hidden.
  public let nothing: Double
  /// Its answers for the highlighted region.
  public let region: Answers
  /// Its answers for each random region.
  public let random: [Answers]

  /// The model's answers for one region.
  public struct Answers: Hashable, Sendable {
    /// With the region hidden.
    public let hidden: Double
    /// With all but the region hidden.
    public let shown: Double
  }
}

extension Faithfulness {
  /// What hiding the region loses.
  public var drop: Double { photo - region.hidden }

  /// What showing only the region gains over showing nothing.
  public var gain: Double { region.shown - nothing }

  /// What hiding a random region loses, on average.
  public var randomDrop: Double { photo - mean(\.hidden) }

  /// What showing only a random region gains, on average.
  public var randomGain: Double { mean(\.shown) - nothing }

  /// How many random regions lose less when they are hidden.
  public var weakerDrops: Int { random.count { $0.hidden > region.hidden } }

  /// How many random regions gain less when only they are shown.
  public var weakerGains: Int { random.count { $0.shown < region.shown } }

  private func mean(_ answer: KeyPath<Answers, Double>) -> Double {
    random.reduce(0) { $0 + $1[keyPath: answer] } / Double(max(random.count, 1))
  }
}

// MARK: - In words

extension Faithfulness: CustomStringConvertible {
  /// What was found, such as `hiding the highlighted 12% of the picture takes the probability from
  /// 71% to 8% (6 random regions as large: to 64% on average); showing only it gives 55% (random:
  /// 9%, nothing: 2%)`.
  public var description: String {
    let name = quantity == .probability ? "probability" : "value"
    let count = "\(random.count) random region\(random.count == 1 ? "" : "s") as large"
    return "hiding the highlighted \(Self.percent(share)) of the picture takes the \(name) from "
      + "\(text(photo)) to \(text(region.hidden)) (\(count): to \(text(mean(\.hidden))) on average); "
      + "showing only it gives \(text(region.shown)) (random: \(text(mean(\.shown))), nothing: "
      + "\(text(nothing)))"
  }

  /// Why the map is not to be relied on; nil where the region means more than chance.
  ///
  /// - Parameter evidence: what the region is evidence of; hiding what speaks against the target
  ///   raises it.
  func doubt(showing evidence: Evidence) -> String? {
    guard !random.isEmpty else { return nil }
    let hasEffect = evidence == .against ? drop < randomDrop : drop > randomDrop
    guard !hasEffect else { return nil }
    let verb = evidence == .against ? "raises" : "lowers"
    return "hiding the highlighted region \(verb) the target no more than hiding random regions as "
      + "large: the map does not show what the model needs"
  }

  private func text(_ value: Double) -> String {
    quantity == .probability ? Self.percent(value) : Self.decimal(value, scale: 100)
  }

  /// A share of one with up to one digit after the point.
  private static func percent(_ share: Double) -> String {
    let percent = 100 * share
    return decimal(percent, scale: percent < 9.95 || percent > 99 ? 10 : 1) + "%"
  }

  private static func decimal(_ value: Double, scale: Double) -> String {
    let rounded = (value * scale).rounded() / scale
    let isWhole = rounded == rounded.rounded() && abs(rounded) < 1e15
    return isWhole ? "\(Int(rounded))" : "\(rounded)"
  }
}
