import Diagnostics
import ONNXFormat
import ONNXGraph

/// Writes a model with its heatmap as one more output.
struct BakedGraph {
  let model: Model
  let method: Method
  let target: BakedTarget
  let targets: [ResolvedTarget]
  let layers: [Layer]
  let options: BakingOptions
  /// What the places of an output count, fed at each run of an explanation and stored here.
  let places: [String: TensorProto]

  /// What was written.
  struct Written {
    var proto: ModelProto
    var output: String
    var input: String?
    /// Of the heatmap, without the batch.
    var sides: [Int]
  }

  /// Writes it.
  func written() throws(DiagnosticError) -> Written {
    let builder = GraphBuilder(after: model.graphToDifferentiate(by: method, at: layers))
    let taken = Set(model.file.proto.graph.allNames)
    let output = Self.free("heatmap", taken)
    let input = target.choice == .input ? Self.free("target", taken) : nil
    let logits = model.listedLogits(for: builder)
    let sources: [BakedTargetNodes.Source] =
      if let input { [.input(input)] } else { targets.map { .fixed($0) } }
    var maps: [Term] = []
    var sides: [Int] = []
    for source in sources {
      let map = BakedMap(
        context: GraphContext(
          model: model, layers: layers, method: method, preset: .paper, builder: builder,
          logits: logits,
          targets: BakedTargetNodes(source: source, classCount: model.classCount)),
        options: options)
      sides = map.sides
      maps.append(try map.written())
    }
    let joined =
      maps.count == 1
      ? maps[0] : builder.concatenated(maps.map { $0.unsqueezed([1]) }, axis: 1)
    if maps.count > 1 { sides = [maps.count] + sides }
    let heatmap = builder.rename(joined, to: output)
    var proto = builder.extending(model.file.proto, outputs: [heatmap])
    finish(&proto, heatmap, sides: sides)
    if let input { addTarget(input, to: &proto) }
    return Written(proto: proto, output: output, input: input, sides: sides)
  }

  /// A name that nothing has yet.
  private static func free(_ wish: String, _ taken: Set<String>) -> String {
    var name = wish
    var number = 1
    while taken.contains(name) {
      number += 1
      name = "\(wish)_\(number)"
    }
    return name
  }
}

// MARK: - A file that stands for itself

extension BakedGraph {
  /// The model's own outputs and the heatmap, nodes in order, nothing open that is taken for fixed.
  private func finish(_ proto: inout ModelProto, _ heatmap: Term, sides: [Int]) {
    let own = Set(model.original.proto.graph.output.map(\.name) + [model.outputName])
    proto.graph.output.removeAll { $0.name == heatmap.name || !own.contains($0.name) }
    let batch = batchSide(of: proto)
    stateShapes(&proto, batch)
    proto.graph.output.append(
      ValueInfoProto(heatmap.name, heatmap.type, [batch] + sides.map { .init($0) }))
    // Of an output with classes at several places, which count.
    proto.graph.input.removeAll { places[$0.name] != nil }
    proto.graph.initializer += places.keys.sorted().compactMap { places[$0] }
    if proto.irVersion < 4 {
      proto.graph.input += places.keys.sorted().compactMap { places[$0] }.map {
        ValueInfoProto($0.name, type: $0.elementType, shape: $0.shape)
      }
    }
    proto.graph.node = Graph.sorted(proto.graph.node)
    if proto.graph.name.isEmpty { proto.graph.name = "model" }
    fixSize(&proto)
    let used = proto.graph.domains.union([""])
    let functions = Set(proto.functions.map(\.domain))
    proto.opsetImport.removeAll { opset in
      let domain = opset.domain == "ai.onnx" ? "" : opset.domain
      return !used.contains(domain) && !functions.contains(domain)
    }
  }

  /// States the shapes of outputs that old exporters left out, which the format wants.
  private func stateShapes(_ proto: inout ModelProto, _ batch: TensorShapeProto.Dimension) {
    for index in proto.graph.output.indices {
      let output = proto.graph.output[index]
      guard !output.type.tensorType.hasShape, output.type.tensorType.elemType != 0,
        let shape = model.graph.shape(of: output.name)
      else { continue }
      proto.graph.output[index].type.tensorType.shape.dim = shape.map { side in
        side.value.map { .init($0) } ?? (side == .batch(1) ? batch : .init())
      }
    }
  }

  /// The batch as the model's image has it; named where it is open and has no name.
  private func batchSide(of proto: ModelProto) -> TensorShapeProto.Dimension {
    if let batch = model.input.fixedBatch { return .init(batch) }
    let image = proto.graph.input.first { $0.name == model.input.name }
    let name = image?.type.tensorType.shape.dim.first?.dimParam ?? ""
    return .init(name.isEmpty ? "N" : name)
  }

  /// Fixes the sides of the image that the model leaves open: the heatmap is written for one size.
  private func fixSize(_ proto: inout ModelProto) {
    for index in proto.graph.input.indices where proto.graph.input[index].name == model.input.name {
      var sides = proto.graph.input[index].type.tensorType.shape.dim
      for (axis, side) in model.input.imageShape.enumerated() where axis + 1 < sides.count {
        if sides[axis + 1].dimValue <= 0 { sides[axis + 1] = .init(side) }
      }
      if sides[0].dimValue <= 0 { sides[0] = batchSide(of: proto) }
      proto.graph.input[index].type.tensorType.shape.dim = sides
    }
  }

  /// Declares the input that says the class; what is stored under its name is its default, which
  /// formats before 4 know none.
  private func addTarget(_ name: String, to proto: inout ModelProto) {
    proto.graph.input.append(ValueInfoProto(name, .int64, [batchSide(of: proto)]))
    guard proto.irVersion >= 4 else { return }
    let count = model.input.fixedBatch ?? 1
    proto.graph.initializer.append(
      TensorProto(name, shape: [count], int64s: Array(repeating: -1, count: count)))
  }
}

extension GraphProto {
  /// Every name that a value or node has, also in graphs within.
  var allNames: [String] {
    input.map(\.name) + output.map(\.name) + initializer.map(\.name) + valueInfo.map(\.name)
      + node.flatMap { node in
        [node.name] + node.output
          + node.attribute.flatMap { attribute in
            ((attribute.hasG ? [attribute.g] : []) + attribute.graphs).flatMap(\.allNames)
          }
      }
  }

  /// The domains of the operators, also in graphs within.
  var domains: Set<String> {
    node.reduce(into: []) { found, node in
      found.insert(node.domain == "ai.onnx" ? "" : node.domain)
      for attribute in node.attribute {
        for graph in (attribute.hasG ? [attribute.g] : []) + attribute.graphs {
          found.formUnion(graph.domains)
        }
      }
    }
  }
}
