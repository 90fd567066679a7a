import ONNXFormat
import ONNXGraph
import Testing
import _TestSupport

/// Names of layers as people write them, for graphs as exporters name them.
@Suite struct NameTests {
  /// A name, the nodes of a graph, and the value meant.
  struct Row: CustomStringConvertible, Sendable {
    let graph: Names
    let written: String
    /// The value found; nil where the name must not be found.
    let value: String?

    var description: String { "\(graph.rawValue): \(written)" }
  }

  /// The graphs, each a chain of layers named in one exporter's manner.
  enum Names: String, CaseIterable, Sendable {
    case torchScript, wrapped, lists, tensorFlow, keras3, nested, gluon, caffe2, paddle, flattened
    case coreML

    /// Node name and value name of each layer, from the input to the logits.
    var chain: [(node: String, value: String)] {
      switch self {
      case .torchScript:
        Self.paths([
          "conv1", "layer4/layer4.0/conv1", "layer4/layer4.0/relu", "layer4/layer4.0/relu_1",
          "layer4/layer4.1/conv1", "layer4/layer4.1/relu", "layer4/layer4.2/conv3",
          "layer4/layer4.2/relu_2",
        ])
      case .wrapped:
        Self.paths([
          "module/backbone/conv1", "module/backbone/layer4/layer4.0/conv1",
          "module/backbone/layer4/layer4.1/conv1", "module/neck/conv1", "module/neck/conv2",
        ])
      case .lists:
        Self.paths([
          "patch_embed/proj", "blocks.0/norm1", "blocks.0/mlp/act", "blocks.1/norm1",
          "blocks.1/mlp/act", "stages.2/blocks.0/norm", "stages.2/blocks.1/norm",
        ])
      case .tensorFlow:
        Self.scoped(
          "StatefulPartitionedCall/model/",
          ["conv1_relu/Relu", "conv5_block3_3_conv/Conv2D", "conv5_block3_out/Relu"], ":0")
      case .keras3:
        Self.scoped(
          "resnet50_1/",
          [
            "conv2d_1/Relu", "conv2d_1_1/Relu", "conv5_block3_out_1/Relu", "top_activation_1/mul_1",
          ],
          ":0")
      case .nested:
        Self.scoped(
          "model/",
          ["resnet50/conv1_relu/Relu", "resnet50/conv5_block3_out/Relu", "conv2d/BiasAdd"], ":0")
      case .gluon:
        [
          "resnetv17_conv0_fwd", "resnetv17_stage3_activation5", "resnetv17_stage4_conv0_fwd",
          "resnetv17_stage4__plus2", "resnetv17_stage4_activation2",
        ].map { ($0, $0) }
      case .caffe2:
        [
          "gpu_0/conv1_1", "gpu_0/res4_5_branch2c_bn_3", "gpu_0/res5_2_branch2c_bn_1",
          "gpu_0/res5_2_branch2c_bn_2", "gpu_0/res5_2_branch2c_bn_3",
        ].map { ("", $0) }
      case .paddle:
        [
          "conv2d_52.tmp_0", "relu_4.tmp_0", "batch_norm_52.tmp_2", "relu_16.tmp_0",
        ].enumerated().map { ("Relu_\($0)", $1) }
      case .flattened:
        [
          "MobilenetV1_MobilenetV1_Conv2d_12_pointwise_Relu6__a",
          "MobilenetV1_MobilenetV1_Conv2d_13_pointwise_Relu6__b",
          "MobilenetV1_MobilenetV1_Conv2d_13_pointwise_Relu6__b_relu6",
        ].map { ($0, $0) }
      case .coreML:
        ["conv2d_1_output", "activation_5_output"].map { (String($0.dropLast(7)), $0) }
      }
    }

    private static func paths(_ modules: [String]) -> [(node: String, value: String)] {
      modules.map { ("/\($0)/Relu", "/\($0)/Relu_output_0") }
    }

    private static func scoped(
      _ scope: String, _ names: [String], _ ending: String
    ) -> [(node: String, value: String)] {
      names.map { (scope + $0, scope + $0 + ending) }
    }
  }

  private static let table: [(Names, String, String?)] = [
    (.torchScript, "layer4", "/layer4/layer4.2/relu_2/Relu_output_0"),
    (.torchScript, "layer4[-1]", "/layer4/layer4.2/relu_2/Relu_output_0"),
    (.torchScript, "layer4.-1", "/layer4/layer4.2/relu_2/Relu_output_0"),
    (.torchScript, "layer4[-2].relu", "/layer4/layer4.1/relu/Relu_output_0"),
    (.torchScript, "layer4.2.conv3", "/layer4/layer4.2/conv3/Relu_output_0"),
    (.torchScript, "layer4[2][0]", "/layer4/layer4.2/conv3/Relu_output_0"),
    (.torchScript, "layer4[0].relu_1", "/layer4/layer4.0/relu_1/Relu_output_0"),
    (.torchScript, "model.layer4[-1]", "/layer4/layer4.2/relu_2/Relu_output_0"),
    (.torchScript, "self.net.layer4.1", "/layer4/layer4.1/relu/Relu_output_0"),
    (.torchScript, "model[-1]", nil),
    (.torchScript, "layer4[3]", nil),
    (.torchScript, "layer4[-4]", nil),
    (.torchScript, "layer4[1", nil),
    (.torchScript, "layer4[]", nil),
    (.torchScript, "layer4[99999999999999999999]", nil),
    (.torchScript, "layer4..conv1", nil),
    (.torchScript, "Layer4", nil),
    (.torchScript, "layer5", nil),
    (.torchScript, "relu", nil),
    (.torchScript, ".", nil),
    (.torchScript, "", nil),
    (.wrapped, "layer4[-1]", "/module/backbone/layer4/layer4.1/conv1/Relu_output_0"),
    (.wrapped, "model.layer4", "/module/backbone/layer4/layer4.1/conv1/Relu_output_0"),
    (.wrapped, "backbone.layer4.0", "/module/backbone/layer4/layer4.0/conv1/Relu_output_0"),
    (.wrapped, "module.neck", "/module/neck/conv2/Relu_output_0"),
    (.wrapped, "neck[-1]", "/module/neck/conv2/Relu_output_0"),
    (.wrapped, "conv1", nil),
    (.lists, "blocks[-1].norm1", "/blocks.1/norm1/Relu_output_0"),
    (.lists, "blocks.1.norm1", "/blocks.1/norm1/Relu_output_0"),
    (.lists, "blocks.-1.norm1", "/blocks.1/norm1/Relu_output_0"),
    (.lists, "blocks[-2].mlp", "/blocks.0/mlp/act/Relu_output_0"),
    (.lists, "blocks", "/blocks.1/mlp/act/Relu_output_0"),
    (.lists, "stages[-1].blocks[0].norm", "/stages.2/blocks.0/norm/Relu_output_0"),
    (.lists, "stages.2", "/stages.2/blocks.1/norm/Relu_output_0"),
    (.lists, "model.blocks[-1]", "/blocks.1/mlp/act/Relu_output_0"),
    (.tensorFlow, "conv5_block3_out", "StatefulPartitionedCall/model/conv5_block3_out/Relu:0"),
    (.tensorFlow, "conv5_block3_out/Relu", "StatefulPartitionedCall/model/conv5_block3_out/Relu:0"),
    (
      .tensorFlow, "conv5_block3_3_conv",
      "StatefulPartitionedCall/model/conv5_block3_3_conv/Conv2D:0"
    ),
    (.tensorFlow, "conv5_block3", "StatefulPartitionedCall/model/conv5_block3_out/Relu:0"),
    (.tensorFlow, "conv5_block4_out", nil),
    (.keras3, "conv5_block3_out", "resnet50_1/conv5_block3_out_1/Relu:0"),
    (.keras3, "top_activation", "resnet50_1/top_activation_1/mul_1:0"),
    (.keras3, "conv2d", "resnet50_1/conv2d_1/Relu:0"),
    (.keras3, "conv2d_1", "resnet50_1/conv2d_1_1/Relu:0"),
    (.nested, "conv5_block3_out", "model/resnet50/conv5_block3_out/Relu:0"),
    (.nested, "resnet50.conv5_block3_out", "model/resnet50/conv5_block3_out/Relu:0"),
    (.nested, "resnet50/conv5_block3_out", "model/resnet50/conv5_block3_out/Relu:0"),
    (.nested, "resnet50", "model/resnet50/conv5_block3_out/Relu:0"),
    (.nested, "conv2d", "model/conv2d/BiasAdd:0"),
    (.gluon, "resnetv17_stage4_activation2", "resnetv17_stage4_activation2"),
    (.gluon, "resnetv17_stage4_conv0", "resnetv17_stage4_conv0_fwd"),
    (.gluon, "resnetv17_stage4", "resnetv17_stage4_activation2"),
    (.gluon, "stage3", "resnetv17_stage3_activation5"),
    (.gluon, "stage5", nil),
    (.gluon, "stage", nil),
    (.caffe2, "gpu_0/res5_2_branch2c_bn", "gpu_0/res5_2_branch2c_bn_3"),
    (.caffe2, "res5_2_branch2c_bn", "gpu_0/res5_2_branch2c_bn_3"),
    (.caffe2, "res5_2_branch2c_bn_1", "gpu_0/res5_2_branch2c_bn_1"),
    (.caffe2, "res4_5", "gpu_0/res4_5_branch2c_bn_3"),
    (.caffe2, "res5", "gpu_0/res5_2_branch2c_bn_3"),
    (.caffe2, "res51", nil),
    (.paddle, "relu_16", "relu_16.tmp_0"),
    (.paddle, "relu_1", nil),
    (.paddle, "relu_4", "relu_4.tmp_0"),
    (.paddle, "batch_norm_52", "batch_norm_52.tmp_2"),
    (
      .flattened, "Conv2d_13_pointwise",
      "MobilenetV1_MobilenetV1_Conv2d_13_pointwise_Relu6__b_relu6"
    ),
    (.coreML, "activation_5", "activation_5_output"),
  ]

  static let rows = table.map { Row(graph: $0.0, written: $0.1, value: $0.2) }

  @Test("A name means the layer that people mean by it", arguments: rows)
  func found(_ row: Row) throws {
    let list = layers(row.graph)
    switch (list.find(row.written), row.value) {
    case (.layer(let index), let value?): #expect(list.layers[index].value == value)
    case (.unknown, nil): break
    case (let finding, let value): Issue.record("\(finding) instead of '\(value ?? "unknown")'")
    }
  }

  @Test(
    "A slice is no layer",
    arguments: ["layer4[:-1]", "layer4[0:2]", "layer4[1:]", "layer4[::2].conv1", "[:2]"])
  func slices(_ written: String) {
    #expect(layers(.torchScript).find(written) == .several)
  }

  @Test("The name shown is the one people know")
  func shown() {
    let expected: [Names: [String]] = [
      .keras3: ["input", "conv2d", "conv2d_1", "conv5_block3_out", "top_activation"],
      .tensorFlow: ["input", "conv1_relu", "conv5_block3_3_conv", "conv5_block3_out"],
      .gluon: ["input"] + Names.gluon.chain.map(\.node),
    ]
    for (graph, names) in expected { #expect(layers(graph).layers.map(\.name) == names) }
  }

  @Test("Every name listed is found", arguments: Names.allCases)
  func listed(_ graph: Names) {
    let list = layers(graph)
    for name in list.allNames { #expect(list.find(name) != .unknown, "'\(name)'") }
  }

  @Test("Names made to cost much cost little")
  func hostile() {
    let deep = String(repeating: "/a", count: 2000)
    let chain = (0..<200).map { (node: "\(deep)/\($0)/Relu", value: "v\($0)") }
    let list = layers(chain)
    #expect(list.find(String(repeating: "a.", count: 5000) + "a") == .unknown)
    #expect(list.find(String(repeating: "[0]", count: 5000)) == .unknown)
    #expect(list.find("v7") == .layer(8))
  }

  private func layers(_ names: Names) -> LayerList { layers(names.chain) }

  /// The layers of a chain of Relu under these names.
  private func layers(_ chain: [(node: String, value: String)]) -> LayerList {
    var previous = "input"
    var nodes = chain.map { step in
      var node = NodeProto("Relu", [previous], [step.value])
      node.name = step.node
      previous = step.value
      return node
    }
    nodes.append(NodeProto("GlobalAveragePool", [previous], ["pooled"]))
    nodes.append(NodeProto("Flatten", ["pooled"], ["logits"]))
    let graph = Graph(
      model(
        nodes: nodes, inputs: [ValueInfoProto("input", type: .float, shape: [-1, 3, 8, 8])],
        outputs: [ValueInfoProto("logits", type: .float, shape: [-1, 3])]))
    let path = FloatPath(in: graph, from: "input", to: "logits")
    return LayerList(of: graph, on: path, input: "input")
  }
}
