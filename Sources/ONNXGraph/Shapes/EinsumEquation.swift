/// The equation of an Einsum, such as `bhid,bhjd->bhij`: a letter for each axis.
package struct EinsumEquation: Hashable, Sendable {
  /// The axes of each input.
  package let inputs: [[Character]]
  /// The axes of the output.
  package let output: [Character]

  /// Reads an equation that names its output; one with an ellipsis is not read.
  package init?(_ text: String) {
    guard text.utf8.count < 1024 else { return nil }
    let sides = text.filter { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
    guard sides.count == 2, sides[1].first == ">" else { return nil }
    inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    output = Array(sides[1].dropFirst())
    guard (inputs.joined() + output).allSatisfy({ $0.isLetter && $0.isASCII }) else { return nil }
  }
}
