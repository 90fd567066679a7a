import ONNXFormat

// Operators that mix places: products that sum over them, attention, poolings over all of them.

extension ReachQuestion {
  /// Without the directions that are pooled to one place.
  var withoutPooled: Reaches {
    var result = inputs.first ?? [:]
    guard let rank = sides(of: node.input(at: 0))?.count else { return result }
    let named = node.input(at: 1).flatMap { graph.facts[$0]?.integers }
    let reduced =
      node.opType.hasPrefix("Global")
      ? Array(0..<rank).dropFirst(2)
      : (Axes.reduced(node, rank: rank, integers: named) ?? [])[...]
    for axis in reduced {
      for place in axes(0)?[axis].places ?? [] where place.size * place.stride >= place.total {
        result[place.direction] = nil
      }
    }
    return result
  }

  /// Attention in one operator: all places of its rows are mixed.
  ///
  /// Windows stand beside the batch and are not.
  var attended: Reaches {
    guard let axes = axes(0) else { return union.mapValues { _ in Reach(isWhole: true) } }
    return mixed(union, axes.dropFirst().flatMap(\.places))
  }

  /// Products: places that are summed over are mixed; a product of two values in which a direction
  /// is summed over only is the same at all places.
  var product: Reaches {
    guard let (summed, kept) = productAxes else { return union }
    let told = Set(kept.map(\.direction))
    let isOfTwo = inputs.prefix(2).count { !$0.isEmpty } == 2
    return mixed(isOfTwo ? union.filter { told.contains($0.key) } : union, summed)
  }

  private func mixed(_ reaches: Reaches, _ places: [Arrangement.Place]) -> Reaches {
    var result = reaches
    for (direction, reach) in reaches {
      result[direction] = reach.mixing(places.filter { $0.direction == direction })
    }
    return result
  }

  /// The places of the inputs' axes that are summed over and those that are kept; nil where too
  /// little is known.
  private var productAxes: (summed: [Arrangement.Place], kept: [Arrangement.Place])? {
    var summed: [Arrangement.Place] = []
    var kept: [Arrangement.Place] = []
    for (place, reaches) in inputs.enumerated() where !reaches.isEmpty {
      guard let axes = axes(place), let gone = summedAxes(place, rank: axes.count) else {
        return nil
      }
      for axis in axes.indices {
        if gone.contains(axis) { summed += axes[axis].places } else { kept += axes[axis].places }
      }
    }
    return (summed, kept)
  }

  /// Which axes of an input are summed over.
  private func summedAxes(_ input: Int, rank: Int) -> Set<Int>? {
    switch node.opType {
    case "MatMul":
      return [rank == 1 ? 0 : input == 0 ? rank - 1 : rank - 2]
    case "Gemm":
      guard input < 2 else { return [] }
      let isTurned = node.int(input == 0 ? "transA" : "transB") == 1
      return [(input == 0) != isTurned ? rank - 1 : rank - 2]
    default:
      let ranks = node.input.compactMap { graph.shape(of: $0)?.count }
      guard ranks.count == node.input.count, let text = node.string("equation"),
        let equation = EinsumEquation(text, ranks: ranks), equation.inputs[input].count == rank
      else { return nil }
      return Set((0..<rank).filter { !equation.output.contains(equation.inputs[input][$0]) })
    }
  }
}
