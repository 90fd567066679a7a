import Diagnostics

extension Metric {
  /// Faithfulness correlation: whether what the map gives random sets of pixels is what hiding them
  /// costs.
  ///
  ///     corr_S (Σ_{i ∈ S} M_i, y(x) − y(x with S at the baseline))        |S| fixed, S drawn evenly
  ///
  /// y is the logit, which effects add up in; 1 for a map that tells the effects, −1 for one that
  /// tells their opposite.
  ///
  /// Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI
  /// 2020, "faithfulness".  100 sets of 224 pixels, at most half of all, to the baseline zero unless
  /// asked for otherwise.
  public static let faithfulnessCorrelation = Metric(
    name: "faithfulness-correlation", title: "Faithfulness correlation",
    source: "Bhatt et al. 2020",
    summary: "correlation of what the map gives random sets of pixels with what hiding them costs",
    direction: .higher, needs: .passes,
    parameters: MetricParameters(
      baseline: .zero, samples: 100, subset: 224, quantity: .logit, seed: 0, batch: 16),
    cost: { max(2, $0.samples ?? 100) },
    measure: { context throws(DiagnosticError) in
      let parameters = context.parameters
      let quantity = parameters.quantity ?? .logit
      let places = context.places
      let samples = max(2, parameters.samples ?? 100)
      let size = max(1, min(parameters.subset ?? 224, places.count / 2))
      let photo = try context.photo().values
      let hidden = try context.hidden(parameters.baseline ?? .zero)
      let before = try context.original()[quantity]
      var draws = SeededDraws(seed: parameters.seed ?? 0)
      var deck = Array(0..<places.count)
      var (given, changed) = ([Double](), 0..<0)
      let answers = try context.answers(toImages: samples, "photos with pixels hidden") { image in
        if image.index == 0 { image.update(photo) }
        image.replace(deck[changed], by: photo, places)
        changed = 0..<size
        for place in changed {
          deck.swapAt(place, place + draws.place(below: deck.count - place))
        }
        image.replace(deck[changed], by: hidden, places)
        given.append(deck[changed].reduce(0) { $0 + Double(context.map[$1]) })
      }
      let lost = answers.map { before - $0[quantity] }
      return MapStatistics.correlation(given, lost).map { .init($0) }
        ?? .init(undefined: "the map or the model's answer is the same for all sets of pixels")
    })
}
