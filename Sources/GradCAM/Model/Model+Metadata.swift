import ONNXFormat

extension Model {
  /// The labels that the model file brings along, under `labels` or `names` in its metadata: a
  /// JSON array, an object from index to text, or one class a line; nil where there are none, or
  /// not one a class.  The names of a ZipMap are taken too.
  public var labels: Labels? {
    for key in ["labels", "names", "classes"] {
      guard let text = metadata[key], let labels = Labels(text: text) else { continue }
      if labels.count == classCount { return labels }
    }
    // A ZipMap names each probability.
    guard let node = graph.producer(of: outputName), node.opType == "ZipMap" else { return nil }
    let texts = node.texts("classlabels_strings") ?? []
    return texts.count == classCount && classCount > 0 ? Labels(texts) : nil
  }

  /// The preprocessing that the model file states in its metadata: `mean` and `std` (a list of
  /// numbers each), and if they are there `scale`, `geometry` and `channels`; nil where it states
  /// neither mean nor deviation, or in a way that is not understood.
  ///
  /// A model that states its numbers but no geometry sees the whole photo.
  public var preprocessing: Preprocessing? {
    guard metadata["mean"] != nil || metadata["std"] != nil else { return nil }
    guard let mean = numbers("mean", default: [0]), let std = numbers("std", default: [1]),
      let scale = numbers("scale", default: [1 / 255])?.first,
      [1, 3].contains(mean.count), [1, 3].contains(std.count), !std.contains(0)
    else { return nil }
    let geometry = metadata["geometry"].map { Preprocessing.Geometry(rawValue: $0) } ?? .squash
    let order = metadata["channels"].map {
      Preprocessing.ChannelOrder(rawValue: $0.lowercased())
    }
    guard let geometry, let order = order ?? .some(.rgb) else { return nil }
    return Preprocessing(
      name: "model", geometry: geometry, scale: scale, mean: mean, std: std, channelOrder: order)
  }

  /// What to take where nobody says otherwise: what the model states; pixel values as they are for
  /// an input of bytes, of other bands than a photo's, or of volumes; else ImageNet's.
  public var customaryPreprocessing: Preprocessing {
    if let preprocessing { return preprocessing }
    return input.takesBytes || !input.takesPhotos ? .raw : .imageNet
  }

  /// The texts that the model file carries about itself.
  public var metadata: [String: String] {
    Dictionary(file.proto.metadataProps.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The finite numbers of a list such as `[0.5, 0.5, 0.5]`.
  private func numbers(_ key: String, default other: [Float]) -> [Float]? {
    guard let text = metadata[key] else { return other }
    let parts = text.split { "[](), \t".contains($0) }
    let values = parts.compactMap { Float($0) }.filter(\.isFinite)
    return values.isEmpty || values.count != parts.count ? nil : values
  }
}
