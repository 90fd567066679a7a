import GradCAM
import Testing

/// The checks that an expert of each subject would make, on the models that ship.
@Suite("Applications")
struct ApplicationTests {
  @Test(
    "Samples are annotated without a fault",
    arguments: [
      ("parking-lots", "cars.json", 6), ("parking-lots", "shadows.json", 3),
      ("chest-xrays", "opacities.json", 9), ("chest-xrays", "markers.json", 6),
      ("document-pages", "annotations.json", 6), ("candlesticks", "annotations.json", 10),
    ])
  func samples(name: String, annotations: String, count: Int) throws {
    let samples = try ApplicationModel(name, annotations).samples
    #expect(samples.problems.isEmpty)
    #expect(samples.photos.count == count)
  }

  @Test("High traffic is seen on the cars and not on shadows as dark as cars")
  func parkingLots() throws {
    let cars = try ApplicationModel("parking-lots", "cars.json")
      .share(of: "high traffic", on: "car")
    let shadows = try ApplicationModel("parking-lots", "shadows.json")
      .share(of: "high traffic", on: "shadow")
    #expect(cars.count == 3 && shadows.count == 3)
    #expect(cars.evidence > 1.7 * cars.area, "\(cars)")
    #expect(shadows.evidence < 0.7 * shadows.area, "\(shadows)")
  }

  @Test(
    "The honest model of X-rays looks at the opacity, the other at the marker",
    arguments: [("chest-xrays", true), ("chest-xrays-marked", false)])
  func xrays(name: String, isHonest: Bool) throws {
    let opacity = try ApplicationModel(name, samples: "chest-xrays", "opacities.json")
      .share(of: "opacity", on: "opacity")
    let marker = try ApplicationModel(name, samples: "chest-xrays", "markers.json")
      .share(of: "opacity", on: "marker")
    #expect(opacity.count == 7 && marker.count == 6)
    let (right, wrong) = isHonest ? (opacity, marker) : (marker, opacity)
    #expect(right.evidence > 8 * right.area, "\(right)")
    #expect(wrong.evidence < wrong.area, "\(wrong)")
  }
}
