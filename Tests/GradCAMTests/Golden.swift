#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Testing
import _TestSupport

@testable import GradCAM

/// What a package, or a formula in float64, says of a small network: a row of `goldens.json`.
struct Golden: Decodable, CustomStringConvertible, Sendable {
  let network: String
  let method: String
  let preset: String
  let options: [String]?
  let layers: [String]
  let target: Int
  let kind: Kind
  let parameters: [String: Float]
  let upToSign: Bool?
  let absolute: Bool?
  let measures: [String: Double]?
  private let shape: [Int]
  private let offset: Int

  /// What the values are.
  enum Kind: String, Decodable {
    /// The signed map at the layer's resolution.
    case map
    /// The same after ReLU, from 0 to 1.
    case positive
    /// The finished map at the input's size.
    case finished
    /// A value for each number of the input.
    case attribution
  }

  /// All rows.
  static func all() throws -> [Golden] { try Fixtures.json("Goldens/goldens.json") }

  /// Method, options and preset.
  var name: String { ([method] + (options ?? []) + ["/", preset]).joined(separator: " ") }

  var description: String {
    let steps = parameters["steps"].map { " in \(Int($0)) steps" } ?? ""
    return "\(name) of \(network)\(steps)"
  }

  private static let bytes = Result { try Fixtures.data("Goldens/goldens.bin") }

  /// The expected values.
  func values() throws -> [Float] {
    let count = shape.reduce(1, *)
    let data = try Self.bytes.get()[offset..<offset + 4 * count]
    return data.withUnsafeBytes { bytes in
      (0..<count).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}

// MARK: - Being explained

extension Golden {
  /// The method with the row's parameters.
  var tunedMethod: Method? {
    guard var method = Method.named(method) else { return nil }
    for (name, value) in parameters {
      switch name {
      case "samples": method.parameters.samples = Int(value)
      case "noise": method.parameters.noise = value
      case "steps": method.parameters.steps = Int(value)
      case "seed": method.parameters.seed = UInt32(value)
      case "cells": method.parameters.cells = Int(value)
      case "patch": method.parameters.patch = Int(value)
      case "stride": method.parameters.stride = Int(value)
      default: return nil
      }
    }
    return (options ?? []).contains("--eigen-smooth") ? method.eigenSmoothed : method
  }

  /// What the library says, in the golden's terms.
  func explanation(using method: Method, preset: Preset) throws -> Explanation {
    let folder = Fixtures.path("Goldens/\(network)")
    let model = try Model(contentsOf: folder + "/model.onnx")
    let explainer = try Explainer(model, preprocessing: .raw)
    let layers = try model.layers(named: method.usesLayer ? layers : [], for: method)
    let question = Explainer.Question(
      targets: [.class(target)], layers: layers,
      options: ExplanationOptions(
        method: method, preset: preset, fusion: layers.count > 1 ? .mean : nil,
        isAugmented: (options ?? []).contains("--augment")))
    let input = try explainer.prepared(FloatTensor(contentsOf: folder + "/input.npy"))
    return try explainer.explain(input, preprocessing: "none", milliseconds: 0, question)[0]
  }

  /// The values of an explanation that are compared.
  func values(of why: Explanation) throws -> [Float] {
    switch kind {
    case .map: return why.rawMap.values
    case .positive: return why.heatmap.values
    case .finished:
      return why.heatmap.values(width: shape[shape.count - 1], height: shape[shape.count - 2])
    case .attribution: return try #require(why.attribution).values
    }
  }
}
