import Testing

@testable import Imaging

@Suite("Reading pictures")
struct ReadingTests {
  @Test("The fixtures are there")
  func fixtures() {
    #expect(Fixture.pictures.count >= 50)
  }

  @Test("Every kind of file has the pixels that Pillow reads", arguments: Fixture.pictures)
  func pixels(name: String) throws {
    let image = try Image(contentsOf: Fixture.path(name))
    let expected = try Fixture.expectation(for: name)
    #expect(image.width == expected.width && image.height == expected.height)
    // Versions of Little CMS round differently; all else is exact.
    let tolerance = name.hasPrefix("profile") ? 2 : 0
    let worst = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
    #expect(worst <= tolerance, "worst difference \(worst)")
  }

  @Test("On demand, a colour profile changes nothing")
  func storedColors() throws {
    let plain = try Image(contentsOf: Fixture.path("png-rgb.png"))
    let path = Fixture.path("profile-wide-png.png")
    #expect(try Image(contentsOf: path, convertingToSRGB: false) == plain)
    #expect(try Image(contentsOf: path) != plain)
  }

  @Test(
    "A file tells what it was",
    arguments: [
      ("png-gray-16.png", Image.Format.png, Image.ColorModel.gray, 16, false, 1),
      ("png-rgba.png", .png, .rgba, 8, false, 1),
      ("png-palette-2-bits.png", .png, .palette, 2, false, 1),
      ("png-turned.png", .png, .rgb, 8, false, 6),
      ("jpeg-gray.jpg", .jpeg, .gray, 8, false, 1),
      ("jpeg-cmyk.jpg", .jpeg, .cmyk, 8, false, 1),
      ("jpeg-orientation-7.jpg", .jpeg, .rgb, 8, false, 7),
      ("profile-wide-jpg.jpg", .jpeg, .rgb, 8, true, 1),
      ("webp-turned.webp", .webp, .rgb, 8, false, 8),
      ("webp-rgba.webp", .webp, .rgba, 8, false, 1),
      ("tiff-bilevel.tif", .tiff, .gray, 1, false, 1),
      ("tiff-rgb-16.tif", .tiff, .rgb, 16, false, 1),
      ("tiff-turned.tif", .tiff, .rgb, 8, false, 5),
    ])
  func source(
    name: String, format: Image.Format, model: Image.ColorModel, bits: Int, profile: Bool,
    orientation: Int
  ) throws {
    let path = Fixture.path(name)
    #expect(
      try Image(contentsOf: path).source
        == Image.Source(
          name: path, format: format, colorModel: model, bitDepth: bits,
          hasColorProfile: profile, orientation: orientation))
  }

  @Test("Luma is Pillow's: rounded BT.601")
  func luma() {
    let image = Image(
      width: 5, height: 1,
      pixels: [255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 12, 34, 56])
    #expect(image.gray == [255, 76, 150, 29, 30])
  }
}
