import ONNXFormat
import ONNXGraph

/// What a change is written with: the unchanged value, and inputs that say what changes.
final class ChangeWriter {
  /// Where nodes are written.
  let builder: GraphBuilder
  /// The model whose part runs.
  let model: Model
  /// B: how many changes run at once.
  let batch: Int
  /// The value as it is, in float32, of one image or of as many as the model fixes.
  let original: Term
  /// The sides of the value for one image.
  let shape: [Int]
  /// What is declared so far.
  private(set) var inputs: [ValueInfoProto] = []
  /// The mask the change is made with, [B, …], where sums of it are wanted.
  var mask: Term?

  /// Begins with the value as it is fed.
  init(
    _ builder: GraphBuilder, model: Model, batch: Int, original: ValueInfoProto, shape: [Int]
  ) {
    (self.builder, self.model, self.batch, self.shape) = (builder, model, batch, shape)
    let type = ElementType(rawValue: original.type.tensorType.elemType)
    self.original = builder.term(original.name, type: type).cast(to: .float)
    inputs = [original]
  }

  /// The name an input has in the graph.
  static func name(_ name: String, of builder: GraphBuilder) -> String {
    builder.prefix + "change_" + name
  }

  /// An input that tells changes apart, [B, …].
  func perChange(_ name: String, _ type: ElementType = .float, _ sides: [Int] = []) -> Term {
    fixed(name, type, [batch] + sides)
  }

  /// An input that is the same for all changes.
  func fixed(_ name: String, _ type: ElementType = .float, _ sides: [Int]) -> Term {
    let input = Self.name(name, of: builder)
    if !inputs.contains(where: { $0.name == input }) {
      inputs.append(ValueInfoProto(input, type: type, shape: sides))
    }
    return builder.term(input, type: type)
  }

  /// Rows of a table [M, …] that an input names, one a change.
  func rows(of table: Term, _ name: String) -> Term {
    builder.emit(
      "Gather", [table, perChange(name, .int64)], attributes: [AttributeProto("axis", 0)])
  }
}

// MARK: - Masks over the photo

extension ChangeWriter {
  /// Rows and columns of the image, after slices where it is a volume.
  var sides: [Int] {
    [model.input.depth].compactMap(\.self) + [model.input.size.height, model.input.size.width]
  }

  /// The photo where a mask [B, H, W] or [B, D, H, W] is 1, and the baseline where it is 0.
  ///
  /// - Parameter baseline: whether there is one; zero else.
  func photo(kept mask: Term, rank: Int, baseline: Bool = false) -> Term {
    let places = sides.count
    let units = [Int](repeating: 1, count: places - rank) + Array(sides.suffix(rank))
    let isFirst = model.input.layout == .nchw
    let mask = mask.reshaped(isFirst ? [batch, 1] + units : [batch] + units + [1])
    guard baseline else { return original * mask }
    let other = fixed("baseline", .float, [1] + model.input.imageShape)
    return other + (original - other) * mask
  }
}
