import ONNXFormat

extension RuleRows {
  // MARK: Places given by indices, positions and angles

  static let indexed: [RuleRow] = [
    RuleRow(
      text: "y, places = TopK<axis=1>(x, count)", inputs: [distinct([2, 4])],
      constants: [integers("count", [2])]),
    RuleRow(
      text: "y = Compress<axis=1>(x, kept)", inputs: [x([2, 4])],
      constants: [boolean("kept", [1, 0, 1, 1], shape: [4])]),
    RuleRow(
      text: "y = ScatterElements<axis=1>(x, places, z)",
      inputs: [x([2, 4]), x([2, 2], name: "z")],
      constants: [integers("places", [1, 0, 3, 2], shape: [2, 2])]),
    RuleRow(
      text: "y = ScatterND(x, places, z)", inputs: [x([3, 2]), x([2, 2], name: "z")],
      constants: [integers("places", [2, 0], shape: [2, 1])]),
    RuleRow(
      text: "y = Scatter<axis=1>(x, places, written)", inputs: [x([2, 4])],
      constants: [integers("places", [1, 0, 3, 2], shape: [2, 2]), weight("written", [2, 2])],
      opset: 10),
    RuleRow(
      text: "y = MaxUnpool<kernel_shape=[2, 2], strides=[2, 2]>(x, places)",
      inputs: [x([1, 1, 2, 2])],
      constants: [integers("places", [1, 6, 8, 15], shape: [1, 1, 2, 2])]),
    RuleRow(
      text: "y = GridSample<padding_mode=\"border\">(x, z)",
      inputs: [x([1, 2, 3, 3]), x([1, 2, 2, 2], 0.1...0.25, name: "z")]),
    RuleRow(
      text: "y = GridSample<mode=\"bicubic\", align_corners=1>(x, z)",
      inputs: [x([1, 2, 4, 4]), x([1, 2, 2, 2], 0.1...0.25, name: "z")]),
    RuleRow(
      text: "y = AffineGrid(x, size)", inputs: [x([1, 2, 3])],
      constants: [integers("size", [1, 1, 2, 3])], opset: 20),
    RuleRow(text: "y = DFT<axis=1, onesided=1>(x)", inputs: [x([1, 5, 1])]),
    RuleRow(text: "y = DFT<axis=1, inverse=1>(x)", inputs: [x([1, 4, 2])]),
    RuleRow(
      text: "y = Col2Im(x, image, block)", inputs: [x([1, 8, 4])],
      constants: [integers("image", [3, 3]), integers("block", [2, 2])], opset: 18),
    RuleRow(
      text: "y = CenterCropPad<axes=[1, 2]>(x, sides)", inputs: [x([1, 2, 5])],
      constants: [integers("sides", [5, 2])], opset: 18),
    RuleRow(
      text: "y = Attention(x, z, v)",
      inputs: [x([1, 2, 3, 2]), x([1, 2, 4, 2], name: "z"), x([1, 2, 4, 3], name: "v")],
      opset: 23),
    RuleRow(
      text: "y = Attention<q_num_heads=4, kv_num_heads=2, softcap=1.5, is_causal=1>(x, z, v)",
      inputs: [x([1, 3, 8]), x([1, 3, 4], name: "z"), x([1, 3, 4], name: "v")], opset: 24),
    RuleRow(
      text: "y = LSTM<hidden_size=2, direction=\"bidirectional\">(x, w, r, b, , z, v)",
      inputs: [x([3, 2, 2]), x([2, 2, 2], name: "z"), x([2, 2, 2], name: "v")],
      constants: [weight("w", [2, 8, 2]), weight("r", [2, 8, 2]), weight("b", [2, 16])]),
    RuleRow(
      text: "y = LSTM<hidden_size=2, direction=\"reverse\">(x, w, r)", inputs: [x([3, 1, 3])],
      constants: [weight("w", [1, 8, 3]), weight("r", [1, 8, 2])]),
    RuleRow(
      text: "y = RotaryEmbedding(x, cosine, sine, places)", inputs: [x([1, 2, 3, 4])],
      constants: [
        weight("cosine", [3, 2]), weight("sine", [3, 2], from: 0.2),
        integers("places", [2, 0, 1], shape: [1, 3]),
      ], opset: 23),
    RuleRow(
      text:
        "y = RotaryEmbedding<interleaved=1, num_heads=2, rotary_embedding_dim=4>(x, cosine, sine)",
      inputs: [x([1, 3, 12])],
      constants: [weight("cosine", [1, 3, 2]), weight("sine", [1, 3, 2], from: 0.2)], opset: 23),
  ]

  // MARK: What ONNX Runtime stores

  static let microsoft: [RuleRow] = [
    RuleRow(text: "y = com.microsoft.Gelu(x)", inputs: [x([2, 3])]),
    RuleRow(text: "y = com.microsoft.FastGelu(x, z)", inputs: [x([2, 3]), x([3], name: "z")]),
    RuleRow(text: "y = com.microsoft.BiasGelu(x, z)", inputs: [x([2, 3]), x([3], name: "z")]),
    RuleRow(text: "y = com.microsoft.QuickGelu(x)", inputs: [x([2, 3])]),
    RuleRow(
      text: "y = com.microsoft.FusedMatMul<transA=1, alpha=0.5>(x, z)",
      inputs: [x([2, 3, 2]), x([2, 3, 4], name: "z")]),
    RuleRow(
      text: "y = com.microsoft.FusedMatMul<transA=1, transB=1>(x, z)",
      inputs: [x([3, 2]), x([4, 3], name: "z")]),
    RuleRow(
      text: "y = com.microsoft.FusedConv<activation=\"Sigmoid\">(x, w, b, z)",
      inputs: [x([1, 2, 3, 3]), x([1, 3, 2, 2], name: "z")],
      constants: [weight("w", [3, 2, 2, 2]), weight("b", [3])]),
    RuleRow(
      text: "y = com.microsoft.FusedGemm<activation=\"Tanh\", transB=1>(x, w, b)",
      inputs: [x([2, 3])], constants: [weight("w", [4, 3]), weight("b", [4])]),
    RuleRow(
      text: "y, , , sum = com.microsoft.SkipLayerNormalization<epsilon=1e-5>(x, z, scale, bias, v)",
      inputs: [x([1, 2, 4]), x([1, 2, 4], name: "z"), x([4], name: "v")],
      constants: [weight("scale", [4]), weight("bias", [4])]),
    RuleRow(
      text: "y = com.microsoft.SkipSimplifiedLayerNormalization<epsilon=1e-5>(x, z, scale)",
      inputs: [x([1, 2, 4]), x([1, 2, 4], name: "z")], constants: [weight("scale", [4])]),
  ]
}
