import Testing

@testable import Annotations

@Suite("JSON with places")
struct JSONTests {
  @Test("Values know where they stand")
  func places() throws {
    let node = try JSONReader.node(Array("{\"a\": [1, -2.5e1, true],\n \"b\": null}".utf8))
    #expect(node.offset == 0)
    #expect(node["a"]?.offset == 6)
    #expect(node["a"]?.elements?.map(\.offset) == [7, 10, 18])
    #expect(node["a"]?.elements?[1].number == -25)
    #expect(node["b"] == nil)
  }

  @Test(
    "Texts with what is escaped",
    arguments: [
      (#""a\"\\\/\n\u00e9""#, "a\"\\/\né"), (#""\ud83d\ude00""#, "😀"), ("\"é\"", "é"), ("\"\"", ""),
    ])
  func texts(_ json: String, _ text: String) throws {
    #expect(try JSONReader.node(Array(json.utf8)).text == text)
  }

  @Test(
    "What is no JSON is refused where it shows",
    arguments: [
      ("", 0), ("[1,]", 3), ("{\"a\" 1}", 5), ("[1] 2", 4), ("nul", 0), ("\"\\ud83d\"", 7),
      ("\"\\x\"", 3), ("[01x]", 3), ("+1", 0), (".5", 0), ("\"\n\"", 1), ("{1: 2}", 1),
    ])
  func faults(_ json: String, _ offset: Int) {
    let fault = #expect(throws: JSONFault.self) { try JSONReader.node(Array(json.utf8)) }
    #expect(fault?.offset == offset, "\(json): \(fault?.reason ?? "")")
  }

  @Test("Lines are counted from 1")
  func lines() {
    let lines = LineIndex(Array("a\nbc\n\nd".utf8))
    #expect((0..<8).map(lines.line) == [1, 1, 2, 2, 2, 3, 4, 4])
  }
}
