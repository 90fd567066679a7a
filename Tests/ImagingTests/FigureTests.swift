import Diagnostics
import Foundation
import Testing

@testable import Imaging

@Suite("Figures")
struct FigureTests {
  /// A picture of one colour.
  private func plain(_ width: Int, _ height: Int, _ red: UInt8 = 30) -> Image {
    Image(width: width, height: height, filledWith: .init(red: red, green: 90, blue: 200))
  }

  /// A text so long that no line holds it.
  private let long = String(repeating: "Wide words WWWW and on & on; ", count: 30)

  // MARK: Text

  @Test(
    "Lines break at spaces, within words only where they must, and end in an ellipsis",
    arguments: [
      ("one two three", 3, ["one two", "three"]),
      ("one two three four five six", 2, ["one two", "three fo…"]),
      ("unbreakable", 3, ["unbreaka", "ble"]),
      ("a\nb", 3, ["a", "b"]),
      ("a\nb\nc", 2, ["a", "b…"]),
      ("", 2, []),
      ("  spaces   between ", 2, ["spaces", "between"]),
    ] as [(String, Int, [String])])
  func wrapping(text: String, limit: Int, expected: [String]) {
    #expect(FigureText.caption.lines(of: text, width: 62.2, limit: limit) == expected)
  }

  @Test("No line is wider than asked, whatever the text", arguments: [20.0, 55, 130, 400])
  func widths(width: Double) {
    for text in [long, "日本語のラベル 日本語のラベル", "Ångström–Größe été", "Iiiiiii lllll"] {
      for style in [FigureText.heading, .title, .caption, .footer] {
        for limit in 1...3 {
          let lines = style.lines(of: text, width: width, limit: limit)
          #expect(lines.count <= limit && !lines.isEmpty)
          // A single character is never cut.
          #expect(lines.allSatisfy { $0.count <= 2 || style.width(of: $0) <= width })
        }
      }
    }
  }

  // MARK: Drawing

  /// `GRADCAM_WRITE=1 swift test --filter FigureTests` writes it anew.
  @Test("A figure's SVG is that of the snapshot, pictures aside")
  func snapshot() throws {
    let figure = Figure(
      title: "Why <cat> & dog",
      rows: [
        [
          .init(image: plain(2, 1), title: "photo"),
          .init(
            image: plain(1, 2), title: "map", caption: "a \"note\"",
            marks: [
              .ring(x: 0.5, y: 1), .frame(.init(x: 0, y: 1, width: 1, height: 1)),
            ]),
        ]
      ],
      colorbars: [
        .init(
          colormap: .gray, title: "share", ticks: [.init(value: 0, label: "none")])
      ], notes: ["what & how"],
      footer: "made by a test", panelWidth: 100)
    let text = try figure.svg(metadata: [("Layer", "layer4"), ("Class", "<cat>")])
    let pieces = text.split(separator: "base64,").enumerated().map { index, piece in
      index == 0 ? String(piece) : "…" + piece.drop { $0 != "\"" }
    }
    let found = pieces.joined()
    if ProcessInfo.processInfo.environment["GRADCAM_WRITE"] == "1" {
      try found.write(toFile: Fixture.path("figure.svg"), atomically: true, encoding: .utf8)
    }
    #expect(try found == String(decoding: Fixture.bytes("figure.svg"), as: UTF8.self))
  }

  @Test("A drawn figure shows its pictures where they belong, its marks and its texts")
  func rendering() throws {
    let figure = Figure(
      title: "Title",
      rows: [
        [
          .init(image: plain(10, 10, 200), title: "left"),
          .init(image: plain(10, 10), title: "right", marks: [.ring(x: 5, y: 5)]),
        ]
      ], panelWidth: 100)
    let drawing = try figure.image(scale: 1)
    let white = Image.Color(red: 255, green: 255, blue: 255)
    let colors = (0..<drawing.height).map { y in
      (0..<drawing.width).map { drawing[x: $0, y: y] }
    }
    let middle = try #require(
      colors.firstIndex { $0[20] == .init(red: 200, green: 90, blue: 200) })
    #expect(colors[middle + 50][140] == .init(red: 30, green: 90, blue: 200))
    // The ring's radius is 6: light on it, dark beside it, nothing at its centre.
    #expect(colors[middle + 50][180] == .init(red: 30, green: 90, blue: 200))
    #expect(colors[middle + 50][173..<176].contains(white))
    // There is ink above the pictures.
    #expect(colors[..<middle].joined().filter { $0.red < 100 }.count > 100)
    #expect(colors[0].allSatisfy { $0 == white })
  }

  @Test("Long texts stay within their panels")
  func overlap() throws {
    let panel = Figure.Panel(image: plain(10, 10), title: long, caption: long)
    let figure = Figure(
      title: long, rows: [[panel, panel], [.init(image: nil), panel]],
      colorbars: [
        .init(
          colormap: .turbo, title: long, ticks: [.init(value: 0.5, label: long)])
      ], notes: [long, long],
      footer: long, panelWidth: 120)
    let drawing = try figure.image(scale: 1)
    let white = Image.Color(red: 255, green: 255, blue: 255)
    // Columns of the margins and, below the heading, of the gap between the panels.
    let heading = 16 + 2 * Int(FigureText.heading.lineHeight)
    let footer =
      drawing.height - 16 - 4 * Int(FigureText.footer.lineHeight)
      - 2 * (4 * Int(FigureText.note.lineHeight) + 4) - 14
    for y in 0..<drawing.height {
      #expect((0..<14).allSatisfy { drawing[x: $0, y: y] == white })
      #expect((drawing.width - 14..<drawing.width).allSatisfy { drawing[x: $0, y: y] == white })
      if (heading..<footer).contains(y) {
        #expect((138..<148).allSatisfy { drawing[x: $0, y: y] == white }, "row \(y)")
      }
    }
  }

  @Test("A figure is written in every format by its extension")
  func writing() throws {
    let figure = Figure(rows: [[.init(image: plain(4, 3), title: "Ünïcode — 画像")]])
    try Fixture.withTemporaryFolder { folder in
      let metadata = [(key: "Layer", value: "layer4")]
      for name in ["a.svg", "a.pdf", "a.png", "a.jpg", "a.webp"] {
        try figure.write(to: folder + "/" + name, metadata: metadata)
      }
      let png = try Image(contentsOf: folder + "/a.png")
      #expect(png == (try figure.image()))
      #expect(try Image.metadata(contentsOf: folder + "/a.png").map(\.value) == ["layer4"])
      let pdf = try FileBytes.contents(of: folder + "/a.pdf", limit: 1 << 24)
      #expect(pdf.starts(with: Array("%PDF-".utf8)) && pdf.count > 1000)
      let svg = try FileBytes.contents(of: folder + "/a.svg", limit: 1 << 24)
      #expect(String(decoding: svg, as: UTF8.self).contains("<desc>Layer: layer4</desc>"))
    }
    #expect(
      throws: DiagnosticError.unknownExtension(
        "a.gif", known: [".svg", ".pdf", ".png", ".jpg", ".jpeg", ".webp"])
    ) { try figure.write(to: "a.gif") }
  }

  @Test("A figure too large to draw is refused")
  func tooLarge() {
    let figure = Figure(rows: [[.init(image: plain(4, 3), title: "")]])
    #expect(throws: DiagnosticError.self) { try figure.image(scale: 1000) }
    #expect(throws: DiagnosticError.self) { try figure.image(scale: 0) }
  }

  // MARK: Terminal

  @Test("Half blocks carry two rows of pixels a line")
  func halfBlocks() {
    let image = Image(
      width: 2, height: 3,
      pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
    #expect(
      image.halfBlocks(columns: 2) == """
        \u{1b}[38;2;1;2;3;48;2;7;8;9m▀\u{1b}[38;2;4;5;6;48;2;10;11;12m▀\u{1b}[0m
        \u{1b}[38;2;13;14;15m▀\u{1b}[38;2;16;17;18m▀\u{1b}[0m

        """)
  }
}
