import ArgumentParser
import GradCAM

/// How photos become a model's numbers, and what its classes are called.
struct PhotoOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The classes' names: one a line, a JSON array, or a JSON object from index to name. \
      'imagenet' is built in. Unless given, the labels stored in the model.
      """, valueName: "FILE|imagenet"),
    completion: .file(extensions: ["txt", "json"]))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "How photos become numbers; unless given, as the model states, else imagenet.",
      valueName: "preset"))
  var preprocess: Preprocessing?

  @Option(
    help: """
      Whether the middle is cut out of the photo, or all of it squeezed to the model's size.
      """)
  var geometry: Preprocessing.Geometry?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Subtracted from each channel after scaling.", valueName: "a,b,c"))
  var mean: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What each channel is divided by last.", valueName: "a,b,c"))
  var std: NumberList?

  @Option(
    help: ArgumentHelp(
      "What pixel values, 0 through 255, are multiplied with first.", valueName: "x"))
  var scale: Float?

  @Option(help: "The order of the model's channels.")
  var channels: ChannelChoice?
}

// MARK: - What they come to

extension PhotoOptions {
  /// The preset, with what single options say in its place.
  func preprocessing(
    for model: Model, size: ImageSize?
  ) throws(DiagnosticError) -> Preprocessing {
    var result = preprocess ?? model.customaryPreprocessing
    let isChanged = mean != nil || std != nil || scale != nil || geometry != nil || channels != nil
    if isChanged { result.name += ", changed" }
    if let mean { result.mean = mean.values }
    if let std { result.std = std.values }
    if let scale { result.scale = scale }
    if let geometry { result.geometry = geometry }
    result.size = size
    guard let channels else { return result }
    guard (channels == .gray) == (model.input.channels == 1) else {
      throw .channelsContradictModel(channels, model)
    }
    result.channelOrder = channels == .bgr ? .bgr : .rgb
    return result
  }

  /// Whether the numbers themselves are asked to change, which arrays otherwise do not.
  var statesNumbers: Bool { preprocess != nil || mean != nil || std != nil || scale != nil }

  /// The labels asked for, else those that the model brings along.
  func labels(for model: Model) throws(DiagnosticError) -> Labels? {
    guard let labels else { return model.labels }
    let read = labels == "imagenet" ? Labels.imageNet : try Labels(contentsOf: labels)
    // A model with one class more counts a background first.
    guard read.count == model.classCount || read.count + 1 == model.classCount else {
      throw .wrongLabelCount(read.count, in: labels, model)
    }
    return read
  }

  /// What to say where something had to be assumed.
  ///
  /// Models of 1000 classes nearly always want ImageNet's numbers, so only of others is it said
  /// that they are assumed.
  func hints(
    for model: Model, labels: Labels?, hasPhotos: Bool, statesSize: Bool
  ) -> [String] {
    var hints: [String] = []
    if hasPhotos, model.input.hasOpenSize, !statesSize, model.input.takesPhotos {
      hints.append(
        "the model leaves its size open, so \(model.input.size) is assumed; '--size photo' takes "
          + "each photo's own")
    }
    if labels == nil, [1000, 1001].contains(model.classCount) {
      hints.append(
        "the model stores no labels; '--labels imagenet' names its \(model.classCount) classes")
    }
    let isAssumed = preprocess == nil && model.preprocessing == nil && mean == nil && std == nil
    if hasPhotos, isAssumed, !model.input.takesPhotos {
      hints.append(
        "the model states no preprocessing, so numbers are fed as they are; '--scale', '--mean' and "
          + "'--std' change them")
    } else if hasPhotos, isAssumed, !model.input.takesBytes, model.input.channels == 3,
      model.classCount != 1000
    {
      hints.append(
        "the model states no preprocessing, so 'imagenet' is assumed; '--preprocess' names another")
    }
    return hints
  }
}
