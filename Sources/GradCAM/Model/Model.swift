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

  /// What the output is of one image.
  public let outputKind: OutputKind

  /// The output that is explained.
  public let outputName: String

  /// The value that holds the logits: the output, or what stands before its activation.
  public let logitsName: String

  /// Number of the standard operator set that the model is written in.
  public let opset: Int

  /// The file with what is fed stored in it.
  let file: ModelFile
  /// The file as it is.
  let original: ModelFile
  /// Whether anything of the file is in bfloat16, which is widened.
  let isWidened: Bool
  let reading: Reading
  let graph: Graph
  /// The list of logits, which for an output of several places is a sum over them.
  let logits: Logits
  let placeSum: PlaceSum?
  let layerList: LayerList
  let hash: LazyHash

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - path: an `.onnx` file; external weight files lie beside it.
  ///   - size: the image size to assume where the model leaves it open; 224 × 224 unless given.
  ///   - depth: the number of slices to assume where a model of volumes leaves it open; 16 unless
  ///     given.
  ///   - output: the name of the output to explain; the first that depends on the image unless
  ///     given.
  ///   - layout: where the channels stand, for a model whose input leaves that open; channels
  ///     first unless given.
  ///   - image: the name of the input that takes the image, where several could.
  ///   - inputs: what the other inputs are fed, by their names.  An input whose value the file
  ///     stores keeps it unless fed.
  ///   - tokens: the grid of a transformer's tokens, where the graph does not tell it.
  /// - Throws: ``DiagnosticError`` where the file is no readable ONNX model, takes no image or
  ///   more than is fed, or gives no logits that depend on it.
  public init(
    contentsOf path: String, size: ImageSize? = nil, depth: Int? = nil, output: String? = nil,
    layout: ModelInput.Layout? = nil, image: String? = nil, inputs: [String: InputValue] = [:],
    tokens: TokenGrid? = nil
  ) throws(DiagnosticError) {
    try self.init(
      ModelFile(contentsOf: path),
      reading: Reading(
        output: output, layout: layout, image: image, inputs: inputs, tokens: tokens,
        depth: depth), size: size)
  }

  /// How a model's file is read.
  struct Reading: Sendable {
    var output: String?
    var layout: ModelInput.Layout?
    var image: String?
    var inputs: [String: InputValue] = [:]
    var tokens: TokenGrid?
    var depth: Int?
  }

  init(
    _ original: ModelFile, reading: Reading = Reading(), size: ImageSize? = nil,
    hash: LazyHash = LazyHash()
  ) throws(DiagnosticError) {
    var file = try original.prepared().feeding(reading.inputs)
    let input = try ModelInput(
      of: file, named: reading.image, assuming: size, depth: reading.depth,
      layout: reading.layout)
    file.proto.addOutput(reading.output)
    file = file.foldingBranches(inputShapes: [input.name: input.sides])
    var graph = input.graph(of: file.proto)
    let (found, path) = try Self.logits(named: reading.output, in: graph, input: input, file: file)
    if let tokens = reading.tokens {
      graph = try tokens.laidOut(graph, path, picture: input.size, model: file.name)
    }
    // What is written after the model's own nodes makes no layers.
    layerList = LayerList(of: graph, on: path, input: input.name)
    var logits = found
    if let count = logits.listCount(batch: input.fixedBatch) {
      (placeSum, classCount) = (nil, count)
      outputKind =
        logits.tail == .sigmoid ? .labels : count == 1 && logits.tail == .none ? .value : .classes
    } else {
      guard !graph.hasSuppression(before: logits.value) else {
        throw .detector(logits.output, shape: logits.shape, in: graph, model: file.name)
      }
      let arrangement = graph.facts[logits.value]?.arrangement
      guard let places = OutputPlaces(of: logits, arrangement: arrangement) else {
        throw .noClasses(logits.output, shape: logits.shape, in: graph, model: file.name)
      }
      let (sum, proto) = PlaceSum.written(
        after: logits, places: places, in: graph, to: file.proto)
      file.proto = proto
      graph = input.graph(of: file.proto)
      logits = Logits(behind: sum.value, in: graph)
      (placeSum, classCount, outputKind) = (sum, places.classCount, places.kind)
    }
    self.path = file.path
    self.input = input
    self.file = file
    self.original = original
    isWidened = original.holdsBrainFloats
    self.reading = reading
    self.graph = graph
    self.hash = hash
    self.logits = logits
    outputName = found.output
    logitsName = found.value
    opset = graph.opset
    activation = OutputActivation(found.tail, kind: outputKind)
    layers = layerList.layers.map(Layer.init)
    let last = layerList.defaultIndex
    let index = placeSum == nil ? last : layers.beforeClasses(classCount, to: last)
    defaultLayer = index.map { [layers] in layers[$0] }
  }

  /// What the file says the model takes, in its order.
  public var declaredInputs: [ModelValue] {
    let stored = Set(original.proto.graph.initializer.map(\.name))
    return original.proto.graph.input.map {
      ModelValue($0, hasDefault: stored.contains($0.name))
    }
  }

  /// What the file says the model gives, in its order.
  public var declaredOutputs: [ModelValue] {
    original.proto.graph.output.map { ModelValue($0) }
  }

  /// The names of the inputs that are fed beside the image.
  public var fedInputs: [String] { reading.inputs.keys.sorted() }

  /// The same model read for another image size, where it leaves the size open.
  func resized(to size: ImageSize) throws(DiagnosticError) -> Model {
    guard input.hasOpenSize, size != input.size else { return self }
    var reading = reading
    (reading.output, reading.layout) = (outputName, input.layout)
    return try Model(original, reading: reading, size: size, hash: hash)
  }

  /// The logits behind the output named, or behind the first output the image reaches.
  ///
  /// Outputs of floats come before those of integers, behind which an ArgMax may stand, and lists
  /// of classes before all others.
  private static func logits(
    named name: String?, in graph: Graph, input: ModelInput, file: ModelFile
  ) throws(DiagnosticError) -> (Logits, FloatPath) {
    let names = graph.outputs.map(\.name)
    if let name, !names.contains(name) { throw .noOutput(name, names, model: file.name) }
    let all = (name.map { [$0] } ?? names).map { Logits(behind: $0, in: graph) }
    let floats = all.filter { graph.elementType(of: $0.output).isFloatingPoint }
    let reached = (floats + all.filter { !floats.contains($0) }).lazy
      .filter { graph.elementType(of: $0.value).isFloatingPoint }
      .map { ($0, FloatPath(in: graph, from: input.name, to: $0.value)) }
      .filter { !$0.1.isEmpty }
    let list = reached.first { $0.0.listCount(batch: input.fixedBatch) != nil }
    guard let found = list ?? reached.first else {
      if let output = all.first(where: { graph.hasSuppression(before: $0.output) }) {
        throw .detector(output.output, shape: output.shape, in: graph, model: file.name)
      }
      throw .nothingDependsOnInput(input.name, outputs: names, model: file.name)
    }
    return found
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

  /// The layers at which a method explains: those named, each once; where none is, the default
  /// layer, or the input for a method without layers.  A method that joins layers by itself, as
  /// RefineCAM does, looks at the last layer of each resolution that every path passes, up to the
  /// default layer.
  ///
  /// - Throws: ``DiagnosticError`` for an unknown name, or a layer where the method has none.
  public func layers(
    named names: [String] = [], for method: Method
  ) throws(DiagnosticError) -> [Layer] {
    guard !names.isEmpty else {
      // Bytes are no layer: the first is what is made of them.
      if method.scope == .photo, let first = layers.first { return [first] }
      if !method.usesLayer, input.takesBytes { throw .noGradientOfBytes(method, self) }
      if method.fusion != nil { return try lastLayersOfResolutions() }
      return [try layer(named: method.usesLayer ? nil : "input")]
    }
    var layers: [Layer] = []
    for name in names {
      let layer = try layer(named: name)
      if !method.usesLayer, layer.valueName != input.name { throw .noLayerInMethod(method, layer) }
      if !layers.contains(layer) { layers.append(layer) }
    }
    return layers
  }
}
