public import Diagnostics
public import Imaging
import ONNXFormat
import ONNXSession

extension Explainer {
  /// This explainer with another model of the same input, such as one with randomised weights.
  ///
  /// - Throws: ``DiagnosticError`` where the preprocessing does not fit that model.
  public func explaining(_ model: Model) throws(DiagnosticError) -> Explainer {
    try Explainer(model, preprocessing: preprocessing, labels: labels, options: options)
  }

  /// This explainer run by so many threads, with nothing loaded yet.
  public func running(threads: Int?) throws(DiagnosticError) -> Explainer {
    var options = options
    options.threads = threads
    return try Explainer(model, preprocessing: preprocessing, labels: labels, options: options)
  }

  /// The logits that the model gives without anything written after it, to compare with
  /// ``Explanation/logits``; nil where the output has classes at several places.
  public func plainLogits(of photo: Image) throws(DiagnosticError) -> [Float]? {
    guard model.placeSum == nil else { return nil }
    let values = try prepared(photo).values
    var proto = model.file.proto
    proto.addOutput(model.logits.value)
    let session = try Session(model.file.replacingProto(proto), options: settings)
    let results = try session.run([model.input.name: image(values)], outputs: [model.logits.value])
    return Array(results[0].floats.prefix(model.classCount))
  }

  /// How alike the maps of noisy copies of a photo are to an explanation of it.
  ///
  /// - Parameters:
  ///   - explanation: of this photo, by this explainer.
  ///   - photo: the photo that was explained.
  ///   - level: the standard deviation of the noise, as a share of the photo's range.
  ///   - copies: how many; each draws from the seed on.
  ///   - seed: what the noise starts from.
  /// - Throws: ``DiagnosticError`` where the model takes integers.
  public func similarities(
    to explanation: Explanation, ofNoisy photo: Image, level: Float, copies: Int, seed: UInt32 = 0
  ) throws(DiagnosticError) -> [MapSimilarity] {
    guard model.input.elementType.isFloatingPoint else { throw .stabilityNeedsFloats(model) }
    let photo = try prepared(photo)
    var draws = SeededDraws(seed: seed)
    var found: [MapSimilarity] = []
    for _ in 0..<copies {
      let values = photo.noisyValues(level * photo.range, &draws)
      let map = try heatmap(
        like: explanation, of: PreparedPhoto(values: values, view: photo.view))
      found.append(MapSimilarity(explanation.heatmap, map))
    }
    return found
  }
}
