import Diagnostics
import ONNXFormat
import ONNXGraph
import ONNXSession

extension ChangedGraph {
  /// Writes the graph without loading it.
  ///
  /// The changed value keeps its name, so the model's own nodes stay as they are.
  static func write(
    _ request: Request, _ part: GraphPart, _ model: Model, _ fed: [String: Tensor]
  ) throws(DiagnosticError) -> (ModelProto, Names) {
    guard let start = fed[part.start] else { throw .notRunnable(part.start, model.file.name) }
    let builder = GraphBuilder(after: model.graph)
    var names = Names(prefix: ChangeWriter.name("", of: builder))
    names.fed[part.start] = builder.prefix + "unchanged"
    let writer = ChangeWriter(
      builder, model: model, batch: request.batch,
      original: ValueInfoProto(
        builder.prefix + "unchanged", type: start.elementType, shape: start.shape),
      shape: [1] + start.shape.dropFirst())
    let type = model.graph.elementType(of: part.start)
    let changed = builder.rename(
      request.change.write(writer).stored(as: type), to: part.start)
    var inputs = writer.inputs
    var written = [changed]
    for (place, value) in part.beside.enumerated() {
      switch value.source {
      case .sides(let sides):
        written.append(builder.sides(sides, of: value.name, batch: request.batch))
      case .run(let axis):
        guard let tensor = fed[value.name] else {
          throw .notRunnable(value.name, model.file.name)
        }
        let input = "\(builder.prefix)beside_\(place)"
        names.fed[value.name] = input
        inputs.append(ValueInfoProto(input, type: tensor.elementType, shape: tensor.shape))
        var term = builder.term(input, type: tensor.elementType)
        if let axis, tensor.shape[axis] == 1 {
          term = term.spread([(axis, request.batch)], rank: tensor.shape.count)
        }
        written.append(builder.rename(term, to: value.name))
      }
    }
    let logits = builder.term(part.end).reshaped([-1, model.classCount]).cast(to: .float)
    var outputs = [builder.rename(logits, to: builder.prefix + "logits")]
    if request.targets > 0, let mask = writer.mask {
      let weights = writer.fixed("weights", .float, [model.classCount, request.targets])
      let counts = writer.perChange("counts").unsqueezed([1])
      inputs += writer.inputs.suffix(2)
      let values = (outputs[0].times(matrix: weights) * counts).transposed([1, 0])
      let sums = values.times(matrix: mask.reshaped([request.batch, -1]))
      outputs.append(builder.rename(sums, to: builder.prefix + "sums"))
    }
    (names.logits, names.sums) = (outputs[0].name, outputs.dropFirst().first?.name)
    let proto = builder.extending(
      model.file.proto.reduced(to: part), inputs: inputs, outputs: written + outputs)
    return (proto.finished(outputs: outputs.map(\.name)), names)
  }
}

extension Term {
  /// The value in the type a model has it in; bytes are rounded, and cut off at their ends.
  fileprivate func stored(as type: ElementType) -> Term {
    guard type == .uint8 else { return cast(to: type) }
    let half = self + 0.5
    let cut = half.builder.emit("Max", [half, half.scalar(0)])
    return (cut - (cut - 255).rectified).cast(to: type)
  }
}

extension GraphBuilder {
  /// Sides of values as a constant in a value's place.
  fileprivate func sides(_ sides: [Dimension], of value: String, batch: Int) -> Term {
    let numbers = sides.map { side in
      if case .batch(let factor) = side { factor * batch } else { side.value ?? 1 }
    }
    let shape = graph.shape(of: value)?.fixedSides ?? [numbers.count]
    let isFull = shape.reduce(1, *) == numbers.count
    let term = integers(numbers, shape: isFull ? shape : [numbers.count])
    return rename(term.cast(to: graph.elementType(of: value)), to: value)
  }
}

extension ModelProto {
  /// The model with a part's nodes alone, and what they read.
  fileprivate func reduced(to part: GraphPart) -> ModelProto {
    var model = self
    model.graph.node = part.nodes
    let read = Set(part.nodes.flatMap(\.allInputs)).union([part.end])
    model.graph.initializer = graph.initializer.filter { read.contains($0.name) }
    let stored = Set(model.graph.initializer.map(\.name))
    let fed = Set(part.inputs)
    model.graph.input = graph.input.filter { fed.contains($0.name) || stored.contains($0.name) }
    // What the file says of values may name another number of images.
    model.graph.valueInfo = []
    model.graph.output = []
    return model
  }

  /// The model with its nodes in order and these outputs alone.
  fileprivate func finished(outputs: [String]) -> ModelProto {
    var model = self
    model.graph.node = Graph.sorted(graph.node)
    let wanted = Set(outputs)
    model.graph.output = graph.output.filter { wanted.contains($0.name) }
    return model
  }
}
