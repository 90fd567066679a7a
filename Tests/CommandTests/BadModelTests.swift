import Testing
import _TestSupport

@Suite("Models that cannot be explained")
struct BadModelTests {
  /// A model of the fixtures, and what the command says of it.
  struct Row: CustomTestStringConvertible, Sendable {
    let model: String
    let message: String
    var testDescription: String { model }

    init(_ model: String, _ message: String) {
      self.model = model
      self.message = message
    }
  }

  static let rows = [
    Row(
      "absent",
      """
      Error: No file 'absent.onnx'
        help: check the path
      """),
    Row(
      "text",
      """
      Error: 'text.onnx' is not an ONNX model: it does not decode
        help: give a file that an ONNX exporter wrote
      """),
    Row(
      "empty",
      """
      Error: 'empty.onnx' is empty
        help: download or export the model again
      """),
    Row(
      "endless-varint",
      """
      Error: 'endless-varint.onnx' is not an ONNX model: it does not decode
        help: give a file that an ONNX exporter wrote
      """),
    Row(
      "no-graph",
      """
      Error: 'no-graph.onnx' is not an ONNX model: there is no graph in it
        help: export the model to ONNX
      """),
    Row(
      "truncated",
      """
      Error: Truncated model 'truncated.onnx': initializer 'kernel' needs 432 bytes, 273 remain
        note: at byte 324 of 597
        help: download the file again, or keep its external data files beside it
      """),
    Row(
      "short-initializer",
      """
      Error: Initializer 'kernel' in 'short-initializer.onnx' has 424 bytes of values, but its \
      shape [4, 3, 3, 3] of float32 needs 432
        help: export the model again
      """),
    Row(
      "huge-dimensions",
      """
      Error: Initializer 'kernel' in 'huge-dimensions.onnx' has the impossible shape \
      [1099511627776, 1099511627776, 3, 3]
      """),
    Row(
      "external-missing",
      """
      Error: No file './absent.data', which holds the weights of 'external-missing.onnx'
        note: initializer 'kernel' is stored in it
        help: keep the model's external data files beside it
      """),
    Row(
      "external-escaping",
      """
      Error: External data '../plain.onnx' of 'external-escaping.onnx' lies outside the model's \
      folder
        note: initializer 'kernel' names it
        help: put the file beside the model, and name it there by its bare file name
      """),
    Row(
      "external-absolute",
      """
      Error: External data '/absent/weights.data' of 'external-absolute.onnx' lies outside the \
      model's folder
        note: initializer 'kernel' names it
        help: put the file beside the model, and name it there by its bare file name
      """),
    Row(
      "external-beyond",
      """
      Error: Truncated data file 'plain.onnx' of 'external-beyond.onnx': initializer 'kernel' \
      needs 432 bytes, 0 remain
        note: at byte 995 of 995
        help: download the file again
      """),
    Row(
      "tabular",
      """
      Error: Model 'tabular.onnx' takes no image, but rows of a table [batch, columns]
        note: input 'input': float32 [N, 10]
        help: an image input is [N, C, H, W] or [N, H, W, C], a volume's [N, C, D, H, W] or \
      [N, D, H, W, C], of float32 or uint8
      """),
    Row(
      "tokens",
      """
      Error: Model 'tokens.onnx' takes no image, but text: numbers of words [batch, sequence]
        note: input 'input': int64 [N, 16]
        help: an image input is [N, C, H, W] or [N, H, W, C], a volume's [N, C, D, H, W] or \
      [N, D, H, W, C], of float32 or uint8
      """),
    Row(
      "signal",
      """
      Error: Model 'signal.onnx' takes no image, but signals or sequences [batch, channels, length]
        note: input 'input': float32 [N, 3, 64]
        help: an image input is [N, C, H, W] or [N, H, W, C], a volume's [N, C, D, H, W] or \
      [N, D, H, W, C], of float32 or uint8
      """),
    Row(
      "two-images",
      """
      Error: 2 inputs of 'two-images.onnx' could be the image
        note: input 'input': float32 [N, 3, 8, 8]
        note: input 'other': float32 [N, 3, 8, 8]
        help: name it with '--image-input input', and feed the others with '--input other=FILE.npy' \
      or '--input other=0'
      """),
    Row(
      "flag-input",
      """
      Error: Model 'flag-input.onnx' needs more inputs than the image 'input'
        note: input 'is_training': bool []
        help: feed each with '--input is_training=FILE.npy', or a number for all its elements: \
      '--input is_training=0'
      """),
    Row(
      "sequence",
      """
      Error: Output 'letters' of 'sequence.onnx' has 5 classes at each of 3 positions
        help: choose one with '--position', 0 through 2
      """),
    Row(
      "detector",
      """
      Error: Output 'detections' of 'detector.onnx' lists detections, whose number and order change
        note: boxes are suppressed before it
        note: output 'detections': [1, ?, 4]
        note: output 'kept': [?, 3]
        help: name a value before the suppression with '--model-output', such as the scores \
      [N, boxes, classes], and a box with '--position'
      """),
    Row(
      "no-spatial-layer",
      """
      Error: Model 'no-spatial-layer.onnx' has no spatial layer to explain
        note: no value between its input and its logits has the shape [N, C, H, W]
        help: 'gradcam doctor MODEL' shows what was found
      """),
    Row(
      "constant-logits",
      """
      Error: No output of 'constant-logits.onnx' depends on its image input 'input'
        note: outputs: 'logits'
        help: export the model in evaluation mode, with its weights, and look at it in Netron
      """),
    Row(
      "custom-domain",
      """
      Error: No gradient rule for operator 'Sharpen' (domain example.custom)
        note: node 'sharp_Sharpen' lies between the layer and the target
        help: no spatial layer lies after it
      """),
    Row(
      "if-branch",
      """
      Error: No gradient through 'If', which decides at run time what is run
        note: node 'feature_If' lies between the layer and the target
        note: a model exported for one input size has none as a rule
        help: no spatial layer lies after it
      """),
    Row(
      "loop",
      """
      Error: No gradient through 'Loop', which decides at run time what is run
        note: node 'looped_Loop' lies between the layer and the target
        note: a model exported for one input size has none as a rule
        help: no spatial layer lies after it
      """),
    Row(
      "recursive-function",
      """
      Error: Function 'Again' of the model calls itself
        help: export the model again; the format does not allow this
      """),
    Row(
      "doubling-functions",
      """
      Error: The model's functions, written out, have more than 131072 nodes
        help: export the model without functions
      """),
  ]

  @Test(
    "A model that cannot be explained is refused by name, and nothing is written", arguments: rows)
  func refused(_ row: Row) throws {
    let folder = TemporaryFolder()
    let result = try Command.run(
      ["explain", row.model + ".onnx", numbers, "-o", folder.path + "/"],
      in: Fixtures.path("Models"))
    #expect(result.errors == row.message + "\n")
    #expect(result.code == 2)
    #expect(result.text.isEmpty)
    #expect(folder.names.isEmpty)
  }

  @Test(
    "A layer before an operator without rule is refused, naming the nearest that can be explained")
  func layerBeforeOperatorWithoutRule() throws {
    let result = try Command.run(
      ["explain", "reverse-sequence-after.onnx", numbers, "--layer", "feature"],
      in: Fixtures.path("Models"))
    #expect(
      result.errors == """
        Error: No gradient rule for operator 'ReverseSequence' (opset 17)
          note: node 'reversed_ReverseSequence' lies between the layer and the target
          help: explain a layer after it; the nearest is 'reversed_ReverseSequence'

        """)
    #expect(result.code == 2)
  }

  @Test("A model of an opset the runtime does not know is refused in the runtime's words")
  func futureOpset() throws {
    let result = try Command.run(
      ["explain", "future-opset.onnx", numbers, "--save", "none"], in: Fixtures.path("Models"))
    #expect(result.errors.hasPrefix("Error: ONNX Runtime does not load 'future-opset.onnx'\n"))
    #expect(result.errors.contains("9999"))
    #expect(result.code == 2)
  }

  @Test("A folder in the place of the model is refused")
  func folder() throws {
    let result = try Command.run(["explain", ".", numbers], in: Fixtures.path("Models"))
    #expect(
      result.errors == """
        Error: '.' is a folder, not an ONNX model
          help: give the '.onnx' file in it

        """)
    #expect(result.code == 2)
  }
}
