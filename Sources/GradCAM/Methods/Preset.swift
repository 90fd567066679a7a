/// Conventions of how a map becomes a picture, and the small numbers in formulas.
///
/// One name means different things in different tools; a preset says which.
public struct Preset: Hashable, Sendable {
  /// The name on the command line and in reports.
  public let name: String
  /// What it is, in a line.
  public let summary: String
  /// Which part of a signed map is shown unless something else is asked for.
  public let evidence: Evidence
  /// ε in (L − min L) / (max L − min L + ε).
  public let rangeEpsilon: Float
  /// How maps are enlarged.
  public let upsampling: Heatmap.Upsampling
  /// Where a map gets its last scale.
  public let resolution: Resolution
  /// How the maps of several layers become one unless something else is asked for.
  public let fusion: Fusion
  /// Whether the map that several layers became is scaled from 0 to 1 again.
  public let rescalesFused: Bool
  /// Whether the views of test-time augmentation are averaged once they are finished, each on its
  /// own scale, rather than before.
  public let averagesFinished: Bool
  /// The conventions within formulas.
  let formulas: Formulas

  /// Where a map gets its last scale from 0 to 1.
  public enum Resolution: String, CaseIterable, Hashable, Sendable {
    /// At the layer's own resolution.
    case layer
    /// At the layer's, and once more after enlarging to the model's input.
    case input
  }

  /// The conventions within formulas.
  struct Formulas: Hashable, Sendable {
    /// ε of Grad-CAM++.
    var plusPlusEpsilon: Float = 1e-8
    /// Whether Grad-CAM++ divides by Σ (g³ A) rather than by g³ Σ A.
    var plusPlusSumsProducts = false
    /// Whether Smooth Grad-CAM++ weighs the feature maps of the last noisy copy, by its gradient.
    var smoothEndsNoisy = false
    /// ε of XGrad-CAM.
    var xEpsilon: Float = 1e-8
    /// Whether FinerCAM's rivals count alike rather than by their probability.
    var finerCountsAlike = false
    /// How strongly FinerCAM's rivals count.
    var finerContrast: Float = 1
    /// Whether Ablation-CAM sets a channel far below the smallest number instead of to zero, where
    /// the smallest is not zero.
    var ablatesBelowSmallest = false
    /// How Score-CAM's feature maps become masks.
    var enlarging = Change.Enlarging()
    /// Whether the strengths of IS-CAM's masks are running sums of i / n, which pass 1.
    var integratedSums = false
  }
}

extension Preset {
  /// As published: ReLU, each map scaled to 0 through 1 at the layer's resolution, bilinear.
  public static let paper = Preset(
    name: "paper", summary: "as published: ReLU, scaled at the layer's resolution, bilinear",
    evidence: .for, rangeEpsilon: 1e-8, upsampling: .bilinear, resolution: .layer, fusion: .mean,
    rescalesFused: true, averagesFinished: false, formulas: Formulas())

  /// As pytorch-grad-cam 1.5: scaled at the layer's resolution and again at the input's.
  public static let pytorchGradCAM = Preset(
    name: "pytorch-grad-cam",
    summary: "ReLU, scaled at the layer's resolution and again at the input's, bilinear",
    evidence: .for, rangeEpsilon: 1e-7, upsampling: .bilinear, resolution: .input, fusion: .mean,
    rescalesFused: true, averagesFinished: true,
    formulas: Formulas(plusPlusEpsilon: 1e-6, xEpsilon: 1e-7, ablatesBelowSmallest: true))

  /// As captum: signed, each cell a square.
  public static let captum = Preset(
    name: "captum", summary: "signed, without ReLU, cells enlarged as squares",
    evidence: .both, rangeEpsilon: 1e-8, upsampling: .nearest, resolution: .layer, fusion: .mean,
    rescalesFused: true, averagesFinished: false, formulas: Formulas())

  /// As torchcam: ReLU, scaled at the layer's resolution, several layers by their maximum.
  public static let torchcam = Preset(
    name: "torchcam",
    summary: "ReLU, scaled at the layer's resolution, bilinear, layers joined by their maximum",
    evidence: .for, rangeEpsilon: 1e-8, upsampling: .bilinear, resolution: .layer, fusion: .max,
    rescalesFused: false, averagesFinished: false,
    formulas: Formulas(
      plusPlusSumsProducts: true, smoothEndsNoisy: true, finerCountsAlike: true,
      finerContrast: 0.6, enlarging: Change.Enlarging(alignsCorners: false, scalesFirst: true),
      integratedSums: true))

  /// Every preset, in the order of listings.
  public static let all: [Preset] = [.paper, .pytorchGradCAM, .captum, .torchcam]

  /// The preset of that name, or nil.
  public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}
