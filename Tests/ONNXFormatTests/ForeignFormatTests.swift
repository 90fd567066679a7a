#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import ONNXFormat
import Testing
import _TestSupport

@Suite("A file that is no ONNX model")
struct ForeignFormatTests {
  let folder = TemporaryFolder()

  /// A file's name, how it begins, and what it is recognized as.
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let format: String

    init(_ name: String, _ bytes: [UInt8], _ format: String) {
      (self.name, self.bytes, self.format) = (name, bytes, format)
    }

    init(_ name: String, _ text: String, _ format: String) {
      self.init(name, Array(text.utf8), format)
    }

    var testDescription: String { "\(name): \(format)" }
  }

  static let rows = [
    Row("cat.png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a], "a PNG picture"),
    Row("cat.jpg", [0xff, 0xd8, 0xff, 0xe0], "a JPEG picture"),
    Row("cat.gif", "GIF89a", "a GIF picture"),
    Row("cat.webp", "RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ", "a WebP picture"),
    Row("cat.tif", [0x49, 0x49, 0x2a, 0, 8], "a TIFF picture"),
    Row("page.pdf", "%PDF-1.7", "a PDF document"),
    Row("x.npy", [0x93] + Array("NUMPY".utf8), "a NumPy array"),
    Row("net.pt", "PK\u{3}\u{4}......", "a PyTorch file"),
    Row("net.bin", "PK\u{3}\u{4}......archive/data.pkl", "a PyTorch file"),
    Row("net.keras", "PK\u{3}\u{4}......", "a Keras file"),
    Row("net.zip", "PK\u{3}\u{4}......", "a zip archive"),
    Row("net.pth", [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c], "a PyTorch file"),
    Row("net.pkl", [0x80, 4, 0x95, 1], "a Python pickle"),
    Row("net.h5", [0x89] + Array("HDF\r\n\u{1a}\n".utf8), "a Keras or HDF5 file"),
    Row("net.tflite", "\u{1c}\0\0\0TFL3", "a TensorFlow Lite model"),
    Row("net.ort", "\u{1c}\0\0\0ORTM", "a model in ONNX Runtime's own format"),
    Row(
      "net.safetensors", [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8),
      "a safetensors file, which holds weights and no graph"),
    Row("net.gguf", "GGUF....", "a GGUF file, which holds weights and no graph"),
    Row("net.xml", "<?xml version=\"1.0\"?>\n<net name=\"x\">", "an OpenVINO model"),
    Row("net.onnx", "\n <!DOCTYPE html><html>", "a web page"),
    Row(
      "net.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0",
      "a Git LFS pointer, not the file it stands for"),
    Row("net.onnx.gz", [0x1f, 0x8b, 8, 0], "gzip-compressed"),
    Row("net.mlmodel", [8, 5, 0x12, 0], "a Core ML model"),
  ]

  @Test("is named for what it is, with what to do", arguments: rows)
  func recognized(row: Row) throws {
    let path = try folder.write(row.bytes, to: row.name)
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(error?.message == "'\(row.name)' is not an ONNX model: it is \(row.format)")
    #expect(error?.help != nil)
    #expect(error?.kind == .input)
  }

  @Test("says so when it is not known either")
  func unknown() throws {
    let path = try folder.write("once upon a time".utf8, to: "story.txt")
    let error = #expect(throws: DiagnosticError.self) { try ModelFile(contentsOf: path) }
    #expect(
      error?.description == """
        'story.txt' is not an ONNX model: it does not decode
          help: give a file that an ONNX exporter wrote
        """)
  }

  @Test("says so when it is empty, a folder, not there, or no regular file")
  func noFile() throws {
    let empty = try folder.write([], to: "empty.onnx")
    #expect(message(empty) == "'\(empty)' is empty")
    #expect(message(folder.path) == "'\(folder.path)' is a folder, not an ONNX model")
    let missing = folder.appending("missing.onnx")
    #expect(message(missing) == "No file '\(missing)'")
    #expect(message(empty + "/x") == "No file '\(empty)/x'")
    #expect(message("/dev/zero") == "'/dev/zero' is not a regular file")
  }

  private func message(_ path: String) -> String? {
    do {
      _ = try ModelFile(contentsOf: path)
      return nil
    } catch {
      return error.message
    }
  }
}
