extension Metric {
  /// Every metric, in the order of listings.
  public static let all: [Metric] =
    localization + faithfulness + [.maxSensitivity] + distribution

  /// Metrics that compare the map with where the class is.
  static let localization: [Metric] = [
    .pointingGame, .energyPointingGame, .iou, .maskIoU, .localizationError,
  ]

  /// Metrics that see what the model says once the photo is changed after the map.
  static let faithfulness: [Metric] = [
    .deletion, .insertion, .averageDrop, .increaseInConfidence, .averageGain, .road,
    .faithfulnessCorrelation,
  ]

  /// Metrics of how the values of the map are spread.
  static let distribution: [Metric] = [.complexity, .sparseness]
}
