/// Why a model gave a target its value for one image: the map, and how it was made.
public struct Explanation: Sendable {
  /// The classes explained with their signs: one, or more where a difference is explained; the
  /// one explained stands first.
  public let classes: [ExplainedClass]

  /// The target's value: the class's logit, or the difference of logits.
  public let logit: Float

  /// The layers the map was taken at.
  public let layers: [Layer]

  /// How the layers' maps were fused, where there are several.
  public let fusion: Fusion?

  /// How the explanation was made.
  public let options: ExplanationOptions

  /// The signed map of each layer, at the layer's resolution; of a method that joins layers by
  /// itself the joint map for each.
  public let rawMaps: [RawMap]

  /// A value for each number of the input, in the model's order without the batch; nil for
  /// methods that give a map alone.
  public let attribution: FloatTensor?

  /// What the method measured besides, such as the residual of completeness.
  public let measures: [Measure]

  /// What the model loses without the highlighted region and gains by it alone, where that was asked
  /// for by ``ExplanationOptions/randomRegions`` and the map is not empty.
  public let faithfulness: Faithfulness?

  /// The map made ready to look at.
  public let heatmap: Heatmap

  /// The map of a volume made ready to look at, slice by slice; nil for a picture.
  ///
  /// ``heatmap`` then shows the mean over the slices.
  public let volume: VolumeHeatmap?

  /// The logits of all classes.
  public let logits: [Float]

  /// The probabilities of all classes; none where the output is a number, or classes at several
  /// places.
  public let probabilities: [Float]

  /// For an output of classes at several places, the share of the places that count at which each
  /// class wins; else none.
  public let shares: [Float]

  /// What the model's output is.
  public let outputKind: OutputKind

  /// Which pixels or positions of the output were explained, where it has several.
  public let places: TargetPlaces

  /// What a reader must know to not misread the map, in words.
  public internal(set) var notes: [String]

  /// How long each step took.
  public let timing: ExplanationTiming

  /// What made this explanation: model, layer, class, method, preprocessing and versions, as
  /// written into pictures.
  public let provenance: [(key: String, value: String)]

  /// How the map was computed.
  public var method: Method { options.method }

  /// The conventions followed, `paper` unless others were asked for.
  public var preset: String { options.preset.name }

  /// The signed map at the layer's resolution, the first where there are several.
  public var rawMap: RawMap { rawMaps[0] }

  /// The layer, the first where there are several.
  public var layer: Layer { layers[0] }

  /// The class explained.
  public var classIndex: Int { classes[0].index }

  /// The class's label, where labels are known.
  public var label: String? { classes[0].label }

  /// The class's probability; nil where the output is a number, or classes at several places.
  public var probability: Float? {
    probabilities.indices.contains(classIndex) ? probabilities[classIndex] : nil
  }

  /// The classes over probability 0.5, for an output where each stands by itself.
  public var holdingClasses: [Int] {
    outputKind == .labels ? probabilities.indices.filter { probabilities[$0] > 0.5 } : []
  }

  /// The share of the places that count at which the class wins, where there are several.
  public var share: Float? { shares.indices.contains(classIndex) ? shares[classIndex] : nil }

  /// The classes and probabilities of the most probable `count` classes.
  public func predictions(_ count: Int) -> [(index: Int, probability: Float)] {
    probabilities.indices.sorted { (-probabilities[$0], $0) < (-probabilities[$1], $1) }
      .prefix(count).map { (index: $0, probability: probabilities[$0]) }
  }
}

extension Explanation {
  /// A number that a method gives beside its map.
  public struct Measure: Hashable, Sendable {
    /// What it is.
    public let name: String
    /// The number.
    public let value: Double
  }
}

/// A class within a target.
public struct ExplainedClass: Hashable, Sendable {
  /// The class, counted from 0.
  public let index: Int
  /// Its label, where labels are known.
  public let label: String?
  /// 1 for the class explained, −1 for one it is set against.
  public let weight: Float
}

/// How long the steps of an explanation took, in milliseconds.
public struct ExplanationTiming: Hashable, Sendable {
  /// Rewriting the graph and loading it into the runtime; 0 where that was done before.
  public var load: Double = 0
  /// Bringing the photo to the model's size and numbers.
  public var preprocess: Double = 0
  /// The forward pass and the gradient, for all targets of the run together.
  public var run: Double = 0
}
