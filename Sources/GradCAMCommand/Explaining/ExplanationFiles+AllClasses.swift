import GradCAM

// `--target all`: the maps of every class as one array.

extension ExplainRun {
  /// Refuses methods whose maps of all classes take too many passes, or are at the input.
  static func checkAllClasses(_ method: Method) throws(DiagnosticError) {
    guard method.scope == .layer, !method.needsManyPasses else {
      throw .noMapsOfAllClasses(method)
    }
  }
}

extension ExplanationFiles.Job {
  /// Keeps the predicted class's explanation, and the maps of all.
  ///
  /// - Parameters:
  ///   - all: of every class, in order.
  ///   - targets: theirs.
  init(
    ofAllClasses all: [Explanation], _ targets: [Target], input: ExplainInput,
    picture: ExplainPicture, explainer: Explainer
  ) {
    let ranking = all[0].shares.isEmpty ? all[0].logits : all[0].shares
    let predicted = all.indices.max { (ranking[$0], $1) < (ranking[$1], $0) } ?? 0
    self.init(
      input: input, picture: picture, explainer: explainer, targets: [targets[predicted]],
      explanations: [all[predicted]])
    classMaps = all[0].rawMaps.indices.map { layer in
      FloatTensor(
        shape: [all.count] + all[0].rawMaps[layer].shape,
        values: all.flatMap { $0.rawMaps[layer].values })
    }
  }
}
