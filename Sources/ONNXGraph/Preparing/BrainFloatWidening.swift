#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import ONNXFormat

/// A model in bfloat16 as one in float32.
///
/// Every bfloat16 is a float32, so the weights are the same numbers; what is computed of them is
/// rounded to 24 bits instead of 8.  Large weights stay where they are, under a Cast that the
/// runtime folds.
struct BrainFloatWidening {
  /// Weights of fewer bytes than this are written into the graph, where shapes are read.
  private static let inlineLimit = 1 << 16

  private var names: NameScope

  /// Whether anything is in bfloat16.
  static func isNeeded(for model: ModelProto) -> Bool {
    model.graph.holdsBrainFloats || model.functions.contains { $0.node.holdBrainFloats }
  }

  /// Widens the model, where anything of it is in bfloat16.
  static func apply(to model: inout ModelProto) {
    guard isNeeded(for: model) else { return }
    var pass = BrainFloatWidening(names: NameScope(of: model.graph))
    pass.widen(&model.graph)
    for index in model.functions.indices {
      model.functions[index].node = pass.widened(model.functions[index].node)
    }
  }
}

// MARK: - Widening

extension BrainFloatWidening {
  private mutating func widen(_ graph: inout GraphProto) {
    var casts: [NodeProto] = []
    for index in graph.initializer.indices where graph.initializer[index].isBrainFloat {
      let name = graph.initializer[index].name
      if let wide = Self.wide(graph.initializer[index]) {
        graph.initializer[index] = wide
      } else {
        let narrow = names.fresh("\(name)/bfloat16")
        graph.initializer[index].name = narrow
        graph.input.removeAll { $0.name == name }
        casts.append(Self.cast(narrow, to: name))
      }
    }
    for index in graph.input.indices { graph.input[index].widen() }
    for index in graph.output.indices { graph.output[index].widen() }
    for index in graph.valueInfo.indices { graph.valueInfo[index].widen() }
    graph.node = casts + widened(graph.node)
  }

  private mutating func widened(_ nodes: [NodeProto]) -> [NodeProto] {
    var result: [NodeProto] = []
    for node in nodes {
      var node = node
      node.updateSubgraphs { widen(&$0) }
      for index in node.attribute.indices { node.attribute[index].widenType() }
      let tensor = node.attribute("value")
      if let tensor, tensor.hasT, tensor.t.isBrainFloat {
        if let wide = Self.wide(tensor.t) {
          for index in node.attribute.indices where node.attribute[index].name == "value" {
            node.attribute[index].t = wide
          }
        } else if node.opType == "Constant", let name = node.output(at: 0) {
          let narrow = names.fresh("\(name)/bfloat16")
          node.output[0] = narrow
          result.append(node)
          node = Self.cast(narrow, to: name)
        }
      }
      result.append(node)
    }
    return result
  }

  private static func cast(_ narrow: String, to name: String) -> NodeProto {
    NodeProto(
      "Cast", [narrow], [name], name: "\(narrow)/Cast",
      attributes: [AttributeProto("to", Int(ElementType.float.rawValue))])
  }

  /// A small tensor in float32; nil for one that is large or lies outside.
  private static func wide(_ tensor: TensorProto) -> TensorProto? {
    guard !tensor.isExternal, let count = tensor.elementCount, count <= inlineLimit,
      let values = tensor.inlineFloats
    else { return nil }
    return TensorProto(tensor.name, shape: tensor.shape, floats: values)
  }
}

extension ValueInfoProto {
  fileprivate mutating func widen() {
    guard isBrainFloat else { return }
    type.tensorType.elemType = ElementType.float.rawValue
  }

  fileprivate var isBrainFloat: Bool {
    type.tensorType.elemType == ElementType.bfloat16.rawValue
  }
}

extension AttributeProto {
  /// Turns an attribute that names bfloat16 as a type.
  fileprivate mutating func widenType() {
    if namesBrainFloat { i = Int64(ElementType.float.rawValue) }
  }

  fileprivate var namesBrainFloat: Bool {
    hasI && i == Int64(ElementType.bfloat16.rawValue)
      && ["to", "dtype", "output_dtype", "stash_type", "softmax_precision"].contains(name)
  }
}

// MARK: - Asking

extension TensorProto {
  fileprivate var isBrainFloat: Bool { elementType == .bfloat16 }
}

extension GraphProto {
  fileprivate var holdsBrainFloats: Bool {
    (input + output + valueInfo).contains(where: \.isBrainFloat)
      || initializer.contains(where: \.isBrainFloat) || node.holdBrainFloats
  }
}

extension [NodeProto] {
  fileprivate var holdBrainFloats: Bool {
    contains { node in
      node.attribute.contains { attribute in
        attribute.namesBrainFloat || (attribute.hasT && attribute.t.isBrainFloat)
      } || node.subgraphs.contains(where: \.holdsBrainFloats)
    }
  }
}
