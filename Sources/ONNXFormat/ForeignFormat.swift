/// A file that is no ONNX model but something known: what it is, and how to get a model from it.
struct ForeignFormat: Hashable {
  /// What the file is, with its article.
  let name: String

  /// What to do instead.
  let advice: String

  /// Recognizes the file by how it begins, or gives nil.
  init?(of bytes: UnsafeRawBufferPointer, name: String) {
    let head = Head(bytes: bytes, name: name.lowercased())
    guard let row = Self.table.first(where: { $0.matches(head) }) else { return nil }
    self = row.format
  }

  private init(_ name: String, _ advice: String) {
    self.name = name
    self.advice = advice
  }
}

// MARK: - The table

extension ForeignFormat {
  /// A file's beginning and name, to be asked about.
  private struct Head {
    let bytes: UnsafeRawBufferPointer
    let name: String

    /// Whether those bytes stand at that place.
    func has(_ magic: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + magic.count
        && bytes[offset..<offset + magic.count].elementsEqual(magic)
    }

    /// Whether that text stands at that place.
    func has(_ text: String, at offset: Int = 0) -> Bool { has(Array(text.utf8), at: offset) }

    /// The first 4 KiB as lower-case text.
    var text: String { String(decoding: bytes.prefix(4096), as: UTF8.self).lowercased() }

    /// The text without leading white space.
    var trimmed: Substring { text.drop { $0.isWhitespace || $0 == "\u{feff}" } }

    /// Whether the name ends as PyTorch's files do.
    var isTorchName: Bool { [".pt", ".pth", ".ckpt"].contains { name.hasSuffix($0) } }

    /// Whether it begins as Python's pickles of protocol 2 to 5 do.
    var isPickle: Bool {
      bytes.count > 2 && bytes[0] == 0x80 && (2...5).contains(bytes[1])
    }

    /// Whether it begins with the length of a JSON header and that header.
    var isSafetensors: Bool {
      guard bytes.count > 9, bytes[8] == UInt8(ascii: "{") else { return false }
      let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      return length >= 2 && length <= UInt64(bytes.count - 8)
    }
  }

  private struct Row {
    let format: ForeignFormat
    let matches: (Head) -> Bool

    init(_ name: String, _ advice: String, _ matches: @escaping (Head) -> Bool) {
      self.format = ForeignFormat(name, advice)
      self.matches = matches
    }
  }

  private static let modelFirst = "give the ONNX model first, then the picture"
  private static let torch =
    "load it in PyTorch and write the model with 'torch.onnx.export(model, example, \"model.onnx\")'"
  private static let keras =
    "convert it with 'tf2onnx' or 'model.export(\"model.onnx\", format=\"onnx\")'"
  private static let original = "give the ONNX file that it was made from"

  private static var table: [Row] {
    [
      Row("a PNG picture", modelFirst) { $0.has([0x89] + Array("PNG".utf8)) },
      Row("a JPEG picture", modelFirst) { $0.has([0xff, 0xd8, 0xff]) },
      Row("a GIF picture", modelFirst) { $0.has("GIF8") },
      Row("a WebP picture", modelFirst) { $0.has("RIFF") && $0.has("WEBP", at: 8) },
      Row("a TIFF picture", modelFirst) {
        $0.has([0x49, 0x49, 0x2a, 0]) || $0.has([0x4d, 0x4d, 0, 0x2a])
      },
      Row("a PDF document", modelFirst) { $0.has("%PDF") },
      Row("a NumPy array", "give the ONNX model first, then the array") {
        $0.has([0x93] + Array("NUMPY".utf8))
      },
      Row("a PyTorch file", torch) {
        $0.has("PK\u{3}\u{4}") && ($0.text.contains("data.pkl") || $0.isTorchName)
      },
      Row("a Keras file", keras) { $0.has("PK\u{3}\u{4}") && $0.name.hasSuffix(".keras") },
      Row("a zip archive", "unpack it and give the '.onnx' file in it") { $0.has("PK\u{3}\u{4}") },
      Row("a PyTorch file", torch) {
        $0.has([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc]) || ($0.isPickle && $0.isTorchName)
      },
      Row("a Python pickle", torch) { $0.isPickle },
      Row("a Keras or HDF5 file", keras) { $0.has([0x89] + Array("HDF\r\n".utf8)) },
      Row("a TensorFlow Lite model", "convert it with 'tf2onnx --tflite'") {
        $0.has("TFL3", at: 4)
      },
      Row("a model in ONNX Runtime's own format", original) { $0.has("ORTM", at: 4) },
      Row("a safetensors file, which holds weights and no graph", torch) { $0.isSafetensors },
      Row("a GGUF file, which holds weights and no graph", original) { $0.has("GGUF") },
      Row("a TensorRT engine", original) { $0.has("ftrt") || $0.has("ptrt") },
      Row("an OpenVINO model", original) {
        $0.trimmed.hasPrefix("<?xml") && $0.text.contains("<net")
      },
      Row("a web page", "download the file itself; the address gave a page about it instead") {
        $0.trimmed.hasPrefix("<!doctype html") || $0.trimmed.hasPrefix("<html")
      },
      Row("a Git LFS pointer, not the file it stands for", "fetch it with 'git lfs pull'") {
        $0.has("version https://git-lfs")
      },
      Row("gzip-compressed", "unpack it with 'gunzip'") { $0.has([0x1f, 0x8b]) },
      Row("a Core ML model", original) { $0.name.hasSuffix(".mlmodel") },
    ]
  }
}
