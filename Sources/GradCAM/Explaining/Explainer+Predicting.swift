public import Diagnostics
public import Imaging
import ONNXFormat
import ONNXSession

extension Explainer {
  /// The probabilities of all classes, by the model as it is, without an explanation.
  ///
  /// None where the output is a number; where it has classes at several places, the share of them
  /// at which each class wins.
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

  /// What the model sees of a photo of a size.
  public func view(of photo: ImageSize) -> PhotoView {
    preprocessing.view(of: photo, for: model.input.size)
  }

  /// Runs the model as it is on images one after another, for what inference alone takes.
  ///
  /// - Parameter images: numbers used as they are, `count` images of the model's shape.
  package func run(images: [Float], count: Int) throws(DiagnosticError) {
    _ = try plainSession().run(
      [model.input.name: tensor(images, count: count)], outputs: [model.plainOutput])
  }

  /// The model as it is, loaded.
  private func plainSession() throws(DiagnosticError) -> Session {
    try graphs.graph(for: .plain) { () throws(DiagnosticError) in
      try model.session(of: model.file.giving(model.plainOutput), options: settings)
    }
  }

  private func probabilities(_ values: [Float]) throws(DiagnosticError) -> [Float] {
    let output = model.plainOutput
    let session = try plainSession()
    var inputs = [model.input.name: image(values)]
    if let sum = model.placeSum {
      guard sum.places.ranksByShare else { throw .positionNeeded(model) }
      let count = sum.places.sides.reduce(1, *)
      inputs.merge(sum.tensors(Array(repeating: 1, count: count), onlyWon: false)) { $1 }
    }
    let results = try session.run(inputs, outputs: [output])[0].floats
    let first = Array(results.prefix(results.count / max(model.input.fixedBatch ?? 1, 1)))
    if model.placeSum != nil { return first }
    return output == model.outputName
      ? model.activation.probabilities(ofOutput: first)
      : model.activation.probabilities(of: first)
  }
}

extension Model {
  /// What a plain run reads: the output itself, unless it is a class alone or no tensor.
  fileprivate var plainOutput: String {
    if let placeSum { return placeSum.shares }
    let node = graph.producer(of: outputName)
    let isTensor = node?.opType != "ZipMap"
    return isTensor && graph.elementType(of: outputName).isFloatingPoint
      ? outputName : logits.value
  }
}

extension ModelFile {
  /// The file with a value of its graph among the outputs.
  fileprivate func giving(_ value: String) -> ModelFile {
    var proto = proto
    proto.addOutput(value)
    return replacingProto(proto)
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
