import GradCAM
import Testing

/// The checks that an expert of each subject would make, on the models that ship.
@Suite("Applications")
struct ApplicationTests {
  @Test(
    "Samples are annotated without a fault",
    arguments: [
      ("parking-lots", 6), ("chest-xrays", 9), ("document-pages", 6), ("candlesticks", 10),
    ])
  func samples(name: String, count: Int) throws {
    let samples = try ApplicationModel(name).samples
    #expect(samples.problems.isEmpty)
    #expect(samples.photos.count == count)
  }

  @Test("High traffic is seen on the cars and not on shadows as dark as cars")
  func parkingLots() throws {
    let lots = try ApplicationModel("parking-lots")
    let cars = try lots.share(of: "high traffic", on: "car")
    let shadows = try lots.share(of: "high traffic", on: "shadow", beside: "car")
    #expect(cars.count == 3 && shadows.count == 3)
    #expect(cars.evidence > 1.7 * cars.area, "\(cars)")
    #expect(shadows.evidence < 0.7 * shadows.area, "\(shadows)")
  }

  @Test(
    "The honest model of X-rays looks at the opacity, the other at the marker",
    arguments: [("chest-xrays", true), ("chest-xrays-marked", false)])
  func xrays(name: String, isHonest: Bool) throws {
    let model = try ApplicationModel(name, samples: "chest-xrays")
    let opacity = try model.share(of: "opacity", on: "opacity")
    let marker = try model.share(of: "opacity", on: "marker", beside: "opacity")
    #expect(opacity.count == 7 && marker.count == 6)
    let (right, wrong) = isHonest ? (opacity, marker) : (marker, opacity)
    #expect(right.evidence > 8 * right.area, "\(right)")
    #expect(wrong.evidence < wrong.area, "\(wrong)")
  }
}
