import Diagnostics
import Synchronization
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Methods of many passes")
struct PassMethodTests {
  /// The methods with few passes each.
  static let methods: [Method] = (Method.headPasses + Method.photoPasses).map { method in
    var method = method
    if method.parameters.samples != nil { method.parameters.samples = 5 }
    if method.parameters.cells != nil { method.parameters.cells = 3 }
    if method.parameters.patch != nil {
      (method.parameters.patch, method.parameters.stride) = (8, 5)
    }
    if method.parameters.noise != nil { method.parameters.noise = 0.5 }
    return method
  }

  /// A small residual network at a layer with a skip connection beside it, and an image.
  private static func explanation(
    _ method: Method, threads: Int? = nil, targets: [Target] = [.class(2)],
    progress: MethodProgress.Handler? = nil
  ) throws -> [Explanation] {
    var (explainer, image) = try FixtureNetwork.load(
      "Networks/resnet18-dynamo", options: ExplainerOptions(threads: threads))
    if let progress { explainer = explainer.reportingProgress(to: progress) }
    let names = method.usesLayer ? ["layer3.0.bn1"] : []
    return try explainer.explanations(
      of: image, for: targets, at: explainer.model.layers(named: names, for: method), using: method)
  }

  @Test("Any number of passes at once gives the same map", arguments: methods)
  func batches(_ method: Method) throws {
    let usual = try Self.explanation(method)[0].rawMap
    for batch in [1, 3] {
      var other = method
      other.parameters.batch = batch
      let map = try Self.explanation(other)[0].rawMap
      #expect(map.shape == usual.shape)
      let difference = Difference(map.values, usual.values)
      #expect(difference.relative <= 1e-6, "batches of \(batch): \(difference)")
    }
  }

  @Test("Any number of threads gives the same map", arguments: methods)
  func threads(_ method: Method) throws {
    let one = try Self.explanation(method, threads: 1)[0].rawMap
    let difference = Difference(
      try Self.explanation(method, threads: 3)[0].rawMap.values, one.values)
    #expect(difference.relative <= 1e-6, "\(difference)")
  }

  @Test("The same seed gives the same bytes, another one other maps", arguments: methods)
  func seeds(_ method: Method) throws {
    let first = try Self.explanation(method)[0]
    let again = try Self.explanation(method)[0]
    #expect(first.rawMap == again.rawMap && first.attribution == again.attribution)
    guard method.parameters.seed != nil else { return }
    var other = method
    other.parameters.seed = 1
    #expect(try Self.explanation(other)[0].rawMap != first.rawMap)
  }

  @Test("Several targets get the maps that each gets alone", arguments: methods)
  func targets(_ method: Method) throws {
    let targets = [Target.class(3), .class(0)]
    let together = try Self.explanation(method, targets: targets)
    for (target, why) in zip(targets, together) {
      let alone = try Self.explanation(method, targets: [target])[0]
      let difference = Difference(why.rawMap.values, alone.rawMap.values)
      #expect(difference.relative <= 1e-6, "\(difference)")
    }
  }

  @Test("Progress counts up to what was said before", arguments: methods)
  func progress(_ method: Method) throws {
    let heard = Mutex<[MethodProgress]>([])
    _ = try Self.explanation(method) { progress in
      heard.withLock { $0.append(progress) }
      return .goOn
    }
    let steps = heard.withLock(\.self)
    #expect(steps.allSatisfy { $0.method == method.title && $0.total == steps[0].total })
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.done < $1.done })
    #expect(steps.last?.done == steps.last?.total)
  }

  @Test("The cost is told before the first pass, in words", arguments: methods)
  func cost(_ method: Method) throws {
    let heard = Mutex<[MethodProgress]>([])
    var method = method
    method.parameters.batch = 4
    _ = try Self.explanation(method) { progress in
      heard.withLock { $0.append(progress) }
      return .goOn
    }
    let steps = heard.withLock(\.self)
    let first = try #require(steps.first)
    #expect(first.done == 0 && first.batch == min(4, first.total))
    let batches = (first.total + 3) / 4
    #expect(
      first.cost
        == "\(first.total) \(first.unit) in "
        + (batches == 1 ? "one batch" : "\(batches) batches of 4"))
    #expect(["masked photos", "runs of the head"].contains(first.unit))
    // Every batch is told of.
    #expect(steps.count == batches + 1)
  }

  @Test("Squares further apart than they are wide lie within the image", arguments: [1, 3, 7, 99])
  func sparseSquares(stride: Int) throws {
    let model = try Model(contentsOf: Fixtures.path("Models/plain.onnx"))
    var method = Method.occlusion
    (method.parameters.patch, method.parameters.stride) = (3, stride)
    let count = model.input.imageShape.reduce(1, *)
    let image = FloatTensor(
      shape: model.input.imageShape, values: (0..<count).map { Float($0 * 7919 % 101) / 101 })
    let map = try Explainer(model, preprocessing: .raw).explanations(
      of: image, for: [.class(0)], at: model.layers(for: method), using: method)[0].rawMap
    // Only what some square covers has a value.
    for (place, value) in map.values.enumerated() {
      let isCovered = [place / map.width, place % map.width].allSatisfy { $0 % stride < 3 }
      if !isCovered { #expect(value == 0) }
    }
    #expect(map.values.contains { $0 != 0 })
  }

  @Test("A method that varies the photo tells first how often, and can be stopped within")
  func versions() throws {
    let model = try Model(contentsOf: Fixtures.path("Models/plain.onnx"))
    let heard = Mutex<[MethodProgress]>([])
    var options = ExplanationOptions(method: .occlusion, isAugmented: true, stabilityCopies: 2)
    options.method.parameters.patch = 3
    let count = model.input.imageShape.reduce(1, *)
    let image = FloatTensor(
      shape: model.input.imageShape, values: (0..<count).map { Float($0 * 7919 % 101) / 101 })
    func explain(stoppingAfter limit: Int) throws {
      heard.withLock { $0 = [] }
      let explainer = try Explainer(model, preprocessing: .raw).reportingProgress { progress in
        heard.withLock { heard in
          heard.append(progress)
          return heard.count > limit ? .stop : .goOn
        }
      }
      _ = try explainer.explanations(
        of: image, for: [.class(0)], at: model.layers(for: options.method), options: options)
    }
    try explain(stoppingAfter: .max)
    let all = heard.withLock(\.self)
    #expect(all[0].cost == "9 versions of the photo, one at a time")
    #expect(all[1].unit == "masked photos" && all[1].done == 0)
    for limit in [0, 1, all.count / 2, all.count - 1] {
      #expect(throws: DiagnosticError.self) { try explain(stoppingAfter: limit) }
      #expect(heard.withLock(\.count) == limit + 1)
    }
  }

  @Test("Asked to stop, a method ends with an error", arguments: methods)
  func stopping(_ method: Method) throws {
    let error = try #require(throws: DiagnosticError.self) {
      try Self.explanation(method) { _ in .stop }
    }
    #expect(error.message.hasPrefix("\(method.title) was stopped after "))
  }

  /// Models unusual in one way, among them fixed batches, channels last, volumes and bytes.
  static let models = [
    "plain", "fixed-batch", "fixed-batch-of-four", "batch-of-one-inside", "channels-last",
    "opset-7", "initializers-are-inputs", "shape-chain", "strided-view", "bytes", "gray",
    "six-bands", "volume", "volume-channels-last", "segmentation", "segmentation-channels-last",
    "functions", "known-if", "softmax-tail", "external", "one-logit",
  ]

  @Test("Unusual models have finite maps, and passes of any number the same", arguments: models)
  func unusual(_ name: String) throws {
    let model = try Model(contentsOf: Fixtures.path("Models/\(name).onnx"))
    let explainer = try Explainer(model, preprocessing: .raw)
    let count = model.input.imageShape.reduce(1, *)
    let scale: Float = model.input.takesBytes ? 200 : 1
    let image = FloatTensor(
      shape: model.input.imageShape,
      values: (0..<count).map { scale * Float($0 * 7919 % 101) / 101 })
    for method in Self.methods {
      var method = method
      if method.parameters.patch != nil { method.parameters.patch = 3 }
      let layers = try model.layers(for: method)
      let map = try explainer.explanations(
        of: image, for: [.class(0)], at: layers, using: method)[0].rawMap
      let size = [model.input.size.height, model.input.size.width]
      #expect(map.shape == (method.usesLayer ? Array(layers[0].shape.dropFirst()) : size))
      method.parameters.batch = 1
      let alone = try explainer.explanations(
        of: image, for: [.class(0)], at: layers, using: method)[0].rawMap
      let difference = Difference(map.values, alone.values)
      #expect(difference.relative <= 1e-5, "\(method.name): \(difference)")
    }
  }

  /// Networks in half precision and of quantized numbers.
  static let narrow =
    ((try? NarrowNetwork.all(in: "Half")) ?? [])
    + ((try? NarrowNetwork.all(in: "Quantized")) ?? [])

  @Test(
    "Narrow numbers are changed as they are, and layers only of integers refused", arguments: narrow
  )
  func narrowNumbers(_ network: NarrowNetwork) throws {
    let explainer = try network.explainer
    let layer = try explainer.model.layer(named: network.reference.layer)
    let image = try network.images[0]
    for method in Self.methods {
      let layers = method.usesLayer ? [layer] : try explainer.model.layers(for: method)
      let runs = explainer.model.part(after: layer.valueName) != nil
      do throws(DiagnosticError) {
        let why = try explainer.explanations(
          of: image, for: [.class(0)], at: layers, using: method)[0]
        #expect(why.rawMap.values.contains { $0 != 0 }, "\(method.name)")
      } catch {
        #expect(!runs && error.message.hasSuffix("cannot run by itself"), "\(method.name)")
      }
    }
  }

  @Test("A patch larger than the input is refused")
  func largePatch() throws {
    var method = Method.occlusion
    method.parameters.patch = 1000
    let error = try #require(throws: DiagnosticError.self) { try Self.explanation(method) }
    #expect(error.message.hasPrefix("A patch of 1000 pixels is larger than the model's input of "))
  }
}
