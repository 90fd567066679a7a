import Diagnostics
import Imaging
import Testing
import _TestSupport

@Suite("Rasters")
struct RasterTests {
  @Test("Sides change as Pillow resizes a picture of floats")
  func likePillow() {
    // numpy.arange(20).reshape(4, 5) squared, resized to 3 columns and 7 rows.
    let raster = Raster(
      bands: 1, height: 4, width: 5, values: (0..<20).map { Float($0) * Float($0) })
    let found = raster.resized(slices: 1, height: 7, width: 3)
    let wanted: [Float] = [
      0.4286, 4.4444, 13.0, 10.8878, 20.5159, 34.6837, 27.6224, 46.2302, 69.3776, 69.3571,
      96.9444, 129.0714, 118.2347, 154.8016, 195.9082, 192.1122, 237.6587, 287.7449, 238.2857,
      289.4444, 345.1428,
    ]
    #expect(found.height == 7 && found.width == 3)
    #expect(zip(found.values, wanted).allSatisfy { abs($0 - $1) < 2e-4 })
  }

  @Test("Slices are brought to another number by the same weights")
  func slices() {
    let four = Raster(bands: 1, slices: 4, height: 1, width: 1, values: [7, 14, 21, 28])
    // c = 1, s = 2: ¾, ¾ and ¼ of the first three, over their sum.
    #expect(four.resized(slices: 2, height: 1, width: 1).values == [12, 23])
    let two = Raster(bands: 1, slices: 2, height: 1, width: 1, values: [0, 4])
    #expect(two.resized(slices: 4, height: 1, width: 1).values == [0, 1, 3, 4])
  }

  @Test(
    "TIFF files of any kind of numbers keep all their bits",
    arguments: [PlainTIFF.Kind.uint8, .uint16, .float32], [false, true])
  func tiff(_ kind: PlainTIFF.Kind, _ isPlanar: Bool) throws {
    let (width, height, samples) = (5, 3, 6)
    let factor: Float = kind == .uint8 ? 1 : kind == .uint16 ? 300 : 0.37
    let pages = (0..<2).map { page in
      (0..<width * height * samples).map { Float(($0 * 7 + page * 50) % 200) * factor }
    }
    let bytes = PlainTIFF.bytes(
      pages: pages, width: width, height: height, samples: samples, kind: kind, isPlanar: isPlanar)
    let raster = try Raster(decoding: bytes, name: "scene.tif")
    #expect(
      [raster.bands, raster.slices, raster.height, raster.width] == [samples, 2, height, width])
    for band in 0..<samples {
      for page in 0..<2 {
        for place in 0..<width * height {
          let found = raster.values[(band * 2 + page) * width * height + place]
          #expect(found == pages[page][place * samples + band])
        }
      }
    }
    let bands = raster.slicesAsBands
    #expect(bands.bands == 12 && bands.slices == 1)
    #expect(bands.values[6 * 15] == pages[1][0])
  }

  @Test("A file cut anywhere is refused or read, without a trap")
  func truncated() throws {
    let bytes = PlainTIFF.bytes(
      pages: [[Float](repeating: 1, count: 24), [Float](repeating: 2, count: 24)], width: 4,
      height: 3, samples: 2, kind: .uint16)
    for count in stride(from: 8, to: bytes.count, by: 3) {
      _ = try? Raster(decoding: Array(bytes.prefix(count)), name: "cut.tif")
    }
    #expect(throws: DiagnosticError.self) {
      try Raster(decoding: Array(bytes.prefix(20)), name: "cut.tif")
    }
    var limits = Image.Limits.default
    limits.maximumPixels = 30
    #expect(throws: DiagnosticError.self) {
      try Raster(decoding: bytes, name: "large.tif", limits: limits)
    }
  }

  @Test("Bands are drawn stretched, the darkest number black and the lightest white")
  func drawing() {
    let raster = Raster(
      bands: 3, slices: 2, height: 1, width: 2,
      values: [0, 10, 20, 40, 5, 5, 5, 5, 3, 2, 1, 0])
    let gray = raster.image(ofSlice: 1, bands: [0])
    #expect(gray.pixels == [128, 128, 128, 255, 255, 255])
    let colors = raster.image(ofSlice: 0, bands: [2, 1, 0])
    #expect(colors.pixels == [255, 0, 0, 170, 0, 64])
  }
}
