import ArgumentParser

/// A kind of file that an explanation is saved as.
enum SavedKind: String, CaseIterable {
  case overlay, heatmap, figure, html, npy
  case heatmapNumPy = "heatmap-npy"
  case gradientNumPy = "gradient-npy"
  case activationNumPy = "activation-npy"
  case attributionNumPy = "attribution-npy"
  case classesNumPy = "classes-npy"

  /// Whether there is one file for each target; else one for each input.
  var isPerTarget: Bool { !isOfAll && self != .activationNumPy }

  /// Whether all targets of an input are in one file.
  var isOfAll: Bool { [.figure, .html, .classesNumPy].contains(self) }

  /// Whether there is one file for each layer.
  var isPerLayer: Bool { [.npy, .gradientNumPy, .activationNumPy, .classesNumPy].contains(self) }

  /// Whether it is a picture.
  var isPicture: Bool { [.overlay, .heatmap, .figure].contains(self) }

  /// What the file's name ends in, with its dot.
  var ending: String {
    switch self {
    case .overlay: ".overlay.png"
    case .heatmap: ".heatmap.png"
    case .figure: ".figure.png"
    case .html: ".html"
    case .npy: ".npy"
    case .heatmapNumPy: ".heatmap.npy"
    case .gradientNumPy: ".gradient.npy"
    case .activationNumPy: ".activation.npy"
    case .attributionNumPy: ".attribution.npy"
    case .classesNumPy: ".classes.npy"
    }
  }

  /// What a file's extension alone tells to write.
  static func list(for output: String?) -> [SavedKind]? {
    guard let output, let dot = output.name.lastIndex(of: ".") else { return nil }
    switch output.name[dot...].lowercased() {
    case ".svg", ".pdf": return [.figure]
    case ".html": return [.html]
    default: return nil
    }
  }

  /// Reads a list with commas.
  static func list(_ text: String) throws -> [SavedKind] {
    var kinds: [SavedKind] = []
    for name in text.split(separator: ",") where name != "none" {
      guard let kind = SavedKind(rawValue: String(name)) else {
        let all = allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        throw ValidationError("there is no '\(name)' to save; there are \(all)")
      }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds
  }
}
