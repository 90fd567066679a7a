import GradCAM
import Testing
import _TestSupport

@Suite("Labels")
struct LabelTests {
  @Test("A WordNet number before a label is no part of it, and finds its class")
  func synsets() throws {
    let folder = TemporaryFolder()
    try folder.write(
      Array("n02123045 tabby, tabby cat\nn02124075 Egyptian cat\nnightingale\n".utf8), to: "l.txt")
    let labels = try Labels(contentsOf: folder.appending("l.txt"))
    #expect((0..<3).map { labels[$0] } == ["tabby", "Egyptian cat", "nightingale"])
    #expect(labels.class(synset: "n02124075") == 1)
    #expect(labels.class(synset: "n00000000") == nil)
    #expect(labels.classes(labelled: "Tabby, tabby cat") == [0])
    #expect(labels.classes(labelled: "tabby cat") == [0])
  }

  @Test("ImageNet's classes are known by name and number")
  func imageNet() {
    #expect(Labels.imageNet.count == 1000)
    #expect(Labels.imageNet.class(synset: "n02123045") == 281)
    #expect(Labels.imageNet[281] == "tabby")
    #expect(Labels.imageNet.classes(labelled: "crane") == [134, 517])
  }
}
