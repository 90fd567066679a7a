import ArgumentParser
import GradCAM

/// By which conventions a map is computed, and the numbers its method is tuned by.
struct TuningOptions: ParsableArguments {
  @Option(help: "Whose conventions are followed.")
  var preset: Preset = .paper

  @Option(help: ArgumentHelp("Noisy copies, masks, coalitions or baselines.", valueName: "n"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of noise, as a share of the input's range.", valueName: "share"))
  var noise: Float?

  @Option(help: ArgumentHelp("Steps along a path.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("What random draws start from.", valueName: "n"))
  var seed: UInt32?

  @Option(help: ArgumentHelp("Images or feature maps that run at once.", valueName: "n"))
  var batch: Int?

  @Option(help: "What stands for an absent input.")
  var baseline: MethodParameters.Baseline?

  @Option(help: ArgumentHelp("Side of the square hidden at a time.", valueName: "pixels"))
  var patch: Int?

  @Option(help: ArgumentHelp("Distance between such squares.", valueName: "pixels"))
  var stride: Int?

  @Option(
    help: ArgumentHelp("Cells or superpixels along the photo's shorter side.", valueName: "n"))
  var cells: Int?

  @Option(help: ArgumentHelp("How strongly rival classes count.", valueName: "number"))
  var contrast: Float?

  @Option(help: ArgumentHelp("How many rival classes count.", valueName: "n"))
  var rivals: Int?

  @Flag(
    help: ArgumentHelp(
      "Show the first principal component of the weighted feature maps instead of their sum."))
  var eigenSmooth = false

  @Flag(help: "Average over the mirrored photo, and over a darker and a brighter one.")
  var augment = false

  @Option(
    help: ArgumentHelp(
      "Divide each cell of the layer n times along each side by explaining shifted photos.",
      valueName: "n"))
  var shifts = 1

  @Option(
    help: ArgumentHelp(
      "Also explain n noisy copies and an adversarial one, and tell how alike their maps are.",
      valueName: "n"))
  var stability = 0

  func validate() throws {
    let counts = [
      ("samples", samples), ("steps", steps), ("batch", batch), ("patch", patch),
      ("stride", stride), ("cells", cells), ("rivals", rivals), ("shifts", shifts),
    ]
    for case (let name, let count?) in counts where !(1...1_000_000).contains(count) {
      throw ValidationError("'--\(name) \(count)' is not between 1 and 1000000")
    }
    guard (0...100_000).contains(stability) else {
      throw ValidationError("'--stability \(stability)' is not between 0 and 100000")
    }
    let numbers = [("noise", noise), ("contrast", contrast)]
    for case (let name, let number?) in numbers where !(number >= 0 && number.isFinite) {
      throw ValidationError("'--\(name) \(number)' is not a number from 0")
    }
  }
}

extension TuningOptions {
  /// A method with the parameters given.
  func tuned(_ method: Method) throws(ValidationError) -> Method {
    try tuned([method])[0]
  }

  /// Methods, each with those of the parameters given that it has.
  ///
  /// - Throws: `ValidationError` for a parameter that none of them has.
  func tuned(_ methods: [Method]) throws(ValidationError) -> [Method] {
    var methods = methods
    if eigenSmooth {
      guard methods.contains(where: \.sumsChannels) else {
        let others = Method.all.filter(\.sumsChannels).map(\.name).joined(separator: ", ")
        throw ValidationError(
          "\(Self.words(methods)) no '--eigen-smooth', for its map is no sum over channels; "
            + "these have: \(others)")
      }
      for index in methods.indices where methods[index].sumsChannels {
        methods[index].isEigenSmoothed = true
      }
    }
    func set<Value>(
      _ name: String, _ path: WritableKeyPath<MethodParameters, Value?>, _ value: Value?
    ) throws(ValidationError) {
      guard let value else { return }
      guard methods.contains(where: { $0.parameters[keyPath: path] != nil }) else {
        let others = Method.all.filter { $0.parameters[keyPath: path] != nil }.map(\.name)
        throw ValidationError(
          "\(Self.words(methods)) no '--\(name)'"
            + (others.isEmpty ? "" : "; these have: \(others.joined(separator: ", "))"))
      }
      for index in methods.indices where methods[index].parameters[keyPath: path] != nil {
        methods[index].parameters[keyPath: path] = value
      }
    }
    try set("samples", \.samples, samples)
    try set("noise", \.noise, noise)
    try set("steps", \.steps, steps)
    try set("seed", \.seed, seed)
    try set("batch", \.batch, batch)
    try set("baseline", \.baseline, baseline)
    try set("patch", \.patch, patch)
    try set("stride", \.stride, stride)
    try set("cells", \.cells, cells)
    try set("contrast", \.contrast, contrast)
    try set("rivals", \.rivals, rivals)
    return methods
  }

  /// What has something, as the beginning of a sentence.
  private static func words(_ methods: [Method]) -> String {
    let names = methods.map { "'\($0.name)'" }.joined(separator: ", ")
    return methods.count == 1 ? "method \(names) has" : "methods \(names) have"
  }

  /// Everything about how an explanation is made by a method.
  func options(
    _ method: Method, showing evidence: Evidence?, fusedBy fusion: Fusion? = nil
  ) -> ExplanationOptions {
    ExplanationOptions(
      method: method, preset: preset, evidence: evidence, fusion: fusion,
      isAugmented: augment, shifts: shifts, stabilityCopies: stability)
  }
}
