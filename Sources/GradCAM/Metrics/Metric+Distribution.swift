import Diagnostics

extension Metric {
  /// Complexity: the entropy of the map's shares, at the size of the model's input.
  ///
  ///     −Σ_i p_i ln p_i        p_i = |M_i| / Σ_j |M_j|
  ///
  /// 0 for a single pixel, ln N for a map that is even over N pixels; a map of another size has
  /// another entropy.
  ///
  /// Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations",
  /// IJCAI 2020, "complexity".
  public static let complexity = Metric(
    name: "complexity", title: "Complexity", source: "Bhatt et al. 2020",
    summary: "entropy of the map's shares, at the size of the input", direction: .lower,
    needs: .map,
    measure: { context throws(DiagnosticError) in
      MapStatistics.entropy(context.map).map { .init($0) }
        ?? .init(undefined: "the map is zero everywhere")
    })

  /// Sparseness: the Gini coefficient of the map's magnitudes, at the size of the model's input.
  ///
  ///     Σ_i (2 i − N − 1) |M|_i / (N Σ_i |M|_i)        magnitudes in ascending order
  ///
  /// 0 for a map that is even, towards 1 for one that is a single pixel.
  ///
  /// Chalasani et al., "Concise Explanations of Neural Networks using Adversarial Training",
  /// ICML 2020, "Gini index".
  public static let sparseness = Metric(
    name: "sparseness", title: "Sparseness", source: "Chalasani et al. 2020",
    summary: "Gini coefficient of the map's magnitudes, at the size of the input",
    direction: .higher, needs: .map,
    measure: { context throws(DiagnosticError) in
      context.heatmap.isEmpty
        ? .init(undefined: "the map is zero everywhere")
        : .init(Double(MapStatistics.gini(context.map.map { abs($0) })))
    })
}
