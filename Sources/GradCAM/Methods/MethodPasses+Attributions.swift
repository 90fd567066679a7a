import Diagnostics
import ONNXGradient
import ONNXGraph
import ONNXSession

/// How the values of a place's channels become one.
enum ChannelReduction {
  /// Σ_c M_c: parts of the target's value add up.
  case sum
  /// max_c |M_c|: how strong, where signs mean colours rather than evidence.
  case largest
}

extension ChannelReduction {
  /// The map [N, H, W] of values [N, C, H, W], as nodes of a baked model.
  func map(of values: Term) -> Term {
    switch self {
    case .sum: values.sum([1], keepsAxes: false)
    case .largest: values.magnitude.maximum([1]).squeezed([1])
    }
  }
}

extension MethodPasses {
  /// The gradient at the input that the first run gave, target by target.
  var inputGradients: [[Float]] {
    guard let all = first.inputGradients.first?.floats else { return [] }
    return targets.indices.map { Array(all[$0 * inputCount..<($0 + 1) * inputCount]) }
  }

  /// A result of values in the input's order, with the map that is shown.
  func result(
    _ attribution: [Float], shown reduction: ChannelReduction,
    measures: [(name: String, value: Double)] = [], notes: [String] = []
  ) -> MethodResult {
    MethodResult(
      maps: [map(of: attribution, shown: reduction)],
      attribution: FloatTensor(shape: model.input.imageShape, values: attribution),
      measures: measures, notes: notes)
  }

  /// The map of values in the input's order.
  private func map(of values: [Float], shown reduction: ChannelReduction) -> RawMap {
    let input = model.input
    let count = inputCount / input.channels
    // How far apart a place's channels are, and the places of a channel.
    let (channel, place) = input.layout == .nchw ? (count, 1) : (1, input.channels)
    let shown = (0..<count).map { index -> Float in
      var result: Float = 0
      for at in stride(from: index * place, to: values.count, by: channel)
        .prefix(input.channels)
      {
        result = reduction == .sum ? result + values[at] : max(result, abs(values[at]))
      }
      return result
    }
    return RawMap(
      width: input.size.width, height: input.size.height, depth: input.depth, values: shown)
  }

  /// What to say where Guided backpropagation and Deconvnet find nothing to treat.
  var notesOfRectifiers: [String] {
    let found = Gradient(writingTo: GraphBuilder(after: model.graph))
      .rectifiers(from: [model.input.name], to: model.logits.source)
    guard found.isEmpty else { return [] }
    return [
      "the model has no ReLU or alike between image and logits, so \(method.title) is the plain "
        + "gradient"
    ]
  }
}
