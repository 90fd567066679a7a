import ONNXFormat
import ONNXGraph

/// A bias of feature maps: a number that a node adds to each channel.
struct MapBias {
  /// The node's output, whose gradient is the bias's at each place.
  let value: String
  /// The numbers, [1, C, 1, …], times the derivative of an activation in the same node.
  let term: Term
  /// The sides of the maps.
  let sides: [Int]

  /// Every bias of a convolution or batch normalization, in order.
  ///
  /// - Parameter rank: of the maps with batch and channels.
  static func list(in builder: GraphBuilder, rank: Int) -> [MapBias] {
    builder.graph.nodes.compactMap { MapBias($0, in: builder, rank: rank) }
  }

  private init?(_ node: NodeProto, in builder: GraphBuilder, rank: Int) {
    guard let value = node.output(at: 0), let shape = builder.graph.shape(of: value),
      shape.count == rank, let sides = Array(shape[2...]).fixedSides,
      shape[0] == .batch(1) || shape[0].value != nil, let channels = shape[1].value,
      let numbers = Self.numbers(of: node, in: builder, channels: channels, rank: rank)
    else { return nil }
    (self.value, self.sides) = (value, sides)
    let bias = numbers.reshaped([1, channels] + sides.map { _ in 1 })
    guard let slope = Self.slope(of: node, in: builder) else { return nil }
    term = slope.map { bias.cast(to: $0.type) * $0 } ?? bias
  }

  /// The derivative of a fused convolution's activation, read off its output; a nil term where the
  /// node has none, nil where it is none of those that convolutions are fused with.
  private static func slope(of node: NodeProto, in builder: GraphBuilder) -> Term?? {
    guard let activation = node.string("activation"), !activation.isEmpty,
      let name = node.output(at: 0)
    else { return .some(nil) }
    let y = builder.read(name)
    let numbers = node.floats("activation_params") ?? []
    switch activation {
    case "Relu": return y.mask(greaterThan: 0)
    case "LeakyRelu":
      let below = numbers.first ?? 0.01
      return y.mask(greaterThan: 0) * (1 - below) + below
    case "Clip" where numbers.count == 2:
      return y.mask(greaterThan: numbers[0]) * y.mask(lessThan: numbers[1])
    default: return nil
    }
  }

  /// The numbers a node adds; nil where it adds none.
  private static func numbers(
    of node: NodeProto, in builder: GraphBuilder, channels: Int, rank: Int
  ) -> Term? {
    switch node.qualifiedName {
    case "Conv", "ConvTranspose", "com.microsoft.FusedConv":
      return node.input(at: 2).map(builder.read)
    case "BatchNormalization":
      // β − μ γ / √(σ² + ε)
      guard (1...4).allSatisfy({ node.input(at: $0) != nil }) else { return nil }
      let parts = (1...4).map { builder.read(node.input[$0]) }
      let deviation = (parts[3] + (node.float("epsilon") ?? 1e-5)).squareRoot
      return parts[1] - parts[2] * parts[0] / deviation
    case "Add":
      return node.input.lazy.compactMap { name -> Term? in
        guard let stored = builder.graph.initializers[name], stored.isPerChannel(channels, rank)
        else { return nil }
        return builder.read(name)
      }.first
    default: return nil
    }
  }
}

extension TensorProto {
  /// Whether it has a number for each channel of maps of a rank and is even over places.
  fileprivate func isPerChannel(_ channels: Int, _ rank: Int) -> Bool {
    let sides = dims.map { Int(clamping: $0) }
    guard (rank - 1...rank).contains(sides.count) else { return false }
    let padded = Array(repeating: 1, count: rank - sides.count) + sides
    return channels > 1 && padded == [1, channels] + Array(repeating: 1, count: rank - 2)
  }
}
