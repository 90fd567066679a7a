import ONNXFormat
import Testing
import _TestSupport

@testable import ONNXGraph

/// Receptive fields beside numbers computed by hand and published ones.
@Suite struct ReceptiveFieldTests {
  private typealias Extent = ReceptiveField.Extent

  /// The fields of a graph of one input `x`, its kernels 3 × 3 unless they are called `w1` or `w7`.
  private func fields(_ text: String, _ shape: [Int] = [1, 4, 64, 64]) -> ReceptiveFields {
    let sides = [("w1", 1), ("w3", 3), ("w5", 5), ("w7", 7), ("w11", 11)]
    let graph = Graph(
      model(
        text, inputs: [ValueInfoProto("x", type: .float, shape: shape)],
        outputs: [ValueInfoProto("y", type: .float, shape: [])],
        initializers: sides.map { name, side in
          TensorProto(
            name, shape: [4, 4, side, side],
            floats: Array(repeating: 0.1, count: 16 * side * side))
        } + [
          TensorProto("zero", shape: [1], int64s: [0]),
          TensorProto("end", shape: [1], int64s: [64]),
          TensorProto("axis", shape: [1], int64s: [3]), TensorProto("two", shape: [1], int64s: [2]),
          TensorProto("square", shape: [4, 4], floats: Array(repeating: 0.1, count: 16)),
          TensorProto("tokens", shape: [3], int64s: [0, 4, -1]),
        ]))
    return ReceptiveFields(of: graph, from: "x")
  }

  @Test(
    "Windows, computed by hand",
    arguments: [
      // 1, then each adds (n − 1) · dilation · step.
      ("y = Conv(x, w3)", 3),
      ("a = Conv(x, w3)\ny = Conv(a, w3)", 5),
      ("y = Conv<dilations=[2, 2]>(x, w3)", 5),
      ("a = Conv<strides=[2, 2]>(x, w3)\ny = Conv(a, w3)", 7),
      ("a = Conv<strides=[2, 2]>(x, w7)\ny = MaxPool<kernel_shape=[3, 3], strides=[2, 2]>(a)", 11),
      ("a = Conv(x, w3)\nb = Relu(a)\ny = BatchNormalization(b, s, s, s, s)", 3),
      // Ways that meet: the wider.
      ("a = Conv<pads=[1, 1, 1, 1]>(x, w3)\ny = Add(a, x)", 3),
      ("a = Conv<pads=[3, 3, 3, 3]>(x, w7)\nb = Conv(x, w1)\ny = Concat<axis=1>(a, b)", 7),
      ("a = MaxPool<kernel_shape=[2, 2], strides=[2, 2]>(x)\ny = Conv(a, w3)", 6),
      ("y = SpaceToDepth<blocksize=2>(x)", 2),
      ("y = Slice(x, zero, end, axis, two)", 1),
    ])
  func windows(_ text: String, _ side: Int) throws {
    let field = try #require(fields(text)["y"])
    #expect(field[.height] == Extent.pixels(side) && field[.width] == Extent.pixels(side))
  }

  @Test("Each direction has its own")
  func directions() throws {
    let field = try #require(
      fields("y = AveragePool<kernel_shape=[1, 5], strides=[1, 2]>(x)")["y"])
    #expect(field[.height] == Extent.pixels(1))
    #expect(field[.width] == Extent.pixels(5))
  }

  @Test("What is the same at all places does not count: squeeze and excitation")
  func excitation() throws {
    let found = fields(
      """
      a = Conv(x, w3)
      pooled = GlobalAveragePool(a)
      squeezed = Conv(pooled, w1)
      factor = Sigmoid(squeezed)
      y = Mul(factor, a)
      """)
    #expect(try #require(found["y"])[.height] == Extent.pixels(3))
    #expect(found["factor"] == nil)
  }

  @Test("Attention sees everything, products over channels only their place")
  func attention() throws {
    let found = fields(
      """
      flat = Reshape(x, tokens)
      rows = Transpose<perm=[0, 2, 1]>(flat)
      q = MatMul(rows, square)
      k = Transpose<perm=[0, 2, 1]>(q)
      scores = MatMul(q, k)
      weights = Softmax<axis=-1>(scores)
      y = MatMul(weights, q)
      """)
    #expect(try #require(found["q"])[.height] == Extent.pixels(1))
    #expect(try #require(found["y"])[.height] == Extent.whole)
    #expect(try #require(found["y"])[.width] == Extent.whole)
  }

  /// A chain of windows as sides, strides and what they are.
  private static func chain(_ windows: [(side: Int, stride: Int, isPool: Bool)]) -> String {
    windows.enumerated().map { index, window in
      let (from, to) = (index == 0 ? "x" : "v\(index - 1)", "v\(index)")
      let (side, stride, pad) = (window.side, window.stride, window.side / 2)
      let attributes = "strides=[\(stride), \(stride)], pads=[\(pad), \(pad), \(pad), \(pad)]"
      return window.isPool
        ? "\(to) = MaxPool<kernel_shape=[\(side), \(side)], \(attributes)>(\(from))"
        : "\(to) = Conv<\(attributes)>(\(from), w\(side))"
    }.joined(separator: "\n")
  }

  /// A ResNet: the sides and strides of each block's kernels, with a shortcut around each.
  private static func residual(
    _ blocks: [Int], kernels: [Int], strided: Int
  ) -> (text: String, stages: [String]) {
    var lines = [
      "s = Conv<strides=[2, 2], pads=[3, 3, 3, 3]>(x, w7)",
      "b = MaxPool<kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]>(s)",
    ]
    var last = "b"
    var stages: [String] = []
    for (stage, count) in blocks.enumerated() {
      for block in 0..<count {
        let stride = stage > 0 && block == 0 ? 2 : 1
        let name = "l\(stage).\(block)"
        var value = last
        for (index, side) in kernels.enumerated() {
          let own = index == strided ? stride : 1
          let pad = side / 2
          lines.append(
            "\(name).\(index) = Conv<strides=[\(own), \(own)], pads=[\(pad), \(pad), \(pad), "
              + "\(pad)]>(\(value), w\(side))")
          value = "\(name).\(index)"
        }
        if stride > 1 {
          lines.append("\(name).d = Conv<strides=[2, 2]>(\(last), w1)")
          last = "\(name).d"
        }
        lines.append("\(name) = Add(\(value), \(last))")
        last = name
      }
      stages.append(last)
    }
    return (lines.joined(separator: "\n"), stages)
  }

  /// Published in Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural
  /// Networks", Distill 2019: ResNet-50 in the first form, with the stride on the 1 × 1 kernel.
  /// PyTorch moved it to the 3 × 3 one: 11 + 24 + (8 + 48) + (16 + 160) + (32 + 128) = 427.
  @Test(
    "ResNets have the fields published of them",
    arguments: [
      ([2, 2, 2, 2], [3, 3], 0, [43, 99, 211, 435]),
      ([3, 4, 6, 3], [1, 3, 1], 0, [35, 99, 291, 483]),
      ([3, 4, 6, 3], [1, 3, 1], 1, [35, 91, 267, 427]),
    ])
  func residualNetworks(_ blocks: [Int], _ kernels: [Int], _ strided: Int, _ sides: [Int]) {
    let (text, stages) = Self.residual(blocks, kernels: kernels, strided: strided)
    let found = fields(text, [1, 4, 224, 224])
    #expect(stages.map { found[$0]?[.height] } == sides.map(Extent.pixels))
    #expect(stages.map { found[$0]?[.width] } == sides.map(Extent.pixels))
  }

  @Test("VGG-16 and AlexNet have the fields published of them")
  func chains() {
    let vgg = [2, 2, 3, 3, 3].flatMap { count in
      Array(repeating: (3, 1, false), count: count) + [(2, 2, true)]
    }
    let alex = [
      (11, 4, false), (3, 2, true), (5, 1, false), (3, 2, true), (3, 1, false), (3, 1, false),
      (3, 1, false), (3, 2, true),
    ]
    for (windows, side) in [(vgg, 212), (alex, 195)] {
      let found = fields(Self.chain(windows), [1, 4, 224, 224])
      #expect(found["v\(windows.count - 1)"]?[.height] == Extent.pixels(side))
    }
  }

  @Test("Every layer of every network has a field, which grows along a chain of convolutions")
  func networks() throws {
    for network in try NetworkFixture.all() {
      let graph = Graph(try network.model.proto)
      let list = LayerList(
        of: graph, on: FloatPath(in: graph, from: "input", to: "logits"), input: "input")
      let fields = ReceptiveFields(of: graph, from: "input")
      var last = 0
      for layer in list.layers where layer.isCut {
        guard case .pixels(let side)? = fields[layer.value]?[.height] else {
          Issue.record("'\(network)' has no field at '\(layer.name)'")
          continue
        }
        #expect(side >= last, "'\(network)' at '\(layer.name)'")
        last = side
      }
      #expect(last > 1)
    }
  }

  @Test("Transformers see everything behind their first attention")
  func transformers() throws {
    for name in ["vit-torchscript", "vit-dynamo", "torchvision-vit-dynamo", "mixer-dynamo"] {
      let graph = Graph(try ModelFile(contentsOf: Fixtures.path("Tokens/\(name)/model.onnx")).proto)
      let list = LayerList(
        of: graph, on: FloatPath(in: graph, from: "input", to: "logits"), input: "input")
      let fields = ReceptiveFields(of: graph, from: "input")
      let last = try #require(list.layers.last)
      let first = try #require(list.layers.first { $0.operatorName == "Conv" })
      #expect(fields[last.value]?[.width] == Extent.whole, "\(name)")
      let patch = list.layers[0].map.width / first.map.width
      #expect(fields[first.value]?[.width] == Extent.pixels(patch), "\(name)")
    }
  }
}
