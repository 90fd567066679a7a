import Diagnostics
import ONNXFormat
import ONNXGraph

extension Method {
  /// FinerCAM: what tells the target from the classes nearest to it.
  ///
  ///     f = Σ_d p_d (y_c − α y_d) / (Σ_d p_d + ε)        M = Σ_k mean(∂f/∂A_k) A_k
  ///
  /// over the classes d whose logits are nearest to y_c, with p the softmax of all logits, which is
  /// differentiated too.  Zhang et al., "Finer-CAM: Spotting the Difference Reveals Finer
  /// Details for Visual Explanation", CVPR 2025, equations 4 and 5.  A preset may let all d count
  /// alike: f = y_c − α mean y_d.  Where several classes are explained together, y_c is their sum
  /// with weights, and none of them is a d.
  public static let finerCAM = Method(
    name: "finercam", title: "FinerCAM", source: "Zhang et al. 2025",
    summary: "Grad-CAM of what tells the target from the classes nearest to it",
    needs: "at least 2 classes", sumsChannels: true,
    parameters: MethodParameters(contrast: 1, rivals: 3),
    procedure: .graph { context throws(DiagnosticError) in
      let contrast = try context.contrast
      return try context.maps({ $0.weighted(by: $0.channelMeans) }, cotangent: contrast)
    })
}

extension GraphContext {
  /// ε of FinerCAM's denominator.
  private static var smallShare: Float { 1e-9 }

  /// ∂f/∂logits, [T, C], for FinerCAM's f.
  ///
  /// With m_d = y_c − α y_d and S = Σ_d p_d: ∂f/∂y_j is t_j S/(S + ε), t being the target's own
  /// cotangent, and for the rivals − α q_j + q_j (m_j − f), q = p/(S + ε), and for all classes
  /// − p_j f ε/(S + ε), which is ∂p_d/∂y_j = p_d (δ_dj − p_j) summed up.
  fileprivate var contrast: Term {
    get throws(DiagnosticError) {
      guard model.classCount > 1 else { throw .contrastNeedsClasses(model) }
      let (own, marks) = (cotangent, try rivals)
      // The method's own default leaves it to the preset.
      let given = method.parameters.contrast ?? 1
      let factor =
        given == Method.finerCAM.parameters.contrast ? preset.formulas.finerContrast : given
      if preset.formulas.finerCountsAlike {
        return own - marks * factor / marks.sum([1])
      }
      let shares = builder.emit("Softmax", [logits], attributes: [AttributeProto("axis", 1)])
      let total = (marks * shares).sum([1])
      let weights = marks * shares / (total + Self.smallShare)
      let margins = (own * logits).sum([1]) - factor * logits
      let f = (weights * margins).sum([1])
      let rest = f * Self.smallShare / (total + Self.smallShare)
      let direct = own * weights.sum([1]) - weights * factor
      return direct + weights * (margins - f) - shares * rest
    }
  }

  /// 1 for each of the classes nearest to a target's value, else 0: [T, C].
  private var rivals: Term {
    get throws(DiagnosticError) {
      let own = cotangent
      let isOwn = 1 - own.mask(equalTo: own.scalar(0))
      let distances = (logits - (own * logits).sum([1])).magnitude
      let count = max(1, min(method.parameters.rivals ?? 3, model.classCount - 1))
      // Own classes come last, however near.
      let nearest = (-(distances + isOwn * .greatestFiniteMagnitude)).largest(count)
      let places = builder.integers(
        Array(0..<model.classCount), shape: [1, 1, model.classCount])
      let marks = nearest.unsqueezed([2]).equals(places).cast(to: .float)
      return marks.sum([1], keepsAxes: false) * (1 - isOwn)
    }
  }
}

extension Term {
  /// The places of the largest values along axis 1, [T, count].
  fileprivate func largest(_ count: Int) -> Term {
    let found =
      builder.opset >= 10
      ? builder.emit("TopK", [self, builder.integers([count])], outputCount: 2)
      : builder.emit("TopK", [self], attributes: [AttributeProto("k", count)], outputCount: 2)
    return builder.term(found[1].name, type: .int64)
  }
}
