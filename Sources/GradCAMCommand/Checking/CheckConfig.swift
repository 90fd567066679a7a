import GradCAM

/// What `gradcam check` looks at, and what it holds it to.
struct CheckConfig {
  /// Methods that are checked.
  var methods: [Method] = [.gradCAM]
  /// Where maps are taken; the default layer where nil.
  var layer: String?
  /// How many photos sanity is checked on.
  var photos = 8
  /// How many steps a curve has.
  var steps = 8
  /// What random draws start from.
  var seed: UInt32 = 0

  /// Weights at random from the logits down; nil to leave it out.
  var cascading: Likeness? = Likeness(measure: .hog, atMost: 0.5)
  /// Each group of weights alone at random.
  var independent: Likeness? = Likeness(measure: .hog, atMost: 0.5)
  /// A model trained on random labels.
  var randomLabels: RandomLabels?
  /// Whether the model's outputs are untouched, and how far a baked heatmap may be from explain's.
  var checksOutputs = true
  /// How far maps may be apart by different numbers of threads, as a share of their largest value.
  var determinism: Double? = 1e-4
  var noise: Noise? = Noise()

  /// The file of annotations, or their kind, where a folder has several.
  var annotations: String?
  /// The file that says which classes the names in annotations mean.
  var mapping: String?
  var metrics: [MetricRule] = []
  var regions: [RegionRule] = []

  /// How alike maps may or must be.
  struct Likeness {
    var measure = SimilarityMean.Measure.spearman
    var atMost: Double?
    var atLeast: Double?

    var bound: CheckBound {
      CheckBound(what: measure.title, atLeast: atLeast, atMost: atMost)
    }
  }

  /// A model of the same architecture, trained on labels that mean nothing.
  struct RandomLabels {
    var model = ""
    var likeness = Likeness(measure: .hog, atMost: 0.5)
  }

  /// Noise that nobody sees.
  struct Noise {
    /// The standard deviation as a share of the photo's range.
    var level: Float = 0.02
    var copies = 3
    var likeness = Likeness(atLeast: 0.7)
  }

  /// A limit of a metric's mean.
  struct MetricRule {
    var metric: Metric
    /// The class that it is about; each photo's own classes where nil.
    var category: String?
    var bound = CheckBound()
  }

  /// A limit of the share of the evidence that lies on a region.
  struct RegionRule {
    var name = ""
    /// Where the region is.
    var place: Place = .annotated(nil)
    /// The class whose evidence counts; what is predicted where nil.
    var category: String?
    var bound = CheckBound()

    /// Where a region is.
    enum Place {
      /// Left, top, right, bottom as shares of the photo's sides.
      case box([Double])
      /// A region of 'gradcam evaluate', or one drawn on a picture.
      case region(EvaluatedRegion)
      /// What is annotated by that name; by the class's own where nil.
      case annotated(String?)
    }
  }

  /// Whether annotations are needed.
  var needsAnnotations: Bool {
    !metrics.isEmpty
      || regions.contains { rule in
        if case .annotated = rule.place { true } else { false }
      }
  }
}
