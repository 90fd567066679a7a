import GradCAM
import Testing
import _TestSupport

/// The common function of the tiny models: two images, and what PyTorch says of class 2.
enum SharedArrays {
  /// One of the arrays.
  static func array(_ name: String) throws -> FloatTensor {
    try FloatTensor(contentsOf: Fixtures.path("Models/Shared/\(name).npy"))
  }

  /// The images, [3, 8, 8] each.
  static func images() throws -> [FloatTensor] {
    let both = try array("input")
    let size = both.values.count / 2
    return (0..<2).map {
      FloatTensor(shape: [3, 8, 8], values: Array(both.values[$0 * size..<($0 + 1) * size]))
    }
  }

  /// An array's part that belongs to one of the images.
  static func values(_ name: String, _ place: Int) throws -> [Float] {
    let both = try array(name).values
    let size = both.count / 2
    return Array(both[place * size..<(place + 1) * size])
  }

  /// Expects numbers to agree with an array's part to five digits of its largest.
  static func compare(
    _ found: [Float], _ name: String, _ place: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let wanted = try values(name, place)
    let scale = wanted.reduce(0) { max($0, abs($1)) }
    #expect(found.count == wanted.count, sourceLocation: sourceLocation)
    let worst = zip(found, wanted).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(
      worst <= 1e-5 * scale, "\(name) is off by \(worst) of \(scale)",
      sourceLocation: sourceLocation)
  }
}
