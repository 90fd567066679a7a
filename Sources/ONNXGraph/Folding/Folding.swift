import ONNXFormat

/// Computes the contents of small values whose inputs are all known: index arithmetic, window
/// masks, tables of relative positions.
///
/// What shapes alone give, with a batch that stays open, the shape rules follow themselves.
enum Folding {
  /// Adds the contents of a node's outputs, where they follow and are small.
  static func fold(_ question: ShapeQuestion, _ answers: inout [ValueFacts]) {
    let node = question.node
    guard node.isStandard, let first = answers.first, first.integers == nil, first.floats == nil,
      let output = first.shape?.fixedSides, let count = first.shape?.product.value,
      (0...ValueFacts.contentLimit).contains(count)
    else { return }
    if let move = moves[node.opType], let input = question.inputs.first {
      guard input.integers != nil || input.floats != nil else { return }
      let given = FoldQuestion(question, output: output, type: first.type)
      guard given.isConsistent, let places = move(given), places.count == count else { return }
      let zero = Dimension.fixed(0)
      answers[0].integers = input.integers.flatMap { places.picked(from: $0, filling: zero) }
      answers[0].floats = input.floats.flatMap { places.picked(from: $0, filling: 0) }
    } else if let compute = computations[node.opType] {
      let given = FoldQuestion(question, output: output, type: first.type)
      guard given.isKnown, let numbers = compute(given), numbers.count == count else { return }
      switch numbers {
      case .integers(let values): answers[0].integers = values.map(Dimension.fixed)
      case .floats(let values): answers[0].floats = values
      }
    }
  }
}

/// The contents of a value, in order.
enum Numbers {
  case integers([Int])
  case floats([Float])

  /// How many there are.
  var count: Int {
    switch self {
    case .integers(let values): values.count
    case .floats(let values): values.count
    }
  }

  /// The elements at some places.
  func picked(_ places: [Int]) -> Numbers? {
    switch self {
    case .integers(let values): places.picked(from: values, filling: 0).map(Numbers.integers)
    case .floats(let values): places.picked(from: values, filling: 0).map(Numbers.floats)
    }
  }

  /// As whole numbers, if they are.
  var integers: [Int]? { if case .integers(let values) = self { values } else { nil } }

  /// As float32, whatever they are.
  var asFloats: [Float] {
    switch self {
    case .integers(let values): values.map { Float($0) }
    case .floats(let values): values
    }
  }
}

/// What a fold is asked: the node, the contents and sides of its inputs, and the output's sides.
struct FoldQuestion {
  let node: NodeProto
  let opset: Int
  /// The contents of each input, nil where they are not known or the input is left out.
  let numbers: [Numbers?]
  /// How many elements are known of each input, also where some hold the batch.
  private let held: [Int?]
  /// The sides of each input.
  let shapes: [[Int]?]
  /// The sides of the first output.
  let output: [Int]
  /// The type of the first output.
  let type: ElementType?

  init(_ question: ShapeQuestion, output: [Int], type: ElementType?) {
    node = question.node
    opset = question.opset
    numbers = question.inputs.map { facts in
      if let floats = facts.floats { return .floats(floats) }
      guard let integers = facts.integers else { return nil }
      let known = integers.compactMap(\.value)
      return known.count == integers.count ? .integers(known) : nil
    }
    held = question.inputs.map { $0.integers?.count ?? $0.floats?.count }
    shapes = question.inputs.map { $0.shape?.fixedSides }
    self.output = output
    self.type = type
  }

  /// Whether all inputs that the node has are known.
  var isKnown: Bool {
    isConsistent
      && node.input.indices.allSatisfy { node.input(at: $0) == nil || numbers[$0] != nil }
  }

  /// Whether what is known of the inputs fills their shapes; a file may claim anything.
  var isConsistent: Bool {
    zip(held, shapes).allSatisfy { count, shape in
      count == nil || shape.map { Places($0).count } == count
    }
  }

  /// Whole numbers of an input.
  func integers(_ index: Int) -> [Int]? {
    numbers.indices.contains(index) ? numbers[index]?.integers : nil
  }

  /// Numbers that are an attribute in old operator sets and an input in newer ones.
  func integers(_ attribute: String, orInput index: Int) -> [Int]? {
    node.ints(attribute) ?? integers(index)
  }

  /// The sides of an input.
  func shape(_ index: Int) -> [Int]? { shapes.indices.contains(index) ? shapes[index] : nil }

  /// The axis that an attribute names.
  func axis(_ fallback: Int, rank: Int) -> Int? {
    Axes.place(node.int("axis") ?? fallback, in: rank)
  }

  /// An input's contents at every place of the output it broadcasts to.
  func spread(_ index: Int) -> Numbers? {
    guard let numbers = numbers[index], let shape = shapes[index], shape.count <= output.count
    else { return nil }
    if shape == output { return numbers }
    return numbers.picked(Places(output).broadcast(from: shape))
  }
}

/// The places of a tensor in order, each as a position on every axis.
struct Places {
  let sides: [Int]
  let count: Int

  init(_ sides: [Int]) {
    self.sides = sides
    count = sides.reduce(1) { count, side in
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      return overflow ? .max : product
    }
  }

  /// The position of a place on every axis.
  func position(_ place: Int) -> [Int] {
    var rest = place
    var position = Array(repeating: 0, count: sides.count)
    for axis in sides.indices.reversed() {
      position[axis] = rest % sides[axis]
      rest /= sides[axis]
    }
    return position
  }

  /// The place of a position.
  func place(_ position: [Int]) -> Int {
    zip(sides, position).reduce(0) { $0 * $1.0 + $1.1 }
  }

  /// For each place the one it comes from in another tensor.
  func map(from other: [Int], _ source: ([Int]) -> [Int]?) -> [Int] {
    let origin = Places(other)
    return (0..<count).map { place in source(position(place)).map(origin.place) ?? -1 }
  }

  /// For each place the one it comes from in a tensor that broadcasts.
  func broadcast(from other: [Int]) -> [Int] {
    let extra = sides.count - other.count
    return map(from: other) { position in
      other.indices.map { other[$0] == 1 ? 0 : position[$0 + extra] }
    }
  }
}

extension [Int] {
  /// The elements at these places, where −1 stands for what fills; nil where one does not exist.
  fileprivate func picked<Content>(from values: [Content], filling: Content) -> [Content]? {
    guard allSatisfy({ $0 >= -1 && $0 < values.count }) else { return nil }
    return map { $0 < 0 ? filling : values[$0] }
  }
}
