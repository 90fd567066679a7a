/// What stands for a photo that is not there.
struct AbsentInput {
  private let photo: PreparedPhoto
  private let explainer: Explainer
  private var model: Model { explainer.model }
  private var inputCount: Int { photo.values.count }

  /// What stands for a photo as an explainer's model takes it.
  init(_ photo: PreparedPhoto, of explainer: Explainer) {
    (self.photo, self.explainer) = (photo, explainer)
  }

  /// One image in the model's layout; nil where all numbers are zero.
  func values(_ baseline: MethodParameters.Baseline) -> [Float]? {
    let input = model.input
    let places = max(1, inputCount / input.channels)
    switch baseline {
    case .zero: return nil
    case .black: return even((0..<input.channels).map { level(0, channel: $0) })
    case .white: return even((0..<input.channels).map { level(255, channel: $0) })
    case .mean:
      var sums = [Double](repeating: 0, count: input.channels)
      for (index, value) in photo.values.enumerated() {
        sums[channel(of: index, places: places)] += Double(value)
      }
      return even(sums.map { Float($0 / Double(places)) })
    case .blur: return blurred(photo.values)
    }
  }

  /// What the preprocessing makes of a pixel's value.
  private func level(_ pixel: Float, channel: Int) -> Float {
    let preprocessing = explainer.preprocessing
    // Numbers from elsewhere may have more channels than the preprocessing knows.
    let known = [preprocessing.mean.count, preprocessing.std.count].allSatisfy {
      $0 == model.input.channels || $0 == 1 || model.input.channels == 1
    }
    guard known else { return pixel * preprocessing.scale }
    let (factor, offset) = preprocessing.coefficients(channel, of: model.input.channels)
    return (pixel * factor - offset.mean) / offset.std
  }

  private func channel(of index: Int, places: Int) -> Int {
    model.input.layout == .nchw ? index / places : index % model.input.channels
  }

  private func even(_ levels: [Float]) -> [Float] {
    let places = max(1, inputCount / levels.count)
    return (0..<inputCount).map { levels[channel(of: $0, places: places)] }
  }

  /// The image blurred along rows and columns: three running means of a twelfth of the shorter
  /// side each way, close to a Gaussian of as wide a deviation.
  private func blurred(_ values: [Float]) -> [Float] {
    let size = model.input.size
    let reach = max(1, min(size.width, size.height) / 12)
    let across = model.input.layout == .nchw ? 1 : model.input.channels
    var values = values
    for _ in 0..<3 {
      values = Self.averaged(values, side: size.width, step: across, reach: reach)
      values = Self.averaged(values, side: size.height, step: across * size.width, reach: reach)
    }
    return values
  }

  /// Each number replaced by the mean of those as near along an axis, the border repeated.
  private static func averaged(_ values: [Float], side: Int, step: Int, reach: Int) -> [Float] {
    var result = values
    let count = Double(2 * reach + 1)
    values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { result in
        for outer in stride(from: 0, to: values.count, by: side * step) {
          for start in outer..<outer + step {
            let at = { (place: Int) in
              Double(values[start + min(max(place, 0), side - 1) * step])
            }
            var sum = (-reach...reach).reduce(0) { $0 + at($1) }
            for place in 0..<side {
              result[start + place * step] = Float(sum / count)
              sum += at(place + reach + 1) - at(place - reach)
            }
          }
        }
      }
    }
    return result
  }
}
