#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

package import ONNXSession

extension Tensor {
  /// A float32 array of a `.npy` file among the fixtures.
  package init(numpy name: String) throws {
    let data = try Fixtures.data(name)
    // Magic and version take eight bytes, the header's length two.
    let length = Int(data[8]) | Int(data[9]) << 8
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
      let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")")
    else { throw NumpyError(name: name) }
    let sides = header[header.index(after: open)..<close].split(separator: ",")
      .compactMap { Int($0.filter { !$0.isWhitespace }) }
    self.init(elementType: .float, shape: sides, bytes: Array(data[(10 + length)...]))
  }

  /// A file that is no float32 array in row-major order.
  private struct NumpyError: Error {
    let name: String
  }
}
