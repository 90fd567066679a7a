public import Diagnostics
public import Imaging
import ONNXFormat
import ONNXSession

extension Explainer {
  /// The probabilities of all classes, by the model as it is, without an explanation.
  ///
  /// - Throws: ``DiagnosticError`` where the preprocessing does not fit or the runtime fails.
  public func probabilities(of photo: Image) throws(DiagnosticError) -> [Float] {
    try preprocessing.check(for: model.input)
    return try probabilities(preprocessing.applied(to: photo, for: model.input).values)
  }

  /// The same for one image of numbers used as they are.
  public func probabilities(of input: FloatTensor) throws(DiagnosticError) -> [Float] {
    try probabilities(prepared(input).values)
  }

  private func probabilities(_ values: [Float]) throws(DiagnosticError) -> [Float] {
    let session = try graphs.plainSession { () throws(DiagnosticError) in
      try Session(model.file, options: settings)
    }
    let results = try session.run([model.input.name: image(values)], outputs: [model.logits.output])
    return model.activation.probabilities(ofOutput: results[0].floats)
  }
}

extension OutputActivation {
  /// The probabilities, where the model gives them or their logarithms or the logits.
  fileprivate func probabilities(ofOutput values: [Float]) -> [Float] {
    switch name {
    case "none": probabilities(of: values)
    case "logSoftmax": values.map(exponential)
    default: values
    }
  }
}
