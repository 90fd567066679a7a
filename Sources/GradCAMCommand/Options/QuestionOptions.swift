import ArgumentParser
import GradCAM

/// What is asked of a model.
struct QuestionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is explained; may be repeated. Unless given, the predicted class.",
      valueName: "predicted|INDEX|LABEL|top:K"),
    completion: .list(["predicted", "top:3", "top:5"]))
  var target: [String] = []

  @Option(
    help: ArgumentHelp(
      "Explain what speaks for each target rather than for this class.", valueName: "INDEX|LABEL"))
  var ratherThan: String?

  @Option(
    help: ArgumentHelp(
      """
      For a segmentation, the pixels over which a class's logit is summed: all, or those where \
      the class wins. Unless given, all.
      """))
  var pixels: PixelChoice?

  @Option(
    help: ArgumentHelp(
      "The same for the pixels in a rectangle of the photo: left, top, width, height.",
      valueName: "x,y,w,h"))
  var region: PhotoRegion?

  @Option(
    help: ArgumentHelp(
      """
      For an output with classes at several positions, the position; 'POSITION:INDEX' as target \
      does the same.
      """, valueName: "n"))
  var position: Int?

  @Option(
    help: ArgumentHelp(
      """
      Where the map is taken: a module path such as layer4.2 or features[-1], a node, a value, or \
      'input'; may be repeated. Unless given, the last feature map that all paths pass.
      """, valueName: "name"))
  var layer: [String] = []

  @Option(
    help: "How the maps of several layers become one; unless given, by their mean, or as preset.")
  var fuse: Fusion?

  @Option(
    help: """
      What raises the target, what lowers it, or both on one scale. Unless given, as preset: for, \
      but both under captum.
      """)
  var evidence: Evidence?
}

extension QuestionOptions {
  /// The pixels of a segmentation that may count.
  enum PixelChoice: String, CaseIterable, ExpressibleByArgument {
    case all, won
  }

  /// A rectangle of the photo.
  struct PhotoRegion: ExpressibleByArgument {
    /// The rectangle.
    let rectangle: PixelRectangle

    init?(argument: String) {
      let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { Int($0.filter { !$0.isWhitespace }) }
      guard parts.count == 4, numbers.count == 4, numbers[2] > 0, numbers[3] > 0,
        numbers.allSatisfy({ abs($0) < 1 << 30 })
      else { return nil }
      rectangle = PixelRectangle(
        x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
  }

  func validate() throws {
    let given = [pixels != nil, region != nil, position != nil].count { $0 }
    guard given < 2 else {
      throw ValidationError("'--pixels', '--region' and '--position' exclude each other")
    }
  }

  /// Where the targets are, for an output with classes at several places.
  private var places: TargetPlaces {
    if let region { return .region(region.rectangle) }
    if let position { return .position(position) }
    return pixels == .won ? .won : .all
  }

  /// Whether every class is asked for, as one array.
  var asksForAllClasses: Bool { target.contains("all") }

  /// Every class of a model, where that is asked for.
  func allClasses(of model: Model) -> [Target]? {
    guard asksForAllClasses else { return nil }
    return (0..<model.classCount).map { Target.class($0).at(places) }
  }

  /// The targets asked for.
  func targets() throws(DiagnosticError) -> [Target] {
    try TargetChoice.targets(target, ratherThan: ratherThan, at: places)
  }
}
