/// A module path as a person writes it: `layer4[-1].conv3`, `blocks.-1.norm1`, `stage4/relu`.
struct WrittenPath: Hashable, Sendable {
  /// One step of the path.
  enum Part: Hashable, Sendable {
    /// A child by its name.
    case name(String)
    /// A child by its place, from the end where negative.
    case index(Int)
  }

  /// The steps, from the outermost module in.
  let parts: [Part]

  /// Whether an index is a range, as in `features[:-1]`: several layers, not one.
  let isSlice: Bool

  /// Reads a path, or nil where its brackets or dots don't add up.
  init?(_ text: String) {
    var parts: [Part] = []
    var isSlice = false
    for piece in text.split(omittingEmptySubsequences: false, whereSeparator: { "./".contains($0) })
    {
      let fields = piece.split(separator: "[", omittingEmptySubsequences: false)
      if let name = fields.first, !name.isEmpty {
        parts.append(.name(String(name)))
      } else if fields.count < 2 {
        return nil
      }
      for field in fields.dropFirst() {
        guard field.last == "]" else { return nil }
        let inside = field.dropLast()
        if let index = Int(inside) {
          parts.append(.index(index))
        } else if inside.contains(":"), inside.allSatisfy({ ":-".contains($0) || $0.isNumber }) {
          isSlice = true
        } else {
          return nil
        }
      }
    }
    guard !parts.isEmpty || isSlice else { return nil }
    self.parts = parts
    self.isSlice = isSlice
  }

  private init(parts: [Part], isSlice: Bool) {
    self.parts = parts
    self.isSlice = isSlice
  }

  /// The path without its first part, where that is a name that wrappers go by.
  var withoutWrapper: WrittenPath? {
    guard parts.count > 1, case .name(let first) = parts.first, Self.wrappers.contains(first)
    else { return nil }
    return WrittenPath(parts: Array(parts.dropFirst()), isSlice: isSlice)
  }

  /// Names of variables that hold a model in people's code, and of attributes that wrap one.
  private static let wrappers: Set<String> = [
    "backbone", "base_model", "encoder", "model", "module", "net", "network", "self", "trunk",
  ]
}
