import ONNXFormat
import ONNXGraph

/// A bias of feature maps: a number that a node adds to each channel.
struct MapBias {
  /// The node's output, whose gradient is the bias's at each place.
  let value: String
  /// The numbers, [1, C, 1, …].
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
    term = numbers.reshaped([1, channels] + sides.map { _ in 1 })
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
