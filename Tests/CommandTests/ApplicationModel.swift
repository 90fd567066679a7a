import Annotations
import GradCAM
import _TestSupport

/// One of the models that ship, with drawn samples of which everything is known.
struct ApplicationModel {
  let explainer: Explainer
  let folder: String
  let samples: AnnotatedSet

  /// A model by its folder's name, and the folder whose samples are taken, its own unless named.
  init(_ name: String, samples: String? = nil) throws {
    let folder = Fixtures.path("../../Models/\(samples ?? name)/samples")
    let model = try Model(contentsOf: Fixtures.path("../../Models/\(name)/\(name).onnx"))
    explainer = try Explainer(
      model, labels: model.labels,
      options: ExplainerOptions(threads: 1))
    self.folder = folder
    self.samples = try AnnotatedSet(in: folder)
  }

  /// The heatmap of a class on a sample.
  func heatmap(of label: String, on sample: AnnotatedPhoto) throws -> Heatmap {
    let photo = try Image(contentsOf: folder + "/" + sample.file)
    return try explainer.explanation(of: photo, for: .label(label)).heatmap
  }

  /// How much of a class's evidence, and how much of the picture, lies on a category; means over
  /// the samples that have it, and what is named beside it.
  func share(
    of label: String, on category: String, beside other: String? = nil
  ) throws -> (evidence: Double, area: Double, count: Int) {
    var shares: [(evidence: Double, area: Double)] = []
    for sample in samples.photos {
      guard let mask = sample.pixels(of: category) else { continue }
      if let other, sample.pixels(of: other) == nil { continue }
      let heatmap = try heatmap(of: label, on: sample)
      shares.append((heatmap.share(in: mask) ?? 0, mask.share))
    }
    let count = Double(max(1, shares.count))
    return (
      shares.map(\.evidence).reduce(0, +) / count, shares.map(\.area).reduce(0, +) / count,
      shares.count
    )
  }
}

extension AnnotatedPhoto {
  /// The pixels of all that is of a category; nil where nothing is.
  func pixels(of category: String) -> PixelMask? {
    let found = objects.filter { $0.category.name == category }.compactMap(\.shape)
    guard !found.isEmpty else { return nil }
    var mask = ObjectMask(width: size.uprightWidth, height: size.uprightHeight)
    for shape in found { mask.formUnion(shape.mask(width: mask.width, height: mask.height)) }
    return PixelMask(
      size: ImageSize(width: mask.width, height: mask.height), pixels: mask.values)
  }
}
