import ONNXFormat
import ONNXGraph
import ONNXSession

/// A list of logits made of an output with classes at several places, as nodes after the model's:
/// each class's logit is the sum over the places that count.
///
///     Y_c = Σ_p m_p · (w_cp)ᵏ · y_cp        m: which places count, fed at each run
///                                           w: 1 where class c wins at p, else 0
///                                           k: 1 where only such places count, else 0
///
/// Vinogradova, Dibrov, Myers, "Towards Interpretable Semantic Segmentation via Gradient-Weighted
/// Class Activation Mapping" (Seg-Grad-CAM), AAAI 2020, equation 2, where the set of pixels is m.
struct PlaceSum: Sendable {
  /// The places.
  let places: OutputPlaces
  /// The value [N, C] of the sums.
  let value: String
  /// The value [N, C] of the shares of the places that count at which each class wins.
  let shares: String
  private let mask: String
  private let isWon: String

  /// Writes the nodes, and gives the model with them.
  static func written(
    after logits: Logits, places: OutputPlaces, in graph: Graph, to model: ModelProto
  ) -> (sum: PlaceSum, model: ModelProto) {
    let builder = GraphBuilder(after: graph)
    let sum = PlaceSum(
      places: places, value: builder.prefix + "place_sums",
      shares: builder.prefix + "place_shares", mask: builder.prefix + "places",
      isWon: builder.prefix + "only_won")
    let values = builder.term(logits.value)
    let mask = builder.term(sum.mask, type: .float)
    let only = builder.term(sum.isWon, type: .float)
    // Comparisons have no derivative: which class wins is taken as it is.
    let isAlone = logits.tail == .sigmoid || places.classCount == 1
    let wins =
      (isAlone
      ? values.mask(greaterThan: 0)
      : values.mask(equalTo: values.maximum([places.classAxis ?? 1]))).cast(to: .float)
    let weights = mask * (wins * only + (1 - only))
    func summed(_ term: Term) -> Term {
      term.sum(places.placeAxes, keepsAxes: false).reshaped([-1, places.classCount])
    }
    let sums = summed(values * weights.cast(to: values.type))
    let count = mask.sum(Array(1..<places.rank), keepsAxes: false).reshaped([-1, 1])
    let outputs = [
      builder.rename(sums, to: sum.value),
      builder.rename(summed(wins * mask) / count, to: sum.shares),
    ]
    let inputs = [
      ValueInfoProto(sum.mask, type: .float, shape: places.maskShape),
      ValueInfoProto(sum.isWon, type: .float, shape: [1]),
    ]
    return (sum, builder.extending(model, inputs: inputs, outputs: outputs))
  }

  /// What to feed for a choice of places.
  func tensors(_ weights: [Float], onlyWon: Bool) -> [String: Tensor] {
    [
      mask: Tensor(shape: places.maskShape, floats: weights),
      isWon: Tensor(shape: [1], floats: [onlyWon ? 1 : 0]),
    ]
  }
}
