import Testing

@testable import ONNXSession

@Suite("A message of the runtime")
struct RuntimeMessageTests {
  @Test(
    "is shown with the node it is about, without the runtime's own source",
    arguments: [
      (
        "Non-zero status code returned while running Reshape node. Name:'/a/rs' Status Message: "
          + "/src/core/reshape_helper.h:91 ns::Helper::Helper(const Shape&, bool) a == b was "
          + "false. Input shape:{4}, requested shape:{3,3}\n",
        "/a/rs", "a == b was false. Input shape:{4}, requested shape:{3,3}"
      ),
      (
        "/src/core/graph/model.cc:256 ns::Model::Model(Proto&&, std::function<int(int)>) "
          + "Unsupported model IR version: 99, max supported IR version: 14\n",
        nil, "Unsupported model IR version: 99, max supported IR version: 14"
      ),
      (
        "This is an invalid model. In Node, (\"/a/foo\", Foo, \"\", -1) : (\"x\") -> (\"y\") , "
          + "Error No Op registered for Foo",
        "/a/foo",
        "This is an invalid model. In Node, (\"/a/foo\", Foo, \"\", -1) : (\"x\") -> (\"y\") , "
          + "Error No Op registered for Foo"
      ),
      (
        "Node (/a/conv) Op (Conv) [ShapeInferenceError] too few dimensions",
        "/a/conv", "Node (/a/conv) Op (Conv) [ShapeInferenceError] too few dimensions"
      ),
      (
        "Type Error: Type (tensor(float)) of output arg (y) of node (nms) does not match",
        "nms", "Type Error: Type (tensor(float)) of output arg (y) of node (nms) does not match"
      ),
      ("", nil, "it does not say why"), ("/src/x.cc:1 f(", nil, "/src/x.cc:1 f("),
    ] as [(String, String?, String)])
  func parsing(message: String, node: String?, text: String) {
    let parsed = RuntimeMessage(message)
    #expect(parsed.node == node)
    #expect(parsed.text == text)
  }
}
