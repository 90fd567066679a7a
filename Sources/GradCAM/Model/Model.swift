public import Diagnostics
import ONNXFormat
import ONNXGraph

/// An image classifier read from an ONNX file, as it is deployed.
///
/// Reading a model looks at its graph only; weights stay in their file until a session runs
/// them.  A model is a value, never changes, and may be shared between threads.
///
/// ```swift
/// let model = try Model(contentsOf: "resnet50.onnx")
/// for layer in model.layers { print(layer.name, layer.shape) }
/// ```
public struct Model: Sendable {
  /// The file's path as given.
  public let path: String

  /// The image the model takes.
  public let input: ModelInput

  /// The spatial layers from the input to the logits, in order.
  ///
  /// Shapes are those of one image; a model that leaves height and width open is taken at the
  /// size it was read for.
  public let layers: [Layer]

  /// The layer explained when none is named: the last feature map that every path from the
  /// input to the logits passes; nil where the model has none.
  public let defaultLayer: Layer?

  /// Number of classes: the elements of one image's logits.
  public let classCount: Int

  /// How the logits become probabilities.
  public let activation: OutputActivation

  /// Number of the standard operator set that the model is written in.
  public let opset: Int

  let file: ModelFile
  let graph: Graph
  let logits: Logits
  let layerList: LayerList
  let hash: LazyHash

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - path: an `.onnx` file; external weight files lie beside it.
  ///   - size: the image size to assume where the model leaves it open; 224 × 224 unless given.
  ///   - output: the name of the output to explain; the first that depends on the image unless
  ///     given.
  ///   - layout: where the channels stand, for a model whose input leaves that open; channels
  ///     first unless given.
  /// - Throws: ``DiagnosticError`` where the file is no readable ONNX model, takes no image, or
  ///   gives no logits that depend on it.
  public init(
    contentsOf path: String, size: ImageSize? = nil, output: String? = nil,
    layout: ModelInput.Layout? = nil
  ) throws(DiagnosticError) {
    try self.init(ModelFile(contentsOf: path), size: size, output: output, layout: layout)
  }

  init(
    _ file: ModelFile, size: ImageSize? = nil, output: String? = nil,
    layout: ModelInput.Layout? = nil, hash: LazyHash = LazyHash()
  ) throws(DiagnosticError) {
    let input = try ModelInput(of: file, assuming: size, layout: layout)
    let graph = Graph(file.proto, inputShapes: [input.name: input.sides])
    let (logits, path) = try Self.logits(named: output, in: graph, input: input, file: file)
    // A value for each pixel is no list of classes, though their number is known too.
    guard let classCount = logits.classCount, classCount > 0, logits.isList else {
      throw .noClasses(logits.output, shape: logits.shape, model: file.name)
    }
    self.path = file.path
    self.input = input
    self.file = file
    self.graph = graph
    self.hash = hash
    self.logits = logits
    self.classCount = classCount
    opset = graph.opset
    activation = OutputActivation(logits.tail)
    layerList = LayerList(of: graph, on: path, input: input.name)
    layers = layerList.layers.map(Layer.init)
    defaultLayer = layerList.defaultIndex.map { [layers] in layers[$0] }
  }

  /// The same model read for another image size, where it leaves the size open.
  func resized(to size: ImageSize) throws(DiagnosticError) -> Model {
    guard input.hasOpenSize, size != input.size else { return self }
    return try Model(
      file, size: size, output: logits.output, layout: input.layout, hash: hash)
  }

  /// The logits behind the output named, or behind the first output the image reaches.
  private static func logits(
    named name: String?, in graph: Graph, input: ModelInput, file: ModelFile
  ) throws(DiagnosticError) -> (Logits, FloatPath) {
    let names = graph.outputs.map(\.name)
    if let name, !names.contains(name) { throw .noOutput(name, names, model: file.name) }
    for output in name.map({ [$0] }) ?? names
    where graph.elementType(of: output).isFloatingPoint {
      let logits = Logits(behind: output, in: graph)
      let path = FloatPath(in: graph, from: input.name, to: logits.value)
      if !path.isEmpty { return (logits, path) }
    }
    throw .nothingDependsOnInput(input.name, outputs: names, model: file.name)
  }
}

// MARK: - Layers by name

extension Model {
  /// The layer that a name means, or the default layer for nil.
  ///
  /// - Parameter name: a module path (`layer4`, `layer4.2`, `layer4[-1]`), a node's name, a
  ///   value's name, or `input` for the image itself.  Case counts.
  /// - Throws: ``DiagnosticError`` with the names nearest to an unknown one.
  public func layer(named name: String?) throws(DiagnosticError) -> Layer {
    guard let name else {
      guard let defaultLayer else { throw .noSpatialLayer(model: file.name) }
      return defaultLayer
    }
    switch layerList.find(name) {
    case .layer(let index): return layers[index]
    case .notSpatial: throw .notSpatial(name, model: file.name, default: defaultLayer?.name)
    case .several: throw .severalLayers(name, model: file.name)
    case .unknown: throw .noLayer(name, in: layerList, model: file.name)
    }
  }
}

/// What stands between a model's logits and its output.
public struct OutputActivation: Hashable, Sendable {
  /// The name in reports: `none`, `softmax`, `logSoftmax` or `sigmoid`.
  public let name: String

  /// Whether each class stands for itself, so that several may hold at once.
  public var isMultiLabel: Bool { name == "sigmoid" }

  init(_ tail: Logits.Tail) { name = tail.rawValue }

  /// The probabilities of logits: their sigmoid for a multi-label model, else their softmax.
  func probabilities(of logits: [Float]) -> [Float] {
    if isMultiLabel { return logits.map { 1 / (1 + exponential(-$0)) } }
    guard let highest = logits.max() else { return [] }
    let powers = logits.map { exponential($0 - highest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
