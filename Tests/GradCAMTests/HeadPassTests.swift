import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

/// Ablation-CAM and Recipro-CAM beside the whole model, run once for each change.
@Suite("Methods that run the head again")
struct HeadPassTests {
  /// Folders of networks: skip connections, dense ones, branches, tokens with and without others
  /// beside the grid, windows, channels last.
  static let networks = [
    "Networks/resnet18-dynamo", "Networks/densenet121-torchscript",
    "Networks/googlenet-torchscript", "Networks/convnext_tiny-dynamo", "Tokens/vit-torchscript",
    "Tokens/vit-registers-torchscript", "Tokens/swin-dynamo",
    "Zoo/keras-mobilenet_v2-tf2onnx", "Zoo/caffe2-resnet50",
    "Zoo/pytorch-mixed-dynamo23",
  ]

  /// The default layer and one before it, which may lie beside a skip connection.
  private static func layers(of model: Model) throws -> [Layer] {
    let default_ = try #require(model.defaultLayer)
    let last = try #require(model.layers.firstIndex { $0.id == default_.id })
    let usable = model.layers[..<last].filter {
      $0.operatorName != "Input" && $0.isSpatial && $0.hasGradient && $0.channels <= 128
        && $0.map.placeCount <= 256
    }
    let picks = [usable.count / 2].filter(usable.indices.contains)
    return [default_] + Set(picks).sorted().map { usable[$0] }
  }

  /// The channel and the place of each number of a layer's value, by the order alone; nil for
  /// orders that this does not know.
  private static func labels(_ layer: Layer, _ sides: [Int]) -> [(channel: Int, place: Int)]? {
    let (channels, places) = (layer.channels, layer.map.placeCount)
    let count = sides.reduce(1, *)
    switch layer.order {
    case .channelsFirst: return (0..<count).map { ($0 / places, $0 % places) }
    case .channelsLast: return (0..<count).map { ($0 % channels, $0 / channels) }
    case .tokens:
      let tokens = places + layer.prefixTokens + layer.suffixTokens
      guard count == tokens * channels, layer.map.tokenAxis != sides.count - 1 else { return nil }
      return (0..<count).map {
        let place = $0 / channels - layer.prefixTokens
        return ($0 % channels, (0..<places).contains(place) ? place : -1)
      }
    }
  }

  private struct Case {
    let explainer: Explainer
    let image: FloatTensor

    init(_ folder: String) throws {
      let all = try FloatTensor(contentsOf: Fixtures.path(folder + "/input.npy"))
      let shape = Array(all.shape.dropFirst())
      image = FloatTensor(shape: shape, values: Array(all.values.prefix(shape.reduce(1, *))))
      let isLast = shape[2] <= 4
      let model = try Model(
        contentsOf: Fixtures.path(folder + "/model.onnx"),
        size: ImageSize(width: shape[isLast ? 1 : 2], height: shape[isLast ? 0 : 1]))
      explainer = try Explainer(model, preprocessing: .raw)
    }
  }

  @Test("Ablation-CAM is what the whole model says without each channel", arguments: networks)
  func ablation(_ folder: String) throws {
    let one = try Case(folder)
    for layer in try Self.layers(of: one.explainer.model) {
      let whole = try WholeModel(one.explainer.model, changing: layer)
      guard let labels = Self.labels(layer, whole.sides) else { continue }
      let (activation, _) = try one.explainer.gradient(of: one.image, for: .class(1), at: layer)
      let none = [Float](repeating: 0, count: labels.count)
      let all = none.map { _ in Float(1) }
      let y = Double(try whole.logits(one.image, keep: all, add: none)[1])
      var map = [Double](repeating: 0, count: layer.map.placeCount)
      for channel in 0..<layer.channels {
        let keep = labels.map { $0.channel == channel ? Float(0) : 1 }
        let weight = (y - Double(try whole.logits(one.image, keep: keep, add: none)[1])) / y
        for (index, label) in labels.enumerated()
        where label.channel == channel && label.place >= 0 {
          map[label.place] += weight * Double(activation.values[index])
        }
      }
      let why = try one.explainer.explanations(
        of: one.image, for: [.class(1)], at: [layer], using: .ablationCAM)[0]
      let difference = Difference(why.rawMap.values, map.map(Float.init))
      // A drop is a difference of logits that share their first digits.
      #expect(difference.relative < 2e-4, "'\(layer.name)': \(difference)")
    }
  }

  @Test("Recipro-CAM is what the whole model says of each place alone", arguments: networks)
  func places(_ folder: String) throws {
    let one = try Case(folder)
    for layer in try Self.layers(of: one.explainer.model) {
      let whole = try WholeModel(one.explainer.model, changing: layer)
      guard let labels = Self.labels(layer, whole.sides) else { continue }
      let none = [Float](repeating: 0, count: labels.count)
      let shares: [Float] = [0.25, 0.5, 0.25]
      let share = { (from: Int, to: Int) -> Float in
        abs(from - to) < 2 ? shares[to - from + 1] : 0
      }
      var map: [Float] = []
      for place in 0..<layer.map.placeCount {
        let (row, column) = (place / layer.width, place % layer.width)
        let keep = labels.map { label in
          label.place < 0
            ? 1 : share(row, label.place / layer.width) * share(column, label.place % layer.width)
        }
        map.append(try whole.logits(one.image, keep: keep, add: none)[1])
      }
      let why = try one.explainer.explanations(
        of: one.image, for: [.class(1)], at: [layer], using: .reciproCAM)[0]
      let difference = Difference(why.rawMap.values, map)
      // The target's values may be small beside what they are sums of.
      #expect(difference.relative < 1e-4, "'\(layer.name)': \(difference)")
    }
  }

  @Test("A head of pooling and a linear layer is affine, and needs one gradient")
  func affine() throws {
    let model = try Case("Networks/resnet18-dynamo").explainer.model
    let last = try model.layer(named: nil)
    #expect(model.isAffine(after: last))
    #expect(Method.ablationCAM.passCount(at: last, of: model) == .oneGradient)
    let early = try model.layer(named: "layer3")
    #expect(!model.isAffine(after: early))
    #expect(
      Method.ablationCAM.passCount(at: early, of: model)
        == PassCount(forward: 1, head: early.channels))
    #expect(
      Method.reciproCAM.passCount(at: early, of: model)
        == PassCount(forward: 1, head: early.width * early.height))
  }

  @Test("What lies after a layer runs without what comes before it")
  func part() throws {
    let model = try Case("Networks/resnet18-dynamo").explainer.model
    let layer = try model.layer(named: "layer3.0.bn1")
    let part = try #require(model.part(after: layer.valueName))
    let all = model.file.proto.graph.node
    #expect(part.nodes.count < all.count)
    // The skip connection.
    #expect(part.beside.count == 1)
    #expect(part.servesSeveralImages)
    #expect(!part.isAffine)
    let fed = try #require(model.part(after: model.input.name))
    #expect(fed.beside.isEmpty && fed.servesSeveralImages)
  }
}
