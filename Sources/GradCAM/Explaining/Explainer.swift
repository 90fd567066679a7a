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
  public private(set) var options: ExplainerOptions

  private(set) var graphs: GraphCache
  /// Hears of the progress of methods of many passes.
  var progress: MethodProgress.Handler?

  /// Prepares to explain a model; nothing is loaded yet.
  ///
  /// - Parameters:
  ///   - model: what is explained; any number of explainers may share it.
  ///   - preprocessing: what is customary for the model unless given.
  ///   - labels: the classes' names; those stored in the model unless given.
  ///   - options: threads, engine and precision.
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
    graphs = GraphCache(capacity: self.model.graphCapacity)
    if let folder = options.graphFolder {
      self.model.hash.remember(in: HashMemo(folder: folder.path + "/hashes"))
    }
  }
}

extension Explainer {
  /// The same explainer on ONNX Runtime in float32.
  var inFloat32: Explainer {
    var result = self
    result.options.engine = .onnxRuntime
    result.options.precision = .float32
    result.graphs = graphs.compared
    result.progress = nil
    return result
  }
}

// MARK: - A photo's own size

extension Explainer {
  /// This explainer for the size of a photo, where the model leaves the size open; all of the photo
  /// is seen then.
  ///
  /// Sides are rounded to whole steps of the model's coarsest layer, so that no layer has a rest.
  /// The model's layers have other sizes then: look them up anew.
  /// - Throws: ``DiagnosticError`` where the model fixes another size.
  public func fitted(to photo: ImageSize) throws(DiagnosticError) -> Explainer {
    let step = model.coarsestStep
    let side = { (side: Int) in max(1, Int((Double(side) / Double(step)).rounded())) * step }
    var preprocessing = preprocessing
    preprocessing.size = ImageSize(width: side(photo.width), height: side(photo.height))
    preprocessing.geometry = .squash
    return try Explainer(model, preprocessing: preprocessing, labels: labels, options: options)
  }
}

// MARK: - Explaining a photo

extension Explainer {
  /// Explains one target at one layer.
  ///
  /// - Parameters:
  ///   - photo: any size; it is brought to the model's.
  ///   - target: the predicted class unless given.
  ///   - layer: a name as ``Model/layer(named:)`` takes; unless given the default layer, or the
  ///     input for methods without layers.
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
    let layers = try model.layers(named: layer.map { [$0] } ?? [], for: method)
    return try explanations(
      of: photo, for: targets, at: layers, fusedBy: nil, using: method, showing: evidence)
  }

  /// Explains one target at several layers, whose maps are fused.
  public func explanation(
    of photo: Image, for target: Target = .predicted, at layers: [String], fusedBy fusion: Fusion,
    using method: Method = .gradCAM, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> Explanation {
    return try explanations(
      of: photo, for: [target], at: model.layers(named: layers, for: method), fusedBy: fusion,
      using: method, showing: evidence)[0]
  }

  /// Explains several targets at several layers, whose maps are fused, with one forward pass.
  public func explanations(
    of photo: Image, for targets: [Target], at layers: [Layer], fusedBy fusion: Fusion?,
    using method: Method = .gradCAM, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> [Explanation] {
    try explanations(
      of: photo, for: targets, at: layers,
      options: ExplanationOptions(method: method, evidence: evidence, fusion: fusion))
  }

  /// Explains several targets at several layers, whose maps are fused, with one forward pass.
  ///
  /// - Throws: ``DiagnosticError`` as ``explanation(of:for:at:using:showing:)`` does.
  public func explanations(
    of photo: Image, for targets: [Target], at layers: [Layer], options: ExplanationOptions
  ) throws(DiagnosticError) -> [Explanation] {
    try preprocessing.check(for: model.input)
    let start = ContinuousClock.now
    let prepared = preprocessing.applied(to: photo, for: model.input)
    let time = ContinuousClock.now - start
    return try explain(
      prepared, preprocessing: preprocessing.description, milliseconds: time.milliseconds,
      Question(targets: targets, layers: layers, options: options))
  }
}

// MARK: - Explaining bands and volumes

extension Explainer {
  /// Explains several targets for a multispectral picture or a volume.
  ///
  /// - Parameters:
  ///   - raster: bands in the order of the model's channels; brought to the model's size straight,
  ///     the slices of a volume too.
  ///   - normalizing: whether the preprocessing's scale, means and deviations apply; its geometry
  ///     does not.
  ///   - targets: what is explained, with one forward pass.
  ///   - layers: whose maps are fused, if they are several.
  ///   - options: how the maps are made.
  /// - Throws: ``DiagnosticError`` where the bands are not the model's.
  public func explanations(
    of raster: Raster, normalizing: Bool = true, for targets: [Target] = [.predicted],
    at layers: [Layer], options: ExplanationOptions = ExplanationOptions()
  ) throws(DiagnosticError) -> [Explanation] {
    let start = ContinuousClock.now
    let numbers = normalizing ? preprocessing : .raw
    let prepared = try numbers.applied(to: raster, for: model.input)
    let time = ContinuousClock.now - start
    return try explain(
      prepared,
      preprocessing: normalizing ? numbers.description : "none (numbers used as they are)",
      milliseconds: time.milliseconds,
      Question(targets: targets, layers: layers, options: options))
  }

  /// The activation at a layer and the gradient of a target with respect to it.
  public func gradient(
    of raster: Raster, normalizing: Bool = true, for target: Target = .predicted, at layer: Layer
  ) throws(DiagnosticError) -> (activation: FloatTensor, gradient: FloatTensor) {
    let numbers = normalizing ? preprocessing : .raw
    return try gradient(
      of: numbers.applied(to: raster, for: model.input), for: target, at: layer)
  }
}

// MARK: - Explaining numbers prepared elsewhere

extension Explainer {
  /// Explains several targets for an input used as it is.
  ///
  /// - Parameters:
  ///   - input: one image in the model's layout, [C, H, W] or [1, C, H, W] (channels last where the
  ///     model has them last), already normalised.
  ///   - targets: what is explained, with one forward pass.
  ///   - layers: whose maps are fused, if they are several.
  ///   - fusion: how; unless given as the preset does.
  ///   - method: Grad-CAM unless given.
  ///   - evidence: what raises the target unless given.
  /// - Throws: ``DiagnosticError`` where the shape is not the model's or a number is not finite.
  public func explanations(
    of input: FloatTensor, for targets: [Target] = [.predicted], at layers: [Layer],
    fusedBy fusion: Fusion? = nil, using method: Method = .gradCAM,
    showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> [Explanation] {
    try explanations(
      of: input, for: targets, at: layers,
      options: ExplanationOptions(method: method, evidence: evidence, fusion: fusion))
  }

  /// The same with all options.
  public func explanations(
    of input: FloatTensor, for targets: [Target] = [.predicted], at layers: [Layer],
    options: ExplanationOptions
  ) throws(DiagnosticError) -> [Explanation] {
    let prepared = try self.prepared(input)
    return try explain(
      prepared, preprocessing: "none (numbers used as they are)", milliseconds: 0,
      Question(targets: targets, layers: layers, options: options))
  }

  /// The activation at a layer and the gradient of a target with respect to it.
  ///
  /// - Parameters:
  ///   - input: one image in the model's layout, already normalised.
  ///   - target: the predicted class's logit unless given.
  ///   - layer: a layer of the model; the input itself is the first of ``Model/layers``.
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
    if let index = input.values.firstNotFinite {
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
