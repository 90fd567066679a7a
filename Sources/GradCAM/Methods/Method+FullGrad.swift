import Diagnostics
import ONNXFormat
import ONNXGraph

extension Method {
  /// FullGrad: the input times its gradient, and every bias times its gradient.
  ///
  ///     M = Σ_c ψ(|x ⊙ ∂y/∂x|)_c + Σ_l Σ_c ψ(|b_l ⊙ ∂y/∂b_l|)_c
  ///     ψ(v) = bilinear((v − min v) / (10⁻⁷ + max (v − min v))), each channel by itself
  ///
  /// y of a network of ReLUs is exactly Σ x ⊙ ∂y/∂x + Σ b ⊙ ∂y/∂b.  Biases are those of
  /// convolutions and batch normalizations, β − μ γ / √(σ² + ε), also where an exporter folded one
  /// into the other or wrote it as an Add; those of linear layers stand at no place.  ψ is that of
  /// pytorch-grad-cam.  Since enlarging is linear, channels are added before it.
  ///
  /// Srinivas and Fleuret, "Full-Gradient Representation for Neural Network Visualization", NeurIPS
  /// 2019, equation 4.
  public static let fullGrad = Method(
    name: "fullgrad", title: "FullGrad", source: "Srinivas and Fleuret 2019", scope: .input,
    summary: "the input and all biases, each times its gradient",
    needs: "an input of floats; convolutions with biases or batch normalization", isSigned: false,
    procedure: .graph { context throws(DiagnosticError) in [try FullGradient(context).map] })
}

/// Writes FullGrad's map.
struct FullGradient {
  private let context: GraphContext

  init(_ context: GraphContext) { self.context = context }

  /// [T, H, W], or [T, D, H, W] of a volume.
  var map: Term {
    get throws(DiagnosticError) {
      let input = try context.model.layer(named: "input")
      let biases = MapBias.list(in: context.builder, rank: input.shape.count + 1)
      let found = try context.gradients(of: [input.valueName] + biases.map(\.value))
      guard let gradient = found[input.valueName] else {
        throw .noGradient(input, context.model)
      }
      let sides = Array(input.shape.dropFirst())
      let share = input.map.brought(context.image.cast(to: gradient.type) * gradient)
      // One sum for each resolution, so that each is enlarged once.
      var sums: [[Int]: [Term]] = [sides: [scaled(share, axes: sides.count)]]
      for bias in biases {
        guard let gradient = found[bias.value] else { continue }
        sums[bias.sides, default: []].append(
          scaled(bias.term.cast(to: gradient.type) * gradient, axes: sides.count))
      }
      let terms = sums.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { own in
        context.builder.sum(sums[own] ?? []).map { enlarged($0, from: own, to: sides) }
      }
      guard let sum = context.builder.sum(terms) else { throw .noGradient(input, context.model) }
      return sum
    }
  }

  /// Σ_c of |v| [T, C, …], each channel brought to 0 through 1.
  private func scaled(_ values: Term, axes count: Int) -> Term {
    let axes = Array(2..<2 + count)
    let size = values.magnitude
    let raised = size + (-size).maximum(axes)
    return (raised / (raised.maximum(axes) + 1e-7)).sum([1], keepsAxes: false).cast(to: .float)
  }

  /// A map [T, …] at other sides, linear between the middles of cells, edges held.
  private func enlarged(_ map: Term, from sides: [Int], to wide: [Int]) -> Term {
    var map = map
    let rank = sides.count + 1
    for (place, (side, wider)) in zip(sides, wide).enumerated() where side != wider {
      let matrix = context.builder.constant(
        ResizeMatrix.halfPixel(from: side, to: wider), shape: [wider, side]
      ).transposed([1, 0])
      // The axis is put last, multiplied, and put back.
      var order = Array(0..<rank)
      order.swapAt(place + 1, rank - 1)
      map = map.transposed(order).times(matrix: matrix).transposed(order)
    }
    return map
  }
}
