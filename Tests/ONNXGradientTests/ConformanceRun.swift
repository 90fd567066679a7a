import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import _TestSupport

/// One vector on its way through reading, shapes, values and slopes.
struct ConformanceRun {
  let vector: ConformanceVector
  let model: ModelFile
  /// What is fed, with inputs that are small constants in practice stored in the model.
  private let inputs: [(name: String, tensor: Tensor)]
  private let expected: [(name: String, tensor: TensorProto)]
  private let graph: Graph
  /// The outputs found; nil where the runtime would not run the model.
  let outputs: [Tensor]?
  /// The runtime's reason.
  let refusal: String

  init(_ vector: ConformanceVector, _ model: ModelFile) throws {
    self.vector = vector
    var model = model
    var inputs: [(String, Tensor)] = []
    var stored: [TensorProto] = []
    let node = model.proto.graph.node.first
    for (index, input) in model.proto.graph.input.enumerated() {
      guard let tensor = try vector.tensor("input_\(index)") else { continue }
      let isParameter = Self.parameters[node?.opType ?? ""]?.contains(index) ?? false
      if let fed = Tensor(tensor), tensor.elementType.isFloatingPoint, !isParameter {
        inputs.append((input.name, fed))
      } else {
        stored.append(tensor)
      }
    }
    // Axes, sides and the like are constants in models: so the shapes can follow from them.
    let names = Set(stored.map(\.name))
    model.proto.graph.input.removeAll { names.contains($0.name) }
    model.proto.graph.initializer += stored
    var expected: [(String, TensorProto)] = []
    for (index, output) in model.proto.graph.output.enumerated() {
      guard let tensor = try vector.tensor("output_\(index)") else { continue }
      expected.append((output.name, tensor))
      // What is expected must not help to infer it.
      model.proto.graph.output[index].type.tensorType.clearShape()
    }
    self.model = model
    self.inputs = inputs
    self.expected = expected
    graph = Graph(model.proto)
    do {
      outputs = try run(
        model, Dictionary(uniqueKeysWithValues: inputs), outputs: expected.map(\.0))
      refusal = ""
    } catch let error as DiagnosticError {
      outputs = nil
      refusal = Self.reason(error)
    }
  }

  /// Float inputs that are constants in models, and that shapes may follow from.
  private static let parameters: [String: Set<Int>] = [
    "OneHot": [1, 2], "Resize": [1, 2], "Upsample": [1], "Range": [0, 1, 2],
    "QuantizeLinear": [1], "DequantizeLinear": [1], "RotaryEmbedding": [1, 2],
    "NonMaxSuppression": [3, 4],
  ]

  /// The runtime's words without what differs from node to node.
  private static func reason(_ error: DiagnosticError) -> String {
    let text = ([error.message] + error.notes).joined(separator: " ")
    if text.contains("implement") { return "the runtime does not implement it" }
    return String(text.prefix(120))
  }
}

// MARK: - Shapes and values

extension ConformanceRun {
  /// Where an inferred shape is not the one of the output expected.
  var shapeFailure: String? {
    for (name, tensor) in expected {
      guard let shape = graph.shape(of: name) else { return "'\(name)' has no shape" }
      let fits =
        shape.count == tensor.shape.count
        && zip(shape, tensor.shape).allSatisfy { $0 == .fixed($1) }
      if !fits { return "'\(name)' has \(shape), not \(tensor.shape)" }
      if graph.elementType(of: name) != tensor.elementType {
        return "'\(name)' is \(graph.elementType(of: name)), not \(tensor.elementType)"
      }
    }
    return nil
  }

  /// Where an output is not the one expected, beyond the vectors' own tolerance.
  func valueFailure(_ found: [Tensor]) throws -> String? {
    for ((name, tensor), output) in zip(expected, found) {
      guard let wanted = Tensor(tensor) else { continue }
      guard output.shape == wanted.shape else { return "'\(name)' has shape \(output.shape)" }
      let difference = Difference(output.floats, wanted.floats)
      if output.bytes != wanted.bytes, !(difference.relative <= 1e-3) {
        return "'\(name)': \(difference)"
      }
    }
    return nil
  }
}

// MARK: - Slopes

extension ConformanceRun {
  /// What a comparison of the gradient with differences gave.
  enum Slope {
    case agrees
    case left(String)
    case differs(String)
  }

  /// Compares the gradient by all float inputs with central differences in a random direction, at
  /// the vector's point and, where that has a kink, at points near it.
  func slope() throws -> Slope {
    let moved = inputs.filter { $0.tensor.elementType == .float && $0.tensor.count > 0 }
    guard !moved.isEmpty else { return .left("no float32 input") }
    guard let output = expected.first(where: { $0.tensor.elementType == .float }),
      output.tensor.elementCount ?? 0 > 0
    else { return .left("no float32 output") }
    let builder = GraphBuilder(after: graph)
    let names = moved.map(\.name)
    if let node = Gradient(writingTo: builder).unruled(from: names, to: output.name).first {
      return .left("no rule for \(node.qualifiedName)")
    }
    var terms: [String: Term]
    do {
      terms = try Gradient(writingTo: builder).cotangents(
        of: names, from: output.name, cotangent: builder.term("cotangent", type: .float))
    } catch {
      return .left("refused: \(error.message)")
    }
    // An output that is an input would lie in the memory fed.
    for (name, term) in terms where term.name == "cotangent" {
      terms[name] = builder.rename(term, to: "gradient of \(name)")
    }
    var random = SeededGenerator(seed: 4)
    let dy = Tensor(
      shape: output.tensor.shape, floats: random.floats(output.tensor.elementCount ?? 0))
    var file = model
    file.proto = builder.extending(
      model.proto, inputs: [ValueInfoProto("cotangent", type: .float, shape: dy.shape)],
      outputs: names.compactMap { terms[$0] })
    let options = SessionOptions(threads: 1, optimizationLevel: .none, prepacking: false)
    let session = try Session(file, options: options)
    for jitter in [0, 0.04, 0.04, 0.04] as [Float] {
      let point = moved.map { input in
        let offsets = random.floats(input.tensor.count)
        return zip(input.tensor.floats, offsets).map { $0 + jitter * $1 }
      }
      let line = SlopeLine(
        session: session, inputs: inputs, moved: moved, point: point,
        directions: moved.map { random.floats($0.tensor.count) }, output: output.name, dy: dy)
      if let slope = try line.compared(with: terms) { return slope }
    }
    return .left("a kink, or too steep")
  }
}

/// A line through a point, along which an output is looked at.
private struct SlopeLine {
  let session: Session
  let inputs: [(name: String, tensor: Tensor)]
  let moved: [(name: String, tensor: Tensor)]
  let point: [[Float]]
  let directions: [[Float]]
  let output: String
  let dy: Tensor

  /// What is fed at a distance from the point.
  private func fed(_ step: Float) -> [String: Tensor] {
    var fed = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.tensor) })
    for (index, input) in moved.enumerated() {
      let floats = zip(point[index], directions[index]).map { $0 + step * $1 }
      fed[input.name] = Tensor(shape: input.tensor.shape, floats: floats)
    }
    fed["cotangent"] = dy
    return fed
  }

  private func value(_ step: Float) throws -> Double {
    let y = try session.run(fed(step), outputs: [output])[0].floats
    return zip(dy.floats, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  /// The slope by the gradient beside that by differences; nil where the line has a kink here.
  ///
  /// Of a smooth function the slope changes with the square of the step, and the second difference
  /// by the step grows with it; at a kink it stays.
  func compared(with terms: [String: Term]) throws -> ConformanceRun.Slope? {
    let step: Float = 1 / 128
    let (low, middle, high) = (try value(-step), try value(0), try value(step))
    let (near, far) = (try value(-step / 2), try value(step / 2))
    let wide = (high - low) / Double(2 * step)
    let narrow = (far - near) / Double(step)
    let bend = abs(high - 2 * middle + low) / Double(step)
    let nearBend = abs(far - 2 * middle + near) / Double(step / 2)
    let present = moved.indices.filter { terms[moved[$0].name] != nil }
    let names = present.compactMap { terms[moved[$0].name]?.name }
    let found = names.isEmpty ? [] : try session.run(fed(0), outputs: names)
    let products = zip(present, found).flatMap { index, tensor in
      zip(tensor.floats, directions[index]).map { Double($0 * $1) }
    }
    let expected = products.reduce(0, +)
    let size = products.reduce(1) { $0 + abs($1) }
    if abs(narrow - expected) <= 3e-3 * size {
      return present.isEmpty ? .left("no derivative") : .agrees
    }
    let isKink = nearBend > 2e-3 * size && nearBend > 0.7 * bend
    if isKink || !(abs(wide - narrow) <= 1e-3 * size) { return nil }
    return .differs("\(narrow), not \(expected)")
  }
}
