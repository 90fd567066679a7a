import Diagnostics
import ONNXGraph

/// The grid that a transformer's tokens were cut from, where the graph does not tell it or tells
/// it wrong.
///
/// Grids are found in the graph, so this is rarely needed: where the picture was cut into patches
/// outside the model, or by operators that leave no trace of rows and columns.
///
/// ```swift
/// let model = try Model(
///   contentsOf: "encoder.onnx", tokens: TokenGrid(height: 14, width: 14, prefixTokens: 1))
/// ```
public struct TokenGrid: Hashable, Sendable {
  /// Rows of the grid; of the picture's proportions where nil.
  public let height: Int?
  /// Columns of the grid.
  public let width: Int?
  /// Number of tokens before those of the grid, such as a class token; what is left over where
  /// nil.
  public let prefixTokens: Int?

  /// States a grid, and the tokens before it unless they shall be counted.
  public init(height: Int, width: Int, prefixTokens: Int? = nil) {
    self.height = height
    self.width = width
    self.prefixTokens = prefixTokens
  }

  /// States the number of tokens before a grid of the picture's proportions.
  public init(prefixTokens: Int) {
    height = nil
    width = nil
    self.prefixTokens = prefixTokens
  }

  /// A graph with its tokens laid out so.
  func laidOut(
    _ graph: Graph, _ path: FloatPath, picture: ImageSize, model: String
  ) throws(DiagnosticError) -> Graph {
    let sides = height.flatMap { height in width.map { (height: height, width: $0) } }
    let grid = GivenGrid(
      sides: sides, prefixTokens: prefixTokens, picture: (picture.height, picture.width))
    let (laidOut, count) = graph.laidOut(as: grid, among: path.values)
    guard count > 0 else {
      throw .gridDoesNotFit(
        self, grid, counts: graph.tokenCounts(among: path.values), model: model)
    }
    return laidOut
  }
}

extension TokenGrid: CustomStringConvertible {
  /// `a grid of 14x14 and 1 token before it`.
  public var description: String {
    let grid = height.flatMap { height in width.map { "a grid of \(height)x\($0)" } }
    let tokens = prefixTokens.map { "\($0) \($0 == 1 ? "token" : "tokens") before it" }
    return (grid ?? "a grid of the picture's proportions") + (tokens.map { " and \($0)" } ?? "")
  }
}
