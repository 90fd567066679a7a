import Diagnostics

extension Metric {
  /// The pointing game: whether the map peaks on the class; see ``PointingGame``.
  ///
  /// Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016, section 4.1, who
  /// grant 15 pixels of tolerance; none unless asked for here.
  public static let pointingGame = Metric(
    name: "pointing-game", title: "Pointing game", source: "Zhang et al. 2016, section 4.1",
    summary: "whether the map, enlarged to the photo, is highest on the class",
    direction: .higher, needs: .truth, isBinary: true, parameters: MetricParameters(tolerance: 0),
    measure: { context throws(DiagnosticError) in
      guard let truth = context.truth else { return .init(0) }
      let isHit = context.heatmap.peakPixel.map {
        truth.contains(x: $0.x, y: $0.y, tolerance: context.parameters.tolerance ?? 0)
      }
      return .init(isHit == true ? 1 : 0)
    })

  /// The energy-based pointing game: the share of the map's evidence that lies on the class.
  ///
  ///     Σ_{i on the class} M_i / Σ_i M_i        M: the heatmap on the photo's pixels, at least 0
  ///
  /// Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural
  /// Networks", CVPR workshops 2020, section 4.3.
  public static let energyPointingGame = Metric(
    name: "energy-pointing-game", title: "Energy-based pointing game",
    source: "Wang et al. 2020, section 4.3",
    summary: "share of the map's evidence that lies on the class", direction: .higher,
    needs: .truth,
    measure: { context throws(DiagnosticError) in
      guard let truth = context.truth else { return .init(0) }
      return .init(context.heatmap.share(in: truth.pixels(of: context.heatmap.view.photo)) ?? 0)
    })

  /// IoU by the paper's box rule: of the box around the largest connected part of the map at 15 %
  /// of its maximum and more, with the box of the class that it fits best.
  ///
  ///     |A ∩ B| / |A ∪ B|
  ///
  /// Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
  /// Localization", ICCV 2017, section 4.1.  The map is enlarged to the photo first; pixels that
  /// touch at a corner are connected; 0 for a map without evidence.
  public static let iou = Metric(
    name: "iou", title: "IoU of the box", source: "Selvaraju et al. 2017, section 4.1",
    summary: "overlap of the box around the map's largest part with a box of the class",
    direction: .higher, needs: .truth, parameters: MetricParameters(threshold: 0.15),
    measure: { context throws(DiagnosticError) in .init(context.boxOverlap()) })

  /// Localisation error: 1 where that box overlaps no box of the class by an IoU of at least ½,
  /// else 0.
  ///
  /// Selvaraju et al., "Grad-CAM", ICCV 2017, section 4.1, after the ILSVRC challenge (Russakovsky
  /// et al. 2015, section 4.2), whose error counts a wrong class as well: here it is that of the
  /// class explained, whatever the model says.
  public static let localizationError = Metric(
    name: "localisation-error", title: "Localisation error",
    source: "Selvaraju et al. 2017, section 4.1",
    summary: "whether that box overlaps no box of the class by at least half", direction: .lower,
    needs: .truth, isBinary: true, parameters: MetricParameters(threshold: 0.15, overlap: 0.5),
    measure: { context throws(DiagnosticError) in
      .init(context.boxOverlap() >= context.parameters.overlap ?? 0.5 ? 0 : 1)
    })

  /// IoU of pixels: of the map at half of its maximum and more with the class's own pixels, or those
  /// of its boxes.
  ///
  ///     |A ∩ B| / |A ∪ B|
  ///
  /// 0 for a map without evidence.  Everingham et al., "The Pascal Visual Object Classes
  /// Challenge", IJCV 2010, accuracy of segments.
  public static let maskIoU = Metric(
    name: "mask-iou", title: "IoU of the pixels", source: "Everingham et al. 2010",
    summary: "overlap of the map at half of its maximum with the pixels of the class",
    direction: .higher, needs: .truth, parameters: MetricParameters(threshold: 0.5),
    measure: { context throws(DiagnosticError) in
      let heatmap = context.heatmap
      guard let truth = context.truth,
        let region = heatmap.region(atLeast: context.parameters.threshold ?? 0.5)
      else { return .init(0) }
      return .init(region.overlap(with: truth.pixels(of: heatmap.view.photo)))
    })
}

extension MetricContext {
  /// The best IoU of the box around the map's largest part with a box of the class.
  fileprivate func boxOverlap() -> Double {
    guard let truth, let box = heatmap.box(atLeast: parameters.threshold ?? 0.15) else { return 0 }
    return truth.boxes.map { $0.overlap(with: box) }.max() ?? 0
  }
}
