import ONNXFormat
import Testing
import _TestSupport

@testable import ONNXGraph

/// Grids of tokens that somebody states.
@Suite struct GivenGridTests {
  private func grid(_ sides: (Int, Int)?, _ prefix: Int?) -> GivenGrid {
    GivenGrid(
      sides: sides.map { (height: $0.0, width: $0.1) }, prefixTokens: prefix,
      picture: (height: 48, width: 64))
  }

  @Test("A stated grid fits the tokens it leaves some before, or as many as stated")
  func fits() throws {
    let open = try #require(grid((3, 4), nil).fit(13))
    #expect(open == (3, 4, 1))
    #expect(grid((3, 4), 1).fit(13)?.prefix == 1)
    #expect(grid((3, 4), 0).fit(13) == nil)
    #expect(grid((3, 4), nil).fit(11) == nil)
    #expect(grid((3, 4), nil).fit(40) == nil, "28 tokens before a grid are counted by somebody")
    #expect(grid((1 << 40, 1 << 40), nil).fit(.max) == nil)
  }

  @Test("Tokens before the grid alone leave a grid of the picture's proportions")
  func proportions() throws {
    let found = try #require(grid(nil, 1).fit(13))
    #expect(found == (3, 4, 1))
    #expect(grid(nil, 2).fit(13) == nil, "11 has no such grid")
    #expect(grid(nil, -1).fit(13) == nil)
    #expect(grid(nil, 20).fit(13) == nil)
  }
}
