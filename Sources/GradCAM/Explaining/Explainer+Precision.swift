import Diagnostics
import ONNXSession

extension Explainer {
  /// How each target's map agrees with the one that ONNX Runtime gives in float32.
  ///
  /// - Returns: a number for each target where that is asked for; one that is not defined, because
  ///   a map is even, is left out.
  func agreement(
    _ original: [MethodResult], of photo: PreparedPhoto, targets: [ResolvedTarget],
    _ places: [String: Tensor], _ question: Question
  ) throws(DiagnosticError) -> [[(name: String, value: Double)]] {
    guard question.options.comparesPrecision else { return original.map { _ in [] } }
    let exact = try inFloat32.results(photo, targets, places, question)
    return zip(original, exact).map { original, exact in
      let (values, others) = (original.signedValues, exact.signedValues)
      let found = values == others ? 1 : MapStatistics.correlation(values, others)
      return found.map { [(Explanation.Measure.precisionAgreement, $0)] } ?? []
    }
  }
}

extension MethodResult {
  /// The values for each number of the input, or else the signed maps of all layers.
  fileprivate var signedValues: [Double] {
    (attribution?.values ?? maps.flatMap(\.values)).map(Double.init)
  }
}

extension Explanation.Measure {
  /// The name of the correlation with the map in float32.
  static let precisionAgreement = "correlation with float32"
}
