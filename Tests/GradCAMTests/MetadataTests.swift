import ONNXFormat
import Testing
import _TestSupport

@testable import GradCAM

@Suite("What a model file says about itself")
struct MetadataTests {
  /// The tiny model of five classes with texts about itself.
  private func model(_ texts: [String: String]) throws -> Model {
    var file = try ModelFile(contentsOf: Fixtures.path("Models/plain.onnx"))
    for (key, value) in texts {
      var entry = StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      file.proto.metadataProps.append(entry)
    }
    return try Model(file)
  }

  @Test(
    "Labels are found in every form that exporters store",
    arguments: [
      ("labels", "[\"a\", \"b\", \"c\", \"d\", \"e\"]"),
      ("names", "{\"0\": \"a\", \"1\": \"b\", \"2\": \"c\", \"3\": \"d\", \"4\": \"e\"}"),
      ("names", "{0: 'a', 1: 'b', 2: \"c\", 3: 'd', 4: 'e'}"),
      ("classes", "a\nb\nc\nd\ne\n"),
    ])
  func labels(_ key: String, _ text: String) throws {
    let labels = try #require(try model([key: text]).labels)
    #expect((0..<5).map { labels[$0] } == ["a", "b", "c", "d", "e"])
  }

  @Test(
    "Texts that name other than all classes are no labels",
    arguments: ["[\"a\"]", "{0: 'a'", "{'0': 'a'}", "{0: a}", "", "[1, 2, 3, 4, 5]"])
  func noLabels(_ text: String) throws {
    #expect(try model(["labels": text]).labels == nil)
  }

  @Test("Preprocessing is read where mean or deviation is stated")
  func preprocessing() throws {
    let stated = try #require(
      try model(["mean": "[0.5, 0.25, 0.125]", "std": "[0.5, 1, 2]"]).preprocessing)
    #expect(stated.mean == [0.5, 0.25, 0.125] && stated.std == [0.5, 1, 2])
    #expect(stated.geometry == .squash && stated.scale == 1 / 255)
    #expect(stated.channelOrder == .rgb)
    let more = try #require(
      try model(["mean": "0", "scale": "1", "geometry": "crop", "channels": "BGR"]).preprocessing)
    #expect(more.geometry == .crop && more.scale == 1 && more.channelOrder == .bgr)
    #expect(more.std == [1])
  }

  @Test(
    "Preprocessing that is not understood is not used",
    arguments: [
      [:], ["mean": "half"], ["mean": "[1, 2]"], ["std": "[0]"], ["mean": "[nan]"],
      ["mean": "[0]", "geometry": "bend"], ["mean": "[0]", "channels": "yuv"],
    ])
  func noPreprocessing(_ texts: [String: String]) throws {
    #expect(try model(texts).preprocessing == nil)
  }

  @Test("A layout may be given only where the shape leaves it open")
  func layout() throws {
    #expect(throws: DiagnosticError.self) {
      try Model(contentsOf: Fixtures.path("Models/plain.onnx"), layout: .nhwc)
    }
    let model = try Model(contentsOf: Fixtures.path("Models/channels-last.onnx"), layout: .nhwc)
    #expect(model.input.layout == .nhwc)
  }
}
