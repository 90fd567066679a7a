extension MethodPasses {
  /// The numbers that stand for an absent input, one image in the model's layout; nil where they
  /// are all zero.
  func baseline(_ baseline: MethodParameters.Baseline) -> [Float]? {
    AbsentInput(photo, of: explainer).values(baseline)
  }
}

extension MethodPasses {
  /// A map over the image's rows and columns as a result: the map, and its value for each number
  /// of the input.
  func result(_ map: [Float], measures: [(name: String, value: Double)] = []) -> MethodResult {
    let size = model.input.size
    let isFirst = model.input.layout == .nchw
    let inner = isFirst ? 1 : model.input.channels
    let values = (0..<inputCount).map { map[$0 / inner % map.count] }
    return MethodResult(
      maps: [RawMap(width: size.width, height: size.height, values: map)],
      attribution: FloatTensor(shape: model.input.imageShape, values: values), measures: measures)
  }
}
