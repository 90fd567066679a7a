import Diagnostics

extension Metric {
  /// ROAD: how much more the class's probability falls when the most relevant pixels are filled in
  /// by their neighbours than when the least relevant are.
  ///
  ///     ½ mean_p (y(x without its p least relevant) − y(x without its p most relevant))
  ///
  /// over shares p = 1 / (n + 1) … n / (n + 1) of the N pixels, of which 1 + ⌊(N − 1) p⌋ go, as by
  /// percentiles.  They are filled in by the weighted mean of their neighbours, with noise so that
  /// the model cannot tell what is filled in from its smoothness.
  ///
  /// Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML
  /// 2022; the two orders are joined as pytorch-grad-cam's `ROADCombined` does.  9 steps, which are
  /// its shares of 10 % … 90 %; noise of 1 % of the photo's range unless asked for otherwise.
  public static let road = Metric(
    name: "road", title: "ROAD", source: "Rong et al. 2022, section 4.2",
    summary: "how much more the probability falls without the most than without the least relevant "
      + "pixels, filled in by their neighbours",
    direction: .higher, needs: .passes,
    parameters: MetricParameters(
      steps: 9, noise: 0.01, quantity: .probability, seed: 0, batch: 16),
    cost: { 2 * max(1, $0.steps ?? 9) },
    measure: { context throws(DiagnosticError) in
      let steps = max(1, context.parameters.steps ?? 9)
      let quantity = context.parameters.quantity ?? .probability
      let photo = try context.photo()
      let places = context.places
      let planes = places.planes(of: photo.values)
      let deviation = (context.parameters.noise ?? 0) * photo.range
      var draws = SeededDraws(seed: context.parameters.seed ?? 0)
      let answers = try context.answers(toImages: 2 * steps, "photos filled in") { image in
        let count = 1 + (places.count - 1) * (image.index % steps + 1) / (steps + 1)
        // The least relevant first, then the most relevant first.
        let gone = image.index < steps ? context.order.suffix(count) : context.order.prefix(count)
        var hidden = [Bool](repeating: false, count: places.count)
        for place in gone { hidden[place] = true }
        let imputation = LinearImputation(hidden: hidden, width: context.model.input.size.width)
        let filled = planes.map { plane in
          imputation.filled(plane.map(Double.init)).enumerated().map { place, value in
            hidden[place] && deviation > 0
              ? Float(value) + deviation * Float(draws.normal()) : Float(value)
          }
        }
        image.update(places.joined(filled))
      }
      let values = answers.map { $0[quantity] }
      let shares = (1...steps).map { Double($0) / Double(steps + 1) }
      let (least, most) = (Array(values.prefix(steps)), Array(values.suffix(steps)))
      let difference = zip(least, most).reduce(0) { $0 + $1.0 - $1.1 } / Double(2 * steps)
      return .init(
        difference,
        curves: [
          .init(name: "most relevant first", shares: shares, values: most),
          .init(name: "least relevant first", shares: shares, values: least),
        ])
    })
}

extension ImagePlaces {
  /// The numbers of an image plane by plane: one for each channel and slice.
  func planes(of values: [Float]) -> [[Float]] {
    starts.flatMap { start in
      (0..<width).map { channel in
        (0..<count).map { values[start + $0 * width + channel] }
      }
    }
  }

  /// The image that planes make.
  func joined(_ planes: [[Float]]) -> [Float] {
    var values = [Float](repeating: 0, count: planes.count * count)
    for (index, plane) in planes.enumerated() {
      let first = starts[index / width] + index % width
      for place in 0..<count { values[first + place * width] = plane[place] }
    }
    return values
  }
}
