public import Diagnostics
public import Imaging
import ONNXFormat
import ONNXSession

/// Explains what a model decides about photos.
///
/// The first explanation writes the gradient after the model's graph and loads both into one
/// session; later ones run it.  An explainer never changes and may be used from several threads.
///
/// ```swift
/// let explainer = try Explainer(
///   Model(contentsOf: "resnet50.onnx"), preprocessing: .imageNet, labels: .imageNet)
/// let photo = try Image(contentsOf: "dog-and-cat.jpg")
/// let why = try explainer.explanation(of: photo)
/// try why.heatmap.overlaid(on: photo).write(to: "why.png", metadata: why.provenance)
/// ```
public struct Explainer: Sendable {
  /// The model explained.
  public let model: Model
  /// How photos become the model's numbers.
  public let preprocessing: Preprocessing
  /// The names of the model's classes.
  public let labels: Labels?
  /// How the model is run.
  public let options: ExplainerOptions

  let graphs = GraphCache()

  /// Prepares to explain a model; nothing is loaded yet.
  ///
  /// - Parameter preprocessing: what is customary for the model unless given.
  /// - Throws: ``DiagnosticError`` where the preprocessing does not fit the model.
  public init(
    _ model: Model, preprocessing: Preprocessing? = nil, labels: Labels? = nil,
    options: ExplainerOptions = ExplainerOptions()
  ) throws(DiagnosticError) {
    let preprocessing = preprocessing ?? model.customaryPreprocessing
    if let size = preprocessing.size {
      guard model.input.hasOpenSize || size == model.input.size else {
        throw .sizeContradictsModel(
          size, model.input.size, input: model.input.name, model: model.file.name)
      }
      self.model = try model.resized(to: size)
    } else {
      self.model = model
    }
    self.preprocessing = preprocessing
    self.labels = labels?.fitted(to: model.classCount)
    self.options = options
  }
}

// MARK: - Explaining a photo

extension Explainer {
  /// Explains one target at one layer.
  ///
  /// - Parameters:
  ///   - photo: any size; it is brought to the model's.
  ///   - target: the predicted class unless given.
  ///   - layer: a name as ``Model/layer(named:)`` takes; the default layer unless given.
  ///   - method: Grad-CAM unless given.
  ///   - evidence: what raises the target unless given.
  /// - Throws: ``DiagnosticError`` naming an unknown class, label or layer with the nearest ones,
  ///   an operator without gradient rule, or what the runtime reports.
  public func explanation(
    of photo: Image, for target: Target = .predicted, at layer: String? = nil,
    using method: Method = .gradCAM, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> Explanation {
    try explanations(of: photo, for: [target], at: layer, using: method, showing: evidence)[0]
  }

  /// Explains several targets at one layer with one forward pass.
  public func explanations(
    of photo: Image, for targets: [Target], at layer: String? = nil,
    using method: Method = .gradCAM, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> [Explanation] {
    let layers = [try model.layer(named: layer)]
    return try explanations(
      of: photo, for: targets, at: layers, fusedBy: nil, using: method, showing: evidence)
  }

  /// Explains one target at several layers, whose maps are fused.
  public func explanation(
    of photo: Image, for target: Target = .predicted, at layers: [String], fusedBy fusion: Fusion,
    using method: Method = .gradCAM, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> Explanation {
    var found: [Layer] = []
    for name in layers { found.append(try model.layer(named: name)) }
    return try explanations(
      of: photo, for: [target], at: found, fusedBy: fusion, using: method, showing: evidence)[0]
  }

  /// Explains several targets at several layers, whose maps are fused, with one forward pass.
  public func explanations(
    of photo: Image, for targets: [Target], at layers: [Layer], fusedBy fusion: Fusion?,
    using method: Method = .gradCAM, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> [Explanation] {
    try preprocessing.check(for: model.input)
    let start = ContinuousClock.now
    let prepared = preprocessing.applied(to: photo, for: model.input)
    let time = ContinuousClock.now - start
    return try explain(
      prepared, preprocessing: preprocessing.description, milliseconds: time.milliseconds,
      Question(
        targets: targets, layers: layers, fusion: fusion, method: method, evidence: evidence))
  }
}

// MARK: - Explaining numbers prepared elsewhere

extension Explainer {
  /// Explains several targets for an input used as it is.
  ///
  /// - Parameter input: one image in the model's layout, [C, H, W] or [1, C, H, W] (channels last
  ///   where the model has them last), already normalised.
  /// - Throws: ``DiagnosticError`` where the shape is not the model's or a number is not finite.
  public func explanations(
    of input: FloatTensor, for targets: [Target] = [.predicted], at layers: [Layer],
    fusedBy fusion: Fusion? = nil, using method: Method = .gradCAM,
    showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> [Explanation] {
    let prepared = try self.prepared(input)
    return try explain(
      prepared, preprocessing: "none (numbers used as they are)", milliseconds: 0,
      Question(
        targets: targets, layers: layers, fusion: fusion, method: method, evidence: evidence))
  }

  /// The activation at a layer and the gradient of a target with respect to it.
  ///
  /// - Parameter layer: a layer of the model; the input itself is the first of ``Model/layers``.
  /// - Returns: both in the model's own order without the batch: [C, H, W], [H, W, C] where it
  ///   has channels last, or [T, C] for tokens, those beside the grid included.
  public func gradient(
    of input: FloatTensor, for target: Target = .predicted, at layer: Layer
  ) throws(DiagnosticError) -> (activation: FloatTensor, gradient: FloatTensor) {
    let prepared = try self.prepared(input)
    return try gradient(of: prepared, for: target, at: layer)
  }

  /// The same for a photo.
  public func gradient(
    of photo: Image, for target: Target = .predicted, at layer: Layer
  ) throws(DiagnosticError) -> (activation: FloatTensor, gradient: FloatTensor) {
    try preprocessing.check(for: model.input)
    let prepared = preprocessing.applied(to: photo, for: model.input)
    return try gradient(of: prepared, for: target, at: layer)
  }

  /// Numbers used as they are, as one image.
  func prepared(_ input: FloatTensor) throws(DiagnosticError) -> PreparedPhoto {
    let wanted = model.input.imageShape
    guard input.shape == wanted || input.shape == [1] + wanted else {
      throw .wrongShape(input.shape, wanted: wanted, input: model.input, model: model.file.name)
    }
    if let index = input.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFiniteInput(input.values[index], at: index, shape: input.shape)
    }
    return PreparedPhoto(values: input.values, view: PhotoView(of: model.input.size))
  }
}

extension Duration {
  /// This duration in milliseconds.
  package var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
