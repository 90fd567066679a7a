/// Weights that are randomised together: those of a convolution or a product, with what follows it up
/// to the next one, such as its bias and a normalisation.
public struct WeightGroup: Hashable, Sendable {
  /// What the group is called: the layer's name where people know one, else the node's.
  public let name: String
  /// How many numbers there are.
  public let count: Int
  /// The names of the tensors in the file, those of constant nodes by their output.
  let tensors: [String]

  /// One group of several that stand beside each other, named for the one furthest from the logits.
  init(joining groups: ArraySlice<WeightGroup>) {
    name = groups.last?.name ?? ""
    count = groups.reduce(0) { $0 + $1.count }
    tensors = groups.flatMap(\.tensors)
  }

  init(name: String, count: Int, tensors: [String]) {
    (self.name, self.count, self.tensors) = (name, count, tensors)
  }

  /// Groups joined so that no more than so many are left, of about as many each.
  public static func joined(_ groups: [WeightGroup], into most: Int) -> [WeightGroup] {
    let parts = min(max(most, 1), groups.count)
    return (0..<parts).map { part in
      WeightGroup(
        joining: groups[part * groups.count / parts..<(part + 1) * groups.count / parts])
    }
  }
}
