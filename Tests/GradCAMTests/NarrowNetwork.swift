#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Testing

@testable import GradCAM

/// A fixture in integers or in half precision, with its arrays.
struct NarrowNetwork: CustomStringConvertible {
  /// `reference.json`.
  struct Reference: Decodable {
    let classes: [Int]
    let layer: String
  }

  /// The folder's name.
  let description: String
  let reference: Reference
  private let path: String

  /// The networks of a folder of the fixtures.
  static func all(in name: String) throws -> [NarrowNetwork] {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast(2).joined(separator: "/") + "/Fixtures/" + name
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
      try NarrowNetwork(name: $0, path: "\(folder)/\($0)")
    }
  }

  private init(name: String, path: String) throws {
    description = name
    self.path = path
    reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(filePath: path + "/reference.json")))
  }

  /// An array such as `layer-gradient`, image by image.
  func array(_ name: String) throws -> [FloatTensor] {
    let all = try FloatTensor(contentsOf: "\(path)/\(name).npy")
    let size = all.values.count / all.shape[0]
    return (0..<all.shape[0]).map { image in
      FloatTensor(
        shape: Array(all.shape.dropFirst()),
        values: Array(all.values[image * size..<(image + 1) * size]))
    }
  }

  /// The images.
  var images: [FloatTensor] { get throws { try array("input") } }

  /// An explainer of numbers used as they are.
  var explainer: Explainer {
    get throws {
      let shape = try images[0].shape
      let model = try Model(
        contentsOf: path + "/model.onnx", size: ImageSize(width: shape[2], height: shape[1]))
      return try Explainer(model, preprocessing: .raw)
    }
  }

  /// Compares the logits, what stands at the layer and the input, and the map, each relative to
  /// the largest.
  func check(tolerance: Float) throws {
    let explainer = try explainer
    let layer = try explainer.model.layer(named: reference.layer)
    for (place, image) in try images.enumerated() {
      let target = Target.class(reference.classes[place])
      let why = try explainer.explanations(of: image, for: [target], at: [layer])[0]
      let (activation, gradient) = try explainer.gradient(of: image, for: target, at: layer)
      let atInput = try explainer.gradient(
        of: image, for: target, at: explainer.model.layers[0])
      let found = [
        ("logits", why.logits), ("map", why.rawMap.values),
        ("layer-activation", activation.values), ("layer-gradient", gradient.values),
        ("input-gradient", atInput.gradient.values),
      ]
      for (name, values) in found {
        let expected = try array(name)[place].values
        try #require(values.count == expected.count)
        let scale = expected.reduce(0) { max($0, abs($1)) }
        let error = zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(scale > 0 && error <= tolerance * scale, "\(name) \(place): \(error / scale)")
      }
    }
  }
}
