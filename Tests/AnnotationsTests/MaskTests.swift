import Imaging
import Testing

@testable import Annotations

@Suite("Masks")
struct MaskTests {
  @Test("COCO's text of runs is read as pycocotools writes it")
  func text() throws {
    #expect(try RunLengths.counts(ofText: ";320004NN") == [11, 3, 2, 3, 2, 3, 6, 1, 4])
    // 60 rows, 90 columns; rows 10 to 49 of columns 5 to 29, and the first 3 rows of the last 10.
    let text =
      "f9X1d000000000000000000000000000000000000000000000000^m2kNgSM000000000000000000"
    let counts = try RunLengths.counts(ofText: text)
    let mask = ObjectMask(try RunLengths(width: 90, height: 60, counts: counts))
    for row in 0..<60 {
      for column in 0..<90 {
        let isIn = (10..<50).contains(row) && (5..<30).contains(column) || row < 3 && column >= 80
        #expect(mask.values[row * 90 + column] == isIn)
      }
    }
  }

  @Test("Runs go down the columns, outside first")
  func runs() throws {
    let runs = try RunLengths(width: 7, height: 5, counts: [11, 3, 2, 3, 2, 3, 6, 1, 4])
    #expect(
      ObjectMask(runs).drawn == [
        "......#",
        "..###..",
        "..###..",
        "..###..",
        ".......",
      ])
    #expect(runs.count == 10)
    #expect(runs.bounds?.text == "2, 0, 7, 4")
  }

  @Test("A mask on a stored picture is turned with it")
  func turned() throws {
    let runs = try RunLengths(width: 3, height: 2, counts: [0, 2, 2, 1, 1])
    #expect(ObjectMask(runs).drawn == ["#.#", "#.."])
    let drawn = (1...8).map { orientation in
      ObjectShape.runs(runs, orientation: orientation)
        .mask(width: orientation < 5 ? 3 : 2, height: orientation < 5 ? 2 : 3).drawn
        .joined(separator: "/")
    }
    #expect(
      drawn == [
        "#.#/#..", "#.#/..#", "..#/#.#", "#../#.#", "##/../#.", "##/../.#", ".#/../##", "#./../##",
      ])
  }

  @Test("A polygon covers the pixels whose middles lie within it")
  func polygons() {
    let square = [(1, 1), (4, 1), (4, 3), (1, 3)]
    let triangle = [(0, 0), (5, 0), (0, 5)]
    let drawn = { (points: [(Int, Int)]) in
      ObjectMask(
        points.map { ObjectPoint(x: Double($0.0), y: Double($0.1)) }, width: 5, height: 4
      ).drawn
    }
    #expect(drawn(square) == [".....", ".###.", ".###.", "....."])
    #expect(drawn(triangle) == ["####.", "###..", "##...", "#...."])
  }

  @Test("Where two parts of an outline lie over each other, it is outside; two outlines are joined")
  func evenOdd() {
    let points = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (1, 1), (3, 1), (3, 3), (1, 3), (1, 1)]
      .map { ObjectPoint(x: Double($0.0), y: Double($0.1)) }
    #expect(ObjectMask(points, width: 4, height: 4).drawn == ["####", "#..#", "#..#", "####"])
    let inner = [(1, 1), (3, 1), (3, 3), (1, 3)].map {
      ObjectPoint(x: Double($0.0), y: Double($0.1))
    }
    #expect(ObjectShape.polygons([points, inner]).mask(width: 4, height: 4).count == 16)
  }

  @Test("What is smaller than a pixel still covers one, and what is outside covers none")
  func small() {
    let points = [(2.6, 1.6), (2.9, 1.6), (2.9, 1.9)].map { ObjectPoint(x: $0.0, y: $0.1) }
    #expect(ObjectMask(points, width: 4, height: 3).drawn == ["....", "..#.", "...."])
    let box = ObjectBox(left: 1.2, top: 0.6, right: 3.1, bottom: 2.4)
    #expect(ObjectMask(box, width: 4, height: 3).drawn == ["....", ".##.", "...."])
  }
}
