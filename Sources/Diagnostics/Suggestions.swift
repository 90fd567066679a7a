/// Near misses: the names closest to what somebody typed.
package enum Suggestions {
  /// The candidates nearest to `name`, best first, none farther than a third of its length.
  ///
  /// Distance is Damerau–Levenshtein (restricted), with a change of case almost free, because
  /// names are case-exact and a wrong capital is the commonest slip.
  package static func nearest(
    to name: String, in candidates: some Sequence<String>, limit: Int = 3
  ) -> [String] {
    let budget = Double(max(2, name.count / 3))
    return Set(candidates).lazy
      .map { ($0, distance(from: name, to: $0)) }
      .filter { $0.1 <= budget }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
      .prefix(limit)
      .map(\.0)
  }

  /// Says `did you mean 'a' or 'b'?`, or nothing when no candidate is near.
  package static func question(
    for name: String, in candidates: some Sequence<String>
  ) -> String? {
    let names = nearest(to: name, in: candidates).map { "'\($0)'" }
    guard let last = names.last else { return nil }
    let rest = names.dropLast().joined(separator: ", ")
    return "did you mean \(rest.isEmpty ? last : "\(rest) or \(last)")?"
  }

  /// Edits that turn one name into the other; names over 256 characters count as far apart.
  package static func distance(from first: String, to second: String) -> Double {
    let a = Array(first), b = Array(second)
    guard a.count <= 256, b.count <= 256 else { return a == b ? 0 : .infinity }
    guard !a.isEmpty, !b.isEmpty else { return Double(max(a.count, b.count)) }
    var beforeLast = [Double](repeating: 0, count: b.count + 1)
    var last = (0...b.count).map(Double.init)
    for i in 1...a.count {
      var row = [Double(i)] + [Double](repeating: 0, count: b.count)
      for j in 1...b.count {
        let same = a[i - 1] == b[j - 1]
        let change = same ? 0 : a[i - 1].lowercased() == b[j - 1].lowercased() ? 0.1 : 1
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
