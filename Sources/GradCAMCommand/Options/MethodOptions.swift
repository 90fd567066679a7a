import ArgumentParser
import GradCAM

/// How the map is computed, and by which conventions.
struct MethodOptions: ParsableArguments {
  @Option(help: "How the map is computed; 'gradcam methods' tells of each.")
  var method: Method = .gradCAM

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
    _ = try tuned()
  }
}

extension MethodOptions {
  /// The method with the parameters given.
  func tuned() throws(ValidationError) -> Method {
    var method = method
    guard !eigenSmooth || method.sumsChannels else {
      let others = Method.all.filter(\.sumsChannels).map(\.name).joined(separator: ", ")
      throw ValidationError(
        "method '\(method.name)' has no '--eigen-smooth', for its map is no sum over channels; "
          + "these have: \(others)")
    }
    method.isEigenSmoothed = eigenSmooth
    func set<Value>(
      _ name: String, _ path: WritableKeyPath<MethodParameters, Value?>, _ value: Value?
    ) throws(ValidationError) {
      guard let value else { return }
      guard method.parameters[keyPath: path] != nil else {
        let others = Method.all.filter { $0.parameters[keyPath: path] != nil }.map(\.name)
        throw ValidationError(
          "method '\(method.name)' has no '--\(name)'"
            + (others.isEmpty ? "" : "; these have: \(others.joined(separator: ", "))"))
      }
      method.parameters[keyPath: path] = value
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
    return method
  }

  /// Everything about how an explanation is made.
  func options(showing evidence: Evidence?, fusedBy fusion: Fusion? = nil) -> ExplanationOptions {
    ExplanationOptions(
      method: (try? tuned()) ?? method, preset: preset, evidence: evidence, fusion: fusion,
      isAugmented: augment, shifts: shifts, stabilityCopies: stability)
  }
}
