import ArgumentParser
import GradCAM

/// How the model file is to be read.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The image size, where the model leaves it open; 224x224 unless given. 'photo' takes each \
      photo's own, rounded to steps of the model's coarsest layer.
      """, valueName: "WxH|photo"))
  var size: SizeChoice?

  @OptionGroup var graph: GraphOptions

  /// Reads the model.
  ///
  /// - Parameter takesPhotoSize: whether each photo's own size can be meant.
  func model(
    _ path: String, size: ImageSize? = nil, depth: Int? = nil, takesPhotoSize: Bool = false
  ) throws(DiagnosticError) -> Model {
    if let choice = self.size, choice.size == nil, !takesPhotoSize {
      throw .photoSizeNeedsExplain
    }
    return try graph.model(path, size: self.size?.size ?? size, depth: depth)
  }
}

/// A size, or each photo's own.
struct SizeChoice: ExpressibleByArgument {
  /// The size; nil for each photo's own.
  let size: ImageSize?

  init?(argument: String) {
    guard argument != "photo" else {
      size = nil
      return
    }
    guard let size = ImageSize(argument: argument) else { return nil }
    self.size = size
  }
}
