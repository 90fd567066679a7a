import Testing

@testable import Imaging

@Suite("Colormaps and overlays")
struct ColoringTests {
  @Test(
    "Colormaps have their published ends",
    arguments: [
      ("jet", 0x00_0080, 0x80_0000), ("turbo", 0x30_123b, 0x7a_0403),
      ("viridis", 0x44_0154, 0xfd_e725), ("magma", 0x00_0004, 0xfc_fdbf),
      ("inferno", 0x00_0004, 0xfc_ffa4), ("gray", 0x00_0000, 0xff_ffff),
      ("coolwarm", 0x3b_4cc0, 0xb4_0426),
    ] as [(String, UInt32, UInt32)])
  func ends(name: String, first: UInt32, last: UInt32) throws {
    let colormap = try #require(Colormap(named: name))
    #expect(colormap.table.count == 256)
    #expect(colormap.table.first == first && colormap.table.last == last)
  }

  @Test("Every colormap is found by its name, and no other")
  func names() {
    #expect(Colormap.all.allSatisfy { Colormap(named: $0.name) == $0 })
    #expect(Colormap(named: "Jet") == nil)
  }

  @Test("Values outside of the range and NaN have the colours of the ends")
  func outside() {
    let gray = Colormap.gray
    #expect([-1, 0, .nan, -.infinity].allSatisfy { gray.color(of: $0).red == 0 })
    #expect([1, 2, .infinity].allSatisfy { gray.color(of: $0).red == 255 })
    #expect(gray.color(of: 0.5).red == 128)
    #expect(Colormap.coolwarm.index(of: 0) == 128)
    #expect(Colormap.coolwarm.index(of: -1) == 0 && Colormap.coolwarm.index(of: 1) == 255)
  }

  @Test("An overlay mixes image and colour", arguments: [0, 0.25, 0.5, 0.7, 1])
  func overlay(opacity: Double) {
    let image = Fixture.drawn(width: 16, height: 16)
    let map = (0..<256).map { Float($0) / 255 }
    let overlay = image.overlaid(with: map, colormap: .turbo, opacity: opacity)
    for i in 0..<256 {
      let color = Colormap.turbo.color(of: map[i])
      for (channel, part) in [color.red, color.green, color.blue].enumerated() {
        let exact =
          Double(image.pixels[3 * i + channel]) * (1 - opacity) + Double(part) * opacity
        // Rounded to nearest; ties may go either way.
        #expect(abs(Double(overlay.pixels[3 * i + channel]) - exact) <= 0.5001)
      }
    }
  }

  @Test("A map alone has the colormap's colours")
  func alone() {
    let image = Image(map: [0, 1, 0.5, -3], width: 2, height: 2, colormap: .gray)
    #expect(image.pixels == [0, 0, 0, 255, 255, 255, 128, 128, 128, 0, 0, 0])
  }
}
