import ONNXFormat
import ONNXSession
import _TestSupport

@testable import GradCAM

/// A model that runs whole with one of its values multiplied and added to: what a change of a
/// layer does, without any shortcut.
struct WholeModel {
  private let session: Session
  private let model: Model
  private let shape: [Int]

  /// Writes x · keep + add in the place of a layer's value.
  init(_ model: Model, changing layer: Layer) throws {
    var proto = model.file.proto
    let (value, changed) = (layer.valueName, "whole/changed")
    for index in proto.graph.node.indices {
      proto.graph.node[index].input = proto.graph.node[index].input.map {
        $0 == value ? changed : $0
      }
    }
    let place = proto.graph.node.firstIndex { $0.output.contains(value) }.map { $0 + 1 } ?? 0
    proto.graph.node.insert(
      contentsOf: nodes("product = Mul(\(value), keep)\nsum = Add(product, add)").map { node in
        var node = node
        node.input = node.input.map { $0 == "product" ? "whole/product" : $0 }
        node.output = [node.opType == "Mul" ? "whole/product" : changed]
        return node
      }, at: place)
    let shape = (model.graph.shape(of: value) ?? []).map { $0.value ?? 1 }
    proto.graph.input += ["keep", "add"].map {
      ValueInfoProto($0, type: .float, shape: shape)
    }
    proto.graph.valueInfo = []
    proto.graph.output = [ValueInfoProto(model.logits.value, type: .float, shape: nil)]
    session = try Session(
      model.file.replacingProto(proto),
      options: SessionOptions(threads: 1, optimizationLevel: .basic))
    (self.model, self.shape) = (model, shape)
  }

  /// The logits of an image with the layer changed.
  func logits(
    _ image: FloatTensor, keep: [Float], add: [Float]
  ) throws -> [Float] {
    try session.run(
      [
        model.input.name: Tensor(shape: [1] + model.input.imageShape, floats: image.values),
        "keep": Tensor(shape: shape, floats: keep), "add": Tensor(shape: shape, floats: add),
      ], outputs: [model.logits.value])[0].floats
  }

  /// The shape of the value for one image.
  var sides: [Int] { shape }
}
