import Testing
import _TestSupport

@testable import GradCAM

@Suite("What explanations say of their own faithfulness")
struct FaithfulnessTests {
  /// A 6 × 6 photo whose lit 2 × 2 corner makes the model's value, explained at a layer that is
  /// the photo itself.
  private static func explanation(
    _ lit: Float = 1, regions: Int = 4
  ) throws -> Explanation {
    let model = try MetricModels.mean(side: 6)
    let input = FloatTensor(
      shape: [1, 6, 6], values: (0..<36).map { $0 / 6 < 2 && $0 % 6 < 2 ? lit : 0 })
    var options = ExplanationOptions()
    options.randomRegions = regions
    return try Explainer(model, preprocessing: .raw).explanations(
      of: input, for: [.class(0)], at: [model.layer(named: "a")],
      options: options)[0]
  }

  @Test("The region and what hiding and showing it does are those worked out by hand")
  func byHand() throws {
    let found = try #require(try Self.explanation().faithfulness)
    // Four of 36 pixels make a mean of 1/9; the blurred photo has their light elsewhere too.
    #expect(found.quantity == .logit && abs(found.share - 1 / 9.0) < 1e-9)
    #expect(abs(found.photo - 1 / 9.0) < 1e-6)
    #expect(found.random.count == 4)
    // What is hidden and what is shown of a mean add up to the photo and the blurred photo.
    for answers in [found.region] + found.random {
      #expect(abs(answers.hidden + answers.shown - found.photo - found.nothing) < 1e-6)
    }
    #expect(found.region.hidden < found.photo && found.drop > found.randomDrop)
    #expect(found.gain > found.randomGain)
    #expect(found.weakerDrops == 4 && found.weakerGains == 4)
    #expect(abs(found.drop - found.gain) < 1e-6)
  }

  @Test("A map without evidence, or one that is not asked, has nothing to say")
  func silent() throws {
    #expect(try Self.explanation(-1).faithfulness == nil)
    #expect(try Self.explanation(regions: 0).faithfulness == nil)
  }

  @Test("A region that matters no more than others is told of as such")
  func doubt() throws {
    let answers = { Faithfulness.Answers(hidden: $0, shown: $1) }
    let found = Faithfulness(
      quantity: .probability, share: 0.125, photo: 0.71, nothing: 0.02, region: answers(0.64, 0.1),
      random: [answers(0.5, 0.2), answers(0.62, 0.25)])
    #expect(found.doubt(showing: .for)?.contains("no more than") == true)
    #expect(found.doubt(showing: .against) == nil)
    #expect(
      "\(found)"
        == "hiding the highlighted 13% of the picture takes the probability from 71% to 64% "
        + "(2 random regions as large: to 56% on average); showing only it gives 10% (random: 23%, "
        + "nothing: 2%)")
    #expect(found.weakerDrops == 0 && found.weakerGains == 0)
    let why = try Self.explanation()
    #expect(!why.notes.contains { $0.contains("no more than hiding") })
    #expect(why.findings.first?.hasPrefix("faithfulness: hiding") == true)
  }

  @Test("Random regions are the same each time")
  func repeated() throws {
    #expect(try Self.explanation().faithfulness == Self.explanation().faithfulness)
  }
}
