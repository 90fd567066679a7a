import ONNXFormat
import ONNXGraph

/// A gradient that all places of a feature map share, as the nodes written show: what a mean hands
/// back is spread over the places last of all.
struct EvenGradient {
  /// The gradient of each channel, [T, 1, K].
  let perChannel: Term

  /// Recognises such a gradient among the nodes written, seen through transpositions; nil for any
  /// other.
  init?(_ gradient: Term, at layer: Layer) {
    let builder = gradient.builder
    var value = gradient
    var orders: [[Int]] = []
    while let node = builder.writtenNode(making: value), node.opType == "Transpose",
      let order = node.ints("perm"), let inner = node.input(at: 0)
    {
      orders.append(order)
      value = builder.term(inner, type: gradient.type)
    }
    guard layer.map.batchAxis == 0, let node = builder.writtenNode(making: value),
      ["Expand", "Tile"].contains(node.opType), let inner = node.input(at: 0),
      let sides = node.input(at: 1).flatMap(builder.writtenIntegers)
    else { return nil }
    // An axis that is spread carries the same value at all its positions.
    var spread = sides.map { $0 != 1 }
    for order in orders.reversed() {
      guard order.count == spread.count else { return nil }
      spread = order.map { spread[$0] }
    }
    let axes = Set(spread.indices.filter { spread[$0] })
    guard axes == MeanHead.placeAxes(of: layer),
      sides.reduce(1, *) == layer.map.placeCount
    else { return nil }
    // All axes but the batch and the channels have side 1, in whatever order.
    perChannel = builder.term(inner, type: gradient.type).reshaped([-1, 1, layer.channels])
  }
}
