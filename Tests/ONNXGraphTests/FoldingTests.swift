import ONNXFormat
import ONNXGraph
import Testing
import _TestSupport

/// Small integers followed through the chains that exporters write.
@Suite struct FoldingTests {
  @Test("PyTorch's chain for the amounts of a Pad is folded")
  func pads() {
    let graph = graph(
      """
      zeros = Expand(nothing, four)
      all = Concat<axis=0>(given, zeros)
      pairs = Reshape(all, two)
      reversed = Slice(pairs, last, first, axis, back)
      turned = Transpose<perm=[1, 0]>(reversed)
      flat = Reshape(turned, open)
      pads = Cast<to=7>(flat)
      y = Pad(x, pads)
      """,
      [
        "four": [4], "nothing": [0], "given": [0, 1, 2, 3], "two": [-1, 2], "last": [-1],
        "axis": [0],
        "first": [.min + 1], "back": [-1], "open": [-1],
      ])
    #expect(graph.facts["pads"]?.integers == [0, 0, 2, 0, 0, 0, 3, 1].map(Dimension.fixed))
    #expect(graph.shape(of: "y") == [.batch(1), .fixed(3), .fixed(13), .fixed(9)])
  }

  @Test("A reshape keeps the batch that Shape and Gather take out")
  func reshape() {
    let graph = graph(
      """
      shape = Shape(x)
      batch = Gather<axis=0>(shape, zero)
      sides = Concat<axis=0>(batch, rest)
      y = Reshape(x, sides)
      """, ["zero": [0], "rest": [-1, 4]])
    #expect(graph.shape(of: "y") == [.batch(1), .fixed(48), .fixed(4)])
  }

  @Test("Sums broadcast as their shapes do")
  func broadcast() {
    let graph = graph(
      """
      column = Unsqueeze<axes=[1]>(a)
      y = Add(column, b)
      z = Reshape(x, flat)
      """, ["a": [10, 20], "b": [1, 2, 3], "flat": [0, -1]], opset: 11)
    #expect(graph.facts["y"]?.integers == [11, 12, 13, 21, 22, 23].map(Dimension.fixed))
    #expect(graph.shape(of: "z") == [.batch(1), .fixed(192)])
  }

  @Test("The amounts of a SAME padding follow, through floats rounded up")
  func samePadding() {
    let graph = graph(
      """
      shape = Shape(x)
      height = Gather<axis=0>(shape, two)
      real = Cast<to=1>(height)
      half = Div(real, stride)
      windows = Ceil(half)
      reach = Mul(windows, stride)
      over = Sub(reach, real)
      wide = Add(over, kernel)
      total = Cast<to=7>(wide)
      before = Div(total, twice)
      after = Sub(total, before)
      isMore = Greater(after, before)
      chosen = Where(isMore, after, before)
      first = Unsqueeze<axes=[0]>(before)
      last = Unsqueeze<axes=[0]>(chosen)
      pads = Concat<axis=0>(none, first, none, last)
      y = Pad(x, pads)
      """, ["two": [2], "twice": [2], "none": [0, 0, 0]],
      scalars: ["two", "twice"], floats: ["stride": 3, "kernel": 2], opset: 11)
    #expect(graph.facts["pads"]?.integers == [0, 0, 0, 1, 0, 0, 0, 2].map(Dimension.fixed))
    #expect(graph.shape(of: "y") == [.batch(1), .fixed(3), .fixed(8), .fixed(11)])
  }

  @Test("A window's mask and its relative positions follow from a table")
  func tables() {
    let graph = graph(
      """
      places = Range(zero, three, one)
      column = Unsqueeze<axes=[1]>(places)
      distance = Sub(column, places)
      shifted = Add(distance, two)
      far = Greater(shifted, two)
      mask = Cast<to=7>(far)
      known = ScatterND(mask, corner, more)
      counts = ReduceSum<axes=[1], keepdims=0>(known)
      sums = CumSum(counts, zero)
      found = NonZero(known)
      y = Reshape(x, flat)
      """,
      [
        "zero": [0], "three": [3], "one": [1], "two": [2], "corner": [0, 2], "more": [7],
        "flat": [0, -1],
      ],
      scalars: ["zero", "three", "one", "two"], shapes: ["corner": [1, 2]], opset: 11)
    #expect(graph.facts["shifted"]?.integers == [2, 1, 0, 3, 2, 1, 4, 3, 2].map(Dimension.fixed))
    #expect(graph.facts["known"]?.integers == [0, 0, 7, 1, 0, 0, 1, 1, 0].map(Dimension.fixed))
    #expect(graph.facts["sums"]?.integers == [7, 8, 10].map(Dimension.fixed))
    #expect(
      graph.facts["found"]?.integers == [0, 1, 2, 2, 2, 0, 0, 1].map(Dimension.fixed))
  }

  @Test("Contents at a batch size follow a Range over it")
  func range() {
    let graph = graph(
      """
      batch = Shape<start=0, end=1>(x)
      count = Squeeze(batch)
      places = Range(zero, count, one)
      y = Mul(places, three)
      """, ["zero": [0], "one": [1], "three": [3]], scalars: ["zero", "one", "three"])
    #expect(graph.facts["y"]?.integers == nil)
    #expect(graph.integers(of: "y", batch: 4) == [0, 3, 6, 9])
  }

  private func graph(
    _ text: String, _ constants: [String: [Int]], scalars: Set<String> = [],
    floats: [String: Float] = [:], shapes: [String: [Int]] = [:], opset: Int = 17
  ) -> Graph {
    Graph(
      model(
        text, inputs: [ValueInfoProto("x", .float, ["N", 3, 8, 8])],
        outputs: [ValueInfoProto("y", .float)],
        initializers: constants.sorted { $0.key < $1.key }.map { name, values in
          let shape = shapes[name] ?? (scalars.contains(name) ? [] : [values.count])
          return TensorProto(name, shape: shape, int64s: values)
        }
          + floats.sorted { $0.key < $1.key }.map { TensorProto($0, shape: [], floats: [$1]) },
        opset: opset))
  }
}
