import Diagnostics
import ONNXFormat
import ONNXGraph

/// A model that gives its own heatmap, ready to be written.
///
/// It runs wherever its plain model runs: the added output ``outputName`` holds the heatmap of each
/// image.
public struct BakedModel: Sendable {
  /// The plain model.
  public var model: Model { explainer.model }
  /// The name of the heatmap's output: `heatmap`, or with a number where that name is taken.
  public let outputName: String
  /// The name of the input that says the class, where there is one: int64 [N], a class's number for
  /// each image, negative for the predicted class, which is also what stands where it is not fed.
  public let targetName: String?
  /// Whether that input must be fed: in files of format 3, which know no defaults.
  public let needsTarget: Bool
  /// Type and shape of the heatmap, such as float32 [N, 7, 7]; [N, K, H, W] for K targets, [N, D,
  /// H, W] of volumes.
  public let heatmap: ModelValue
  /// What the file says of how it was made, in its metadata.
  public let properties: [(key: String, value: String)]
  /// What is to be known of the file, in words.
  public let notes: [String]

  /// What the heatmap is like.
  public let options: BakingOptions

  let file: ModelFile
  let explainer: Explainer
  let method: Method
  let target: BakedTarget
  let targets: [Target]
  let layers: [Layer]
  /// Rows and columns, after slices and targets where it has some.
  let sides: [Int]

  init(
    _ written: BakedGraph.Written, of explainer: Explainer, method: Method, target: BakedTarget,
    targets: [Target], layers: [Layer], options: BakingOptions
  ) throws(DiagnosticError) {
    (self.explainer, self.method, self.target) = (explainer, method, target)
    (self.targets, self.layers, self.options) = (targets, layers, options)
    (outputName, targetName, sides) = (written.output, written.input, written.sides)
    let model = explainer.model
    let stem = "gradcam.\(written.output)."
    let size = written.sides.suffix(2).map(String.init).joined(separator: "x")
    var entries: [(key: String, value: String)] = [
      ("method", method.description), ("target", target.description(labels: explainer.labels)),
      ("preset", Preset.paper.name), ("evidence", options.evidence.rawValue), ("size", size),
      ("values", options.values.rawValue), ("model", model.file.name),
      ("model.sha256", try model.sha256), ("version", GradCAMVersion.current),
    ]
    if method.usesLayer {
      entries.insert(("layer", layers.map(\.name).joined(separator: ", ")), at: 1)
    }
    if layers.count > 1, method.fusion == nil {
      entries.append(("fusion", (options.fusion ?? Preset.paper.fusion).name))
    }
    properties = entries.map { (stem + $0.key, $0.value) }
    var proto = written.proto
    proto.metadataProps.removeAll { $0.key.hasPrefix(stem) }
    proto.metadataProps += properties.map { key, value in
      var entry = StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      return entry
    }
    file = model.file.replacingProto(proto)
    heatmap = ModelValue(proto.graph.output[proto.graph.output.count - 1])
    needsTarget = written.input != nil && proto.irVersion < 4
    notes = Self.notes(model, method)
  }

  /// What differs from the plain model besides the heatmap.
  private static func notes(_ model: Model, _ method: Method) -> [String] {
    var notes: [String] = []
    if model.input.hasOpenSize {
      notes.append(
        "the model leaves the image size open; with its heatmap it takes \(model.input.size) pixels"
      )
    }
    for name in model.fedInputs {
      notes.append("input '\(name)' is stored as it was fed, and no longer taken")
    }
    if !method.usesGradient { notes.append("\(method.title) does not look at the target") }
    return notes
  }
}

extension BakedTarget {
  /// The choice in words.
  func description(labels: Labels?) -> String {
    switch choice {
    case .input: "input"
    case .fixed(let targets): targets.map { $0.description(labels: labels) }.joined(separator: ", ")
    }
  }
}

extension Target {
  /// The target in words: `predicted`, a class's number, or a difference.
  fileprivate func description(labels: Labels?) -> String {
    parts.map { part in
      let name =
        switch part.reference {
        case .ranked(0): "predicted"
        case .ranked(let place): "rank \(place + 1)"
        case .index(let index): labels?[index].map { "\(index) (\($0))" } ?? "\(index)"
        case .label(let label): label
        }
      return part.weight < 0 ? "rather than \(name)" : name
    }.joined(separator: " ")
  }
}
