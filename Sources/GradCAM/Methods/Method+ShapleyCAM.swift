import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph

extension Method {
  /// ShapleyCAM: Grad-CAM with the gradient halfway back to no feature maps, to second order.
  ///
  ///     w_k = mean(g − ½ H·A)_k        H = ∂²y/∂A²        M = Σ_k w_k A_k
  ///
  /// Cai, "CAMs as Shapley Value-based Explainers", The Visual Computer 2025, equation 17.  The
  /// product H·A is the gradient of ⟨g, A'⟩ with A' = A held constant, so the gradient that was
  /// written is differentiated once more.  It is zero, and the map Grad-CAM's, where only
  /// piecewise linear operators such as ReLU follow the layer.
  public static let shapleyCAM = Method(
    name: "shapleycam", title: "ShapleyCAM", source: "Cai 2025",
    summary: "Grad-CAM with half the change of the gradient taken off",
    needs: "operators whose gradient can be differentiated again", sumsChannels: true,
    servesSeveralTargets: false, cost: { _ in PassCount(gradient: 2) },
    procedure: .graph { context throws(DiagnosticError) in
      let gradients = try context.layerGradients()
      let changes = try context.changes(of: gradients)
      var maps: [Term] = []
      for ((layer, gradient), change) in zip(zip(context.layers, gradients), changes) {
        let halfway = change.map { gradient - 0.5 * $0 } ?? gradient
        let seen = context.context(layer, gradient: halfway)
        maps.append(seen.weighted(by: seen.channelMeans))
      }
      return maps
    })
}

extension GraphContext {
  /// H·A at each layer; nil where it is zero.
  ///
  /// The model with its gradient is read as a graph again, so that the shapes of what was written
  /// are known to the rules.
  fileprivate func changes(of gradients: [Term]) throws(DiagnosticError) -> [Term?] {
    guard model.graph.unrunNodes.isEmpty else {
      throw .noSecondGradient(model, because: "it computes with integers")
    }
    var inputs = targets.declarations
    if let batch = model.input.fixedBatch {
      for index in inputs.indices {
        inputs[index].type.tensorType.shape.dim[0].dimValue = Int64(batch)
      }
    }
    let proto = builder.extending(model.file.proto, inputs: inputs, outputs: gradients)
    let second = GraphBuilder(after: model.input.graph(of: proto))
    var changes: [Term?] = []
    for (layer, gradient) in zip(layers, gradients) {
      do {
        let found = try Gradient(writingTo: second).cotangents(
          of: [layer.valueName], from: gradient.name, cotangent: second.read(layer.valueName))
        changes.append(found[layer.valueName])
      } catch {
        throw .noSecondGradient(model, because: ([error.message] + error.notes)[0])
      }
    }
    builder.absorb(second)
    return changes.map { $0.map { builder.term($0.name, type: $0.type) } }
  }
}
