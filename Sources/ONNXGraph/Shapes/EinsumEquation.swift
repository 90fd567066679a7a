/// The equation of an Einsum, such as `bhid,bhjd->bhij`: a letter for each axis.
package struct EinsumEquation: Hashable, Sendable {
  /// The axes of each input.
  package let inputs: [[Character]]
  /// The axes of the output.
  package let output: [Character]

  /// Reads an equation for inputs of these ranks.
  ///
  /// An ellipsis becomes letters that the equation does not use, the last axis of each the same;
  /// an output that is not named has the letters that stand once, in the order of the alphabet.
  package init?(_ text: String, ranks: [Int]) {
    guard text.utf8.count < 1024, ranks.allSatisfy({ (0...64).contains($0) }) else { return nil }
    let compact = text.filter { $0 != " " }
    let sides = compact.split(separator: "-", omittingEmptySubsequences: false)
    guard sides.count == 1 || sides.count == 2 && sides[1].first == ">" else { return nil }
    let given = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard given.count == ranks.count else { return nil }
    let spare = "ZYXWVUTSRQPONMLKJIHGFEDCBA".filter { !compact.contains($0) }
    var (widest, inputs) = (0, [[Character]]())
    func expanded(_ letters: String, _ count: Int) -> [Character]? {
      guard count >= 0, count <= spare.count else { return nil }
      return Array(letters.replacing("...", with: String(spare.prefix(count).reversed())))
    }
    for (letters, rank) in zip(given, ranks) {
      let count = letters.contains("...") ? rank - (letters.count - 3) : 0
      guard let axes = expanded(letters, count), axes.count == rank else { return nil }
      widest = max(widest, count)
      inputs.append(axes)
    }
    let all = inputs.joined()
    guard all.allSatisfy({ $0.isLetter && $0.isASCII }) else { return nil }
    if sides.count == 2 {
      guard let output = expanded(String(sides[1].dropFirst()), widest),
        output.allSatisfy(all.contains)
      else { return nil }
      self.output = output
    } else {
      let hidden = Array(spare.prefix(widest).reversed())
      let single = Set(all).filter { letter in
        !hidden.contains(letter) && all.count { $0 == letter } == 1
      }
      output = hidden + single.sorted()
    }
    self.inputs = inputs
  }
}
