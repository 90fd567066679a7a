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
}
