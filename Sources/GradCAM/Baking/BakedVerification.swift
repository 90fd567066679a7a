import Diagnostics
import Imaging
import ONNXFormat
import ONNXGraph
import ONNXSession

/// Verifies a baked model's file: by ONNX's rules, beside the plain model, and beside the library.
struct BakedVerification {
  /// How far a heatmap may be from the library's: both compute the same in float32.
  static let tolerance: Float = 1e-5

  private let baked: BakedModel
  private let file: ModelFile
  private var model: Model { baked.model }

  /// - Parameter file: the file as it was read back.
  init(_ baked: BakedModel, _ file: ModelFile) { (self.baked, self.file) = (baked, file) }

  /// Verifies it.
  func check() throws(DiagnosticError) -> BakedCheck {
    if let fault = file.proto.firstFault { throw .bakedBroken(model, fault) }
    try checkShape()
    let images = try images()
    let (difference, names, isIdentical) = try compareOutputs(images)
    var largest: Float = 0
    for image in images { largest = max(largest, try compareHeatmap(image)) }
    return BakedCheck(
      batches: images.map(\.count), outputs: names, isIdentical: isIdentical,
      outputDifference: difference, heatmapDifference: largest)
  }

  /// The shape that follows from the nodes is the one declared, as far as it can be told.
  private func checkShape() throws(DiagnosticError) {
    let graph = Graph(file.proto)
    guard let shape = graph.shape(of: baked.outputName), shape.count == baked.sides.count + 1 else {
      return
    }
    for (side, declared) in zip(shape.dropFirst(), baked.sides) {
      if let side = side.value, side != declared {
        throw .bakedBroken(
          model, "its heatmap has \(side) where it declares \(declared)")
      }
    }
  }

  // MARK: - Test images

  /// Images fed at once.
  private struct Images {
    let count: Int
    let values: [Float]
    let tensor: Tensor
  }

  /// One image and three, or as many as the model fixes, of seeded draws.
  private func images() throws(DiagnosticError) -> [Images] {
    var draws = SeededDraws(seed: 17)
    let size = model.input.imageShape.reduce(1, *)
    return (model.input.fixedBatch.map { [$0] } ?? [1, 3]).map { count in
      let values = (0..<count * size).map { _ in
        model.input.takesBytes ? Float(Int(draws.uniform() * 256)) : Float(draws.normal())
      }
      return Images(
        count: count, values: values, tensor: baked.explainer.tensor(values, count: count))
    }
  }

  // MARK: - The model's own outputs

  /// The plain model, with what was fed.
  private func plain() throws(DiagnosticError) -> ModelFile {
    var file = try model.original.feeding(model.reading.inputs)
    file.proto.addOutput(model.outputName)
    return file
  }

  /// Compares the model's own outputs: as the runtime runs them, and where these differ as they are
  /// written, without the runtime's fusions.
  private func compareOutputs(
    _ images: [Images]
  ) throws(DiagnosticError) -> (Float, [String], Bool) {
    var settings = baked.explainer.settings
    let (difference, names) = try differences(images, settings)
    if difference == 0 { return (0, names, true) }
    settings.optimizationLevel = .none
    let (rest, _) = try differences(images, settings)
    guard rest == 0 else { throw .bakedOutputsDiffer(model, by: rest) }
    return (difference, names, false)
  }

  private func differences(
    _ images: [Images], _ settings: SessionOptions
  ) throws(DiagnosticError) -> (Float, [String]) {
    let plain = try Session(try plain(), options: settings)
    let session = try Session(file, options: settings)
    let names = plain.outputs.filter { $0.elementType.byteWidth != nil }.map(\.name)
    var largest: Float = 0
    for image in images {
      let wanted = try plain.run([model.input.name: image.tensor], outputs: names)
      let found = try session.run(plainlyFed(image), outputs: names)
      for (a, b) in zip(wanted, found) {
        largest = max(largest, a.difference(to: b))
      }
    }
    return (largest, names)
  }

  /// What is fed where no class is named.
  private func plainlyFed(_ images: Images) -> [String: Tensor] {
    var fed = [model.input.name: images.tensor]
    if let name = baked.targetName, baked.needsTarget {
      fed[name] = Tensor(shape: [images.count], integers: Array(repeating: -1, count: images.count))
    }
    return fed
  }

  // MARK: - The heatmap

  /// The largest difference between the heatmaps of some images and the library's.
  private func compareHeatmap(_ images: Images) throws(DiagnosticError) -> Float {
    var fed = plainlyFed(images)
    var largest = try compare(images, fed, in: file) { _ in baked.targets }
    guard let name = baked.targetName else { return largest }
    // What is stored under the input's name is only its default, which a session cannot be fed
    // through; without it the input has to be fed.
    var open = file
    open.proto.graph.initializer.removeAll { $0.name == name }
    let classes = (0..<images.count).map { ($0 * 7 + 1) % model.classCount }
    fed[name] = Tensor(shape: [images.count], integers: classes)
    largest = max(largest, try compare(images, fed, in: open) { [.class(classes[$0])] })
    return largest
  }

  /// - Parameter targets: of each image.
  private func compare(
    _ images: Images, _ fed: [String: Tensor], in file: ModelFile, targets: (Int) -> [Target]
  ) throws(DiagnosticError) -> Float {
    let session = try Session(file, options: baked.explainer.settings)
    let found = try session.run(fed, outputs: [baked.outputName])[0]
    guard found.shape == [images.count] + baked.sides else {
      throw .bakedBroken(model, "its heatmap has the shape \(found.shape)")
    }
    let values = found.floats
    let size = images.values.count / images.count
    var wanted: [Float] = []
    for image in 0..<images.count {
      let input = FloatTensor(
        shape: model.input.imageShape,
        values: Array(images.values[image * size..<(image + 1) * size]))
      let explained = try baked.explainer.explanations(
        of: input, for: targets(image), at: baked.layers,
        options: ExplanationOptions(
          method: baked.method, evidence: baked.options.evidence, fusion: baked.options.fusion))
      for why in explained { wanted += expected(why) }
    }
    let scale = baked.options.values == .raw ? wanted.reduce(0) { max($0, abs($1)) } : 1
    let difference = zip(values, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
    let relative = scale > 0 ? difference / scale : difference
    let limit = baked.options.values == .bytes ? 1 : Self.tolerance
    guard values.count == wanted.count, relative <= limit else {
      throw .bakedHeatmapDiffers(model, by: relative, limit: limit)
    }
    return relative
  }

  /// What the library shows, in the sides and numbers of the heatmap.
  private func expected(_ why: Explanation) -> [Float] {
    let sides = baked.targets.count > 1 ? Array(baked.sides.dropFirst()) : baked.sides
    let (height, width) = (sides[sides.count - 2], sides[sides.count - 1])
    var values: [Float]
    if baked.options.values == .raw {
      let map = why.rawMap
      let raw = VolumeHeatmap(
        depth: map.depth ?? 1, height: map.height, width: map.width, values: map.values,
        evidence: .both, view: why.heatmap.view)
      values = raw.values(depth: sides.count > 2 ? sides[0] : 1, height: height, width: width)
    } else if let volume = why.volume, sides.count > 2 {
      values = volume.values(depth: sides[0], height: height, width: width)
    } else {
      values = why.heatmap.values(width: width, height: height)
    }
    guard baked.options.values == .bytes else { return values }
    if baked.options.evidence == .both { values = values.map { $0 * 0.5 + 0.5 } }
    return values.map { ($0 * 255 + 0.5).rounded(.down) }
  }
}

extension Tensor {
  /// The largest difference to another tensor; infinite where type, shape or what is no number
  /// differ, the smallest above zero where only bits do.
  fileprivate func difference(to other: Tensor) -> Float {
    guard elementType == other.elementType, shape == other.shape else { return .infinity }
    let isSame = withUnsafeBytes { a in
      other.withUnsafeBytes { b in a.elementsEqual(b) }
    }
    if isSame { return 0 }
    let largest = zip(floats, other.floats).reduce(Float(0)) { largest, pair in
      let apart = abs(pair.0 - pair.1)
      return apart.isNaN && !(pair.0.isNaN && pair.1.isNaN)
        ? .infinity : max(largest, apart.isNaN ? 0 : apart)
    }
    return max(largest, .leastNonzeroMagnitude)
  }
}
