import ONNXFormat
import Testing

@testable import ONNXGraph

/// What axes run over, followed through what transformers do to them.
@Suite struct ArrangementTests {
  private let picture = Arrangement.channelsFirst([.batch(1), .fixed(8), .fixed(6), .fixed(4)])

  @Test("Tokens have the grid of the convolution that cut them")
  func tokens() throws {
    let flat = try #require(picture.reshaped(to: [.batch(1), .fixed(8), .fixed(24)]))
    let tokens = try #require(flat.transposed([0, 2, 1]))
    let map = try #require(FeatureMap(tokens, shape: [.batch(1), .fixed(24), .fixed(8)]))
    #expect(map.shape == [8, 6, 4])
    #expect(map.order == .tokens)
    #expect(map.prefixTokens == 0)
  }

  @Test("A class token before the grid is counted, and cut off again")
  func classToken() throws {
    let rows = try #require(
      picture.reshaped(to: [.batch(1), .fixed(8), .fixed(24)])?.transposed([0, 2, 1]))
    let shape: Shape = [.batch(1), .fixed(24), .fixed(8)]
    let token: Shape = [.batch(1), .fixed(1), .fixed(8)]
    let whole: Shape = [.batch(1), .fixed(25), .fixed(8)]
    let joined = try #require(
      Arrangement.joined(
        [ValueFacts(shape: token), ValueFacts(shape: shape, arrangement: rows)], along: 1,
        to: whole))
    #expect(FeatureMap(joined, shape: whole)?.prefixTokens == 1)
    #expect(FeatureMap(joined, shape: whole)?.shape == [8, 6, 4])
    let patches = joined.sliced(
      1, to: SliceRange(start: 1, end: 25, step: 1, side: 25), side: .fixed(25))
    #expect(patches == rows)
    let alone = joined.sliced(
      1, to: SliceRange(start: 0, end: 1, step: 1, side: 25), side: .fixed(25))
    #expect(FeatureMap(alone, shape: token) == nil)
  }

  @Test("Windows taken apart and put together are the same places again")
  func windows() throws {
    let last = try #require(picture.transposed([0, 2, 3, 1]))
    let apart: Shape = [.batch(1), .fixed(3), .fixed(2), .fixed(2), .fixed(2), .fixed(8)]
    let split = try #require(last.reshaped(to: apart))
    let windows = try #require(split.transposed([0, 1, 3, 2, 4, 5]))
    let shape: Shape = [.batch(6), .fixed(4), .fixed(8)]
    let tokens = try #require(windows.reshaped(to: shape))
    #expect(FeatureMap(tokens, shape: shape) == nil, "its first axis holds windows too")
    let heads = try #require(tokens.reshaped(to: [.batch(6), .fixed(4), .fixed(2), .fixed(4)]))
    let back = try #require(
      heads.reshaped(
        to: [.batch(1), .fixed(3), .fixed(2), .fixed(2), .fixed(2), .fixed(8)])?
        .transposed([0, 1, 3, 2, 4, 5])?
        .reshaped(to: [.batch(1), .fixed(6), .fixed(4), .fixed(8)]))
    #expect(back == last)
  }

  @Test("Patches merged into channels leave a coarser grid")
  func merging() throws {
    let last = try #require(picture.transposed([0, 2, 3, 1]))
    let merged = try #require(
      last.reshaped(to: [.batch(1), .fixed(3), .fixed(2), .fixed(2), .fixed(2), .fixed(8)])?
        .transposed([0, 1, 3, 4, 2, 5])?
        .reshaped(to: [.batch(1), .fixed(3), .fixed(2), .fixed(32)]))
    let shape: Shape = [.batch(1), .fixed(3), .fixed(2), .fixed(32)]
    #expect(FeatureMap(merged, shape: shape)?.shape == [32, 3, 2])
    // A product with a weight knows nothing of places within patches.
    let mixed = merged.replacing(3, with: [.other(.fixed(16))])
    let known = Arrangement.channelsLast([.batch(1), .fixed(3), .fixed(2), .fixed(16)])
    #expect(mixed == known)
  }

  @Test("Tokens in the order of windows are put on their grid")
  func windowOrder() throws {
    let last = try #require(picture.transposed([0, 2, 3, 1]))
    let ordered = try #require(
      last.reshaped(to: [.batch(1), .fixed(3), .fixed(2), .fixed(2), .fixed(2), .fixed(8)])?
        .transposed([0, 2, 4, 1, 3, 5])?
        .reshaped(to: [.batch(1), .fixed(24), .fixed(8)]))
    let map = try #require(FeatureMap(ordered, shape: [.batch(1), .fixed(24), .fixed(8)]))
    #expect(map.shape == [8, 6, 4])
    #expect(map.steps.parts == [-1, 2, 2, 3, 2, 8])
    #expect(map.steps.order == [0, 5, 3, 1, 4, 2])
    #expect(map.steps.sides == [-1, 8, 6, 4])
  }

  @Test("A volume has slices")
  func volume() throws {
    let shape: Shape = [.batch(1), .fixed(8), .fixed(5), .fixed(6), .fixed(4)]
    let map = try #require(FeatureMap(.channelsFirst(shape), shape: shape))
    #expect(map.shape == [8, 5, 6, 4])
    #expect(map.order == .channelsFirst)
    #expect(map.steps == FeatureMap.Steps(order: [0, 1, 2, 3, 4]))
    let row: Shape = [.batch(1), .fixed(120), .fixed(8)]
    let tokens = try #require(
      Arrangement.channelsFirst(shape).reshaped(to: [.batch(1), .fixed(8), .fixed(120)])?
        .transposed([0, 2, 1]))
    #expect(FeatureMap(tokens, shape: row)?.shape == [8, 5, 6, 4])
  }

  @Test("A place is never told apart twice, as columns of attention would")
  func attention() throws {
    let tokens: Shape = [.batch(1), .fixed(24), .fixed(24)]
    let rows = try #require(
      picture.reshaped(to: [.batch(1), .fixed(8), .fixed(24)])?.transposed([0, 2, 1]))
    let scores = Arrangement([rows.axes[0], rows.axes[1], rows.axes[1]])
    #expect(scores.axes[2] == [.other(.fixed(24))])
    #expect(FeatureMap(scores, shape: tokens)?.shape == [24, 6, 4])
  }

  @Test("What neither joins nor divides parts is not known any more")
  func lost() {
    #expect(picture.reshaped(to: [.batch(1), .fixed(12), .fixed(16)]) == nil)
    #expect(picture.reshaped(to: [.batch(1), .fixed(5), .unknown]) == nil)
    #expect(picture.reshaped(to: [.batch(5), .unknown]) == nil)
    #expect(picture.transposed([0, 1, 2, 9]) == nil)
  }
}
