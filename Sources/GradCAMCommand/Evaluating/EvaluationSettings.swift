import GradCAM

/// Everything that changes what is found on a photo, as a text.
enum EvaluationSettings {
  /// The SHA-256 of all settings.
  static func key(
    _ options: Evaluate, _ evaluator: PhotoEvaluator
  ) throws(DiagnosticError) -> String {
    let explainer = evaluator.explainer
    let numbers = explainer.preprocessing
    var way = explainer.options
    // Results are the same with any number of threads.
    way.threads = nil
    var lines = [
      GradCAMVersion.current, (try? RuntimeDescription.found())?.version ?? "",
      explainer.model.outputName, "\(explainer.model.input.size)",
      "\(numbers) \(numbers.scale) \(numbers.mean) \(numbers.std) \(numbers.channelOrder)",
      "\(numbers.geometry)", "\(way)",
      "\(options.reading.graph.fedInputs)",
    ]
    lines += try explainer.model.contentHashes
    lines += evaluator.ways.map(\.fingerprint)
    lines += evaluator.metrics.map(\.description)
    lines += evaluator.regions.map(\.fingerprint)
    return Digest.hexadecimal(sha256Of: Array(lines.joined(separator: "\n").utf8))
  }

  /// A photo's key: of its file, its bytes, and what is looked at on it.
  static func key(of plan: PhotoPlan, bytes: [UInt8]) -> String {
    let text = "\(plan.photo.file)\n" + plan.cases.map(\.fingerprint).joined(separator: "\n")
    return Digest.hexadecimal(
      sha256Of: Digest.sha256(of: bytes) + Digest.sha256(of: Array(text.utf8)))
  }

  /// Where the journal of some settings lies unless a place is named: among the user's caches.
  static func journalPath(_ key: String, folder: String) -> String {
    let place = Digest.hexadecimal(sha256Of: Array("\(key) \(folder)".utf8)).prefix(24)
    return "\(UserCaches.path)/evaluate/\(place).journal"
  }
}
