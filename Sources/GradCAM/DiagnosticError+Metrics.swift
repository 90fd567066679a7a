import Diagnostics

// The words of measuring; beside DiagnosticError+GradCAM, which is long.
extension DiagnosticError {
  /// A map that was made of another photo than the one it is judged on.
  static func mapOfAnotherPhoto(_ map: PhotoView, _ photo: PhotoView) -> DiagnosticError {
    DiagnosticError(
      .input, "The heatmap is of a photo of \(map.photo), seen otherwise than this one",
      notes: ["this photo has \(photo.photo)"],
      help: "score a heatmap with the photo and the preprocessing it was made with")
  }

  /// A mask whose size is not the photo's.
  static func truthOfAnotherSize(_ mask: ImageSize, photo: ImageSize) -> DiagnosticError {
    DiagnosticError(
      .input, "The mask has \(mask), but its photo has \(photo)",
      help: "masks are given in pixels of the photo as it stands upright")
  }
}
