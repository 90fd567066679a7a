import ONNXFormat

/// The receptive field of every value: which pixels its positions depend on.
///
/// Windows are followed exactly: with what a position of the input sees from `low` through `high`
/// and `step` pixels to the next, a window of n positions `dilation` apart, `pad` before the edge
/// and `stride` to the next sees
///
///     low − pad · step  …  high + ((n − 1) · dilation − pad) · step,   step · stride to the next
///
/// (Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill
/// 2019).  Ways that meet are joined.  Attention and products over places mix those: all of them,
/// or a window's.
///
/// **What is the same at all places does not count**: a squeeze-and-excitation factor, the
/// statistics of a normalization, an image's pooled features set beside each place.  They depend on
/// all of the picture, but do not tell where; with them every field would be the whole picture.
package struct ReceptiveFields: Sendable {
  /// What positions of each value see.
  private var reaches: [String: [Arrangement.Direction: Reach]] = [:]

  /// Follows the graph from the input that takes the picture.
  package init(of graph: Graph, from input: String) {
    let places = graph.facts[input]?.arrangement?.axes.flatMap(\.places) ?? []
    reaches[input] = Dictionary(
      places.map { ($0.direction, Reach()) }, uniquingKeysWith: { first, _ in first })
    for node in graph.nodes {
      let captured = node.allInputs.filter { !node.input.contains($0) }
      let known = (node.input + captured).map { reaches[$0] ?? [:] }
      guard known.contains(where: { !$0.isEmpty }) else { continue }
      let question = ReachQuestion(node: node, inputs: known, graph: graph)
      let found = question.reach
      for name in node.output where !name.isEmpty && !found.isEmpty { reaches[name] = found }
    }
  }

  /// The receptive field of a value; nil where it has no places.
  package subscript(_ value: String) -> ReceptiveField? {
    reaches[value].map { ReceptiveField(extents: $0.mapValues(\.extent)) }
  }
}

/// What positions of a node's inputs see, from which that of its outputs follows.
struct ReachQuestion {
  typealias Reaches = [Arrangement.Direction: Reach]

  let node: NodeProto
  /// What positions of each input see.
  let inputs: [Reaches]
  let graph: Graph

  /// What positions of the outputs see.
  var reach: Reaches {
    switch node.opType {
    case "Conv", "FusedConv", "MaxPool", "AveragePool", "LpPool": windowed
    case "ConvTranspose": transposed
    case "Resize", "Upsample": resized
    case "Slice": sliced
    case "Pad": padded
    case "Concat": joined
    case "MatMul", "Gemm", "Einsum": product
    case let name where name.hasPrefix("Global") || name.hasPrefix("Reduce"): withoutPooled
    case let name where name.hasSuffix("Attention"): attended
    case let name where Self.blurring.contains(name):
      union.mapValues { _ in Reach(isWhole: true) }
    default: regrouped
    }
  }

  /// Operators whose results may depend on any place, or on places that the numbers choose.
  private static let blurring: Set<String> = [
    "CumSum", "DFT", "DeformConv", "GRU", "GridSample", "If", "LSTM", "Loop", "MaxRoiPool",
    "MaxUnpool", "RNN", "RoiAlign", "Scan", "TopK",
  ]

  /// All inputs joined; one without places adds nothing.
  var union: Reaches {
    inputs.reduce(into: [:]) { result, input in result.merge(input) { $0.union($1) } }
  }

  /// What an input's axes run over.
  func axes(_ input: Int) -> [[Arrangement.Part]]? {
    node.input(at: input).flatMap { graph.facts[$0]?.arrangement?.axes }
  }

  /// The sides of an input or output as far as they are known.
  func sides(of value: String?) -> [Int?]? {
    value.flatMap(graph.shape).map { $0.map(\.value) }
  }

  /// The direction an axis of the first input is, by what is known of it or by its place.
  func direction(_ axis: Int, rank: Int) -> Arrangement.Direction? {
    let told = axes(0)?[axis].places.map(\.direction) ?? []
    if let first = told.first { return first }
    let directions = Arrangement.Direction.allCases
    let place = directions.count - (rank - axis)
    return directions.indices.contains(place) ? directions[place] : nil
  }

  /// Joined, and where parts moved between places and channels on a coarser or finer grid.
  private var regrouped: Reaches {
    var result = union
    for (direction, reach) in result {
      guard let old = total(direction, of: node.input), let new = total(direction, of: node.output),
        old != new
      else { continue }
      if old.isMultiple(of: new) {
        let step = Double(old / new)
        result[direction] = reach.reading(from: 0, through: step - 1, stride: step)
      } else if new.isMultiple(of: old) {
        let step = Double(old) / Double(new)
        result[direction] = reach.reading(from: step - 1, through: 0, stride: step)
      }
    }
    return result
  }

  /// Number of positions of a direction in the first of some values that has them.
  private func total(_ direction: Arrangement.Direction, of values: [String]) -> Int? {
    values.lazy.compactMap { graph.facts[$0]?.arrangement }.flatMap(\.axes).flatMap(\.places)
      .first { $0.direction == direction }?.total
  }
}
