import Testing

@testable import Imaging

@Suite("Resampling")
struct ResamplingTests {
  /// Rows of `resampling.txt`: what to do, the source's size, arguments, and the result's hash.
  static let rows: [[String]] = {
    let bytes = (try? Fixture.bytes("resampling.txt")) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: " ").map(String.init)
    }
  }()

  @Test("Resizing and cropping equal Pillow and torchvision bit for bit")
  func exact() throws {
    #expect(Self.rows.count == 8 * (3 * 8 + 4 + 7))
    for row in Self.rows {
      let numbers = row.dropFirst().dropLast().compactMap { Int($0) }
      let source = Fixture.drawn(width: numbers[0], height: numbers[1])
      let result: Image
      switch row[0] {
      case "shorter":
        result = source.resizedShorterSide(to: numbers[2])
        #expect([result.width, result.height] == Array(numbers[4...]), "\(row)")
      case "crop":
        result = source.centerCropped(width: numbers[2], height: numbers[3])
      default:
        let filter = try #require(ResamplingFilter(named: row[0]))
        result = source.resized(width: numbers[2], height: numbers[3], filter: filter)
      }
      #expect(Fixture.hash(result.pixels) == row.last, "\(row)")
    }
  }

  @Test("A crop rectangle tells where the crop lies, also outside")
  func rectangle() {
    let image = Fixture.drawn(width: 37, height: 20)
    #expect(
      image.centerCropRectangle(width: 28, height: 25)
        == PixelRectangle(x: 4, y: -2, width: 28, height: 25))
    let far = image.cropped(to: PixelRectangle(x: 100, y: -50, width: 2, height: 3))
    #expect(far.pixels == [UInt8](repeating: 0, count: 18))
  }

  @Test("A map of two cells becomes a ramp with flat ends")
  func ramp() {
    let ramp = FloatMap.bilinearUpsampled([0, 1], width: 2, height: 1, toWidth: 8, toHeight: 2)
    let row: [Float] = [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]
    #expect(ramp == row + row)
  }

  @Test("A map keeps its values at its own size, and a single cell fills everything")
  func trivial() {
    let map: [Float] = [3, -1, 4, 1, -5, 9]
    #expect(FloatMap.bilinearUpsampled(map, width: 3, height: 2, toWidth: 3, toHeight: 2) == map)
    #expect(
      FloatMap.bilinearUpsampled([2], width: 1, height: 1, toWidth: 2, toHeight: 3)
        == [2, 2, 2, 2, 2, 2])
  }

  @Test("A linear function stays linear between the outer centres")
  func linear() {
    let map = (0..<12).map { (cell: Int) -> Float in Float(2 * (cell % 4) + 3 * (cell / 4)) }
    let result = FloatMap.bilinearUpsampled(map, width: 4, height: 3, toWidth: 13, toHeight: 7)
    for y in 0..<7 {
      for x in 0..<13 {
        let column: Float = min(max((Float(x) + 0.5) * 4 / 13 - 0.5, 0), 3)
        let row: Float = min(max((Float(y) + 0.5) * 3 / 7 - 0.5, 0), 2)
        let exact: Float = column * 2 + row * 3
        #expect(abs(result[y * 13 + x] - exact) < 1e-5)
      }
    }
  }
}
