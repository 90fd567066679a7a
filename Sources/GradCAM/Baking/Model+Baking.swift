public import Diagnostics
import ONNXFormat
import ONNXSession

extension Model {
  /// This model with a heatmap as one more output, so that whatever runs ONNX explains.
  ///
  /// The model's own nodes, weights and outputs stay as they are; the nodes that are added are of
  /// the standard operator set in the model's own version.  An open batch stays open; an image size
  /// that the model leaves open becomes the one it was read for.  Heatmaps follow the preset
  /// ``Preset/paper``.
  ///
  /// ```swift
  /// let model = try Model(contentsOf: "resnet50.onnx")
  /// try model.baking(.gradCAM, for: .predicted, at: ["layer4"]).write(to: "resnet50-gradcam.onnx")
  /// ```
  ///
  /// - Parameters:
  ///   - method: one whose ``Method/canBeBaked`` is true; Grad-CAM unless given.
  ///   - target: the predicted class unless given.
  ///   - layers: names as ``layer(named:)`` takes; the default layer unless given.  The maps of
  ///     several are joined.
  ///   - options: what the new output holds and where the weights go; a heatmap as large as the
  ///     layer, scaled to 0 through 1, unless given.
  ///   - labels: the names of classes, where targets use them; the model's own unless given.
  /// - Throws: ``DiagnosticError`` as ``Explainer/explanation(of:for:at:using:showing:)`` does, and
  ///   for a method that takes several runs.
  public func baking(
    _ method: Method = .gradCAM, for target: BakedTarget = .predicted, at layers: [String] = [],
    options: BakingOptions = BakingOptions(), labels: Labels? = nil
  ) throws(DiagnosticError) -> BakedModel {
    guard method.canBeBaked else { throw .notBakeable(method) }
    guard !isWidened else { throw .bakedBrainFloats(self) }
    let layers = try self.layers(named: layers, for: method)
    if options.values == .raw, layers.count > 1, method.fusion == nil {
      throw .rawOfSeveralLayers(count: layers.count)
    }
    if target == .input, !method.usesGradient { throw .noTargetInMethod(method) }
    let explainer = try Explainer(self, preprocessing: .raw, labels: labels ?? self.labels)
    let targets: [Target] = if case .fixed(let list) = target.choice { list } else { [.predicted] }
    let explaining = ExplanationOptions(
      method: method, evidence: options.evidence, fusion: options.fusion)
    try explainer.check(
      Explainer.Question(targets: targets, layers: layers, options: explaining))
    guard Set(targets.map(\.places)).count == 1 else { throw .severalPlacesBaked }
    let resolved = try explainer.resolved(targets)
    var places: [String: TensorProto] = [:]
    for (name, tensor) in try placeInputs(
      for: targets[0].places, seen: PhotoView(of: input.size))
    {
      places[name] = TensorProto(name, shape: tensor.shape, floats: tensor.floats)
    }
    let graph = BakedGraph(
      model: self, method: method, target: target, targets: resolved, layers: layers,
      options: options, places: places)
    let written = try graph.written()
    return try BakedModel(
      written, of: explainer, method: method, target: target, targets: targets, layers: layers,
      options: options)
  }
}
