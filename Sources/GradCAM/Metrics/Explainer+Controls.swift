public import Diagnostics
public import Imaging

extension Explainer {
  /// A control's map of a photo, to be scored like any method's.
  ///
  /// - Throws: ``DiagnosticError`` where the preprocessing does not fit the model.
  public func heatmap(of photo: Image, by control: Control) throws(DiagnosticError) -> Heatmap {
    control.heatmap(of: try prepared(photo), for: model.input)
  }

  /// The same for an input used as it is: [C, H, W] or [1, C, H, W] in the model's layout.
  public func heatmap(
    of input: FloatTensor, by control: Control
  ) throws(DiagnosticError) -> Heatmap {
    control.heatmap(of: try prepared(input), for: model.input)
  }

  /// A map made elsewhere, to be scored or drawn like any other: scaled as maps are, and laid over
  /// what the model sees of a photo.
  ///
  /// - Parameters:
  ///   - map: signed values, [rows, columns].
  ///   - evidence: which part of them is shown.
  ///   - photo: the photo that they belong to.
  /// - Throws: ``DiagnosticError`` where it has another shape or a number is not finite.
  public func heatmap(
    of photo: Image, from map: FloatTensor, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> Heatmap {
    try Heatmap(RawMap(map), showing: evidence, view: try prepared(photo).view)
  }

  /// The same for an input used as it is.
  public func heatmap(
    of input: FloatTensor, from map: FloatTensor, showing evidence: Evidence = .for
  ) throws(DiagnosticError) -> Heatmap {
    try Heatmap(RawMap(map), showing: evidence, view: try prepared(input).view)
  }
}

extension RawMap {
  /// A map made elsewhere.
  fileprivate init(_ map: FloatTensor) throws(DiagnosticError) {
    guard map.shape.count == 2, !map.values.isEmpty else { throw .notMap(map.shape) }
    if let index = map.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFiniteInput(map.values[index], at: index, shape: map.shape)
    }
    self.init(width: map.shape[1], height: map.shape[0], values: map.values)
  }
}
