#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import Diagnostics
import ONNXFormat
import ONNXGraph
import Testing
import _TestSupport

/// What is changed of a model before it is read.
@Suite struct PreparingTests {
  private func opened(_ name: String) throws -> ModelFile {
    try ModelFile(contentsOf: Fixtures.path("Models/\(name).onnx"))
  }

  @Test("Functions are written out under names of their own, and go")
  func functions() throws {
    let file = try opened("functions").prepared()
    #expect(file.proto.functions.isEmpty)
    #expect(
      file.proto.graph.node.map(\.opType) == [
        "Conv", "Identity", "Relu", "Identity", "Identity", "Relu", "GlobalAveragePool", "Flatten",
        "Gemm",
      ])
    let names = file.proto.graph.node.map(\.name)
    #expect(Set(names).count == names.count)
    let values = file.proto.graph.node.flatMap(\.output)
    #expect(Set(values).count == values.count)
    let gemm = try #require(file.proto.graph.node.last)
    // Given by a default; left out, for nobody gives it.
    #expect(gemm.int("transB") == 1 && gemm.attribute("transA") == nil)
    #expect(file.proto.graph.node[0].ints("pads") == [1, 1, 1, 1])
  }

  @Test("A function of another operator set stays a call")
  func otherSet() throws {
    let file = try opened("local-function").prepared()
    #expect(file.proto.functions.count == 1)
    #expect(file.proto.graph.node.contains { $0.opType == "Square" })
  }

  @Test(
    "Functions without end are refused", arguments: ["recursive-function", "doubling-functions"])
  func endless(_ name: String) throws {
    let file = try opened(name)
    #expect(throws: DiagnosticError.self) { try file.prepared() }
  }

  @Test("The taken branch stands in place of the If", arguments: ["known-if", "if-by-shape"])
  func folded(_ name: String) throws {
    let file = try opened(name).foldingBranches(inputShapes: ["input": [-1, 3, 8, 8]])
    #expect(!file.proto.graph.node.contains { $0.opType == "If" })
    #expect(file.proto.graph.node.contains { $0.opType == "Relu" && $0.output == ["feature"] })
    let values = file.proto.graph.node.flatMap(\.output)
    #expect(Set(values).count == values.count)
  }

  @Test("A condition that the input's size does not decide is left alone")
  func unknown() throws {
    let file = try opened("if-branch")
    let folded = file.foldingBranches(inputShapes: ["input": [-1, 3, 8, 8]])
    #expect(folded.proto == file.proto)
  }

  @Test("The other branch is taken where the condition is false")
  func otherBranch() throws {
    var file = try opened("known-if")
    for index in file.proto.graph.initializer.indices
    where file.proto.graph.initializer[index].name == "always" {
      file.proto.graph.initializer[index].rawData = Data([0])
    }
    let folded = file.foldingBranches(inputShapes: [:])
    #expect(folded.proto.graph.node.map(\.opType).contains("Neg"))
    #expect(!folded.proto.graph.node.map(\.opType).contains("Relu"))
  }

  @Test("bfloat16 becomes float32 everywhere, with the same weights")
  func widened() throws {
    let file = try ModelFile(contentsOf: Fixtures.path("Half/bfloat16-whole/model.onnx"))
    #expect(file.holdsBrainFloats)
    let wide = try file.prepared()
    #expect(wide.proto.graph.input[0].type.tensorType.elemType == ElementType.float.rawValue)
    let graph = Graph(wide.proto)
    for value in wide.proto.graph.node.flatMap(\.output) {
      #expect(graph.elementType(of: value) == .float)
    }
    #expect(try opened("plain").prepared().proto == opened("plain").proto)
  }

  @Test("A copied name that is taken gets a number")
  func names() throws {
    // Both branches call their value alike, and so does the graph around them.
    let file = try opened("known-if")
    var twice = file.proto
    var other = twice.graph.node[1]
    other.output = ["again"]
    other.name = "again_If"
    twice.graph.node.insert(other, at: 2)
    let folded = ModelFile(proto: twice).foldingBranches(inputShapes: [:]).proto
    let values = folded.graph.node.flatMap(\.output)
    #expect(Set(values).count == values.count)
    #expect(values.contains("again") && values.contains("feature"))
    let nodes = folded.graph.node.map(\.name)
    #expect(Set(nodes).count == nodes.count)
  }
}
