import GradCAM
import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A report as one file of HTML that loads nothing and runs nothing: lines, tables, pictures, curves.
struct ReportPage {
  let title: String
  /// What holds for all of it.
  var lead: [String] = []
  /// What passed and what failed.
  var marks: [(isGood: Bool, text: String)] = []
  var sections: [Section] = []
  /// What must be known.
  var notes: [String] = []
  /// What made it.
  var provenance: [(key: String, value: String)] = []

  /// A part with a title: rows of pictures, curves and a table, as far as it has them.
  struct Section {
    let title: String
    var text: [String] = []
    var rows: [Row] = []
    var plots: [LinePlot] = []
    var header: [String] = []
    var cells: [[String]] = []

    init(title: String) { self.title = title }
  }

  /// Pictures side by side with what they show.
  struct Row {
    let title: String
    let text: String
    /// Whether it is to stand out.
    let isMarked: Bool
    let pictures: [Picture]
  }

  /// A picture in the page.
  struct Picture {
    let caption: String
    fileprivate let data: String
    fileprivate let width, height: Int

    /// A picture made so small that its longer side is no more than 320 pixels.
    init(_ image: Image, caption: String) throws(DiagnosticError) {
      let longer = max(image.width, image.height)
      let side = { (side: Int) in max(1, side * min(longer, 320) / max(longer, 1)) }
      let small = image.resized(
        width: side(image.width), height: side(image.height), filter: .bilinear)
      (self.caption, width, height) = (caption, small.width, small.height)
      data = Data(try small.encoded(as: .jpeg)).base64EncodedString()
    }
  }

  init(title: String, lead: [String]) { (self.title, self.lead) = (title, lead) }

  /// Writes the page.
  func write(to path: String) throws(DiagnosticError) {
    try OutputPlace.file(path).make()
    try AtomicFile.write(Array(html.utf8), to: path)
  }
}

// MARK: - As HTML

extension ReportPage {
  /// The page's text; nothing from outside becomes markup.
  var html: String {
    let marks = marks.map {
      "<li class=\"\($0.isGood ? "good" : "bad")\">\($0.isGood ? "✓" : "✗") \(XML.escaped($0.text))</li>"
    }
    let notes = notes.map { "<li>\(XML.escaped($0))</li>" }
    let made = provenance.map {
      "<tr><th scope=\"row\">\(XML.escaped($0.key))</th><td>\(XML.escaped($0.value))</td></tr>"
    }
    return HTMLPage(title: title, style: Self.style).html(
      """
      <h1>\(XML.escaped(title))</h1>
      \(lead.map { "<p>\(XML.escaped($0))</p>" }.joined(separator: "\n"))
      <ul class="marks">\(marks.joined(separator: "\n"))</ul>
      \(sections.map(Self.html).joined(separator: "\n"))
      \(notes.isEmpty ? "" : "<h2>Notes</h2><ul>\(notes.joined(separator: "\n"))</ul>")
      <details><summary>How this was made</summary><table>\(made.joined(separator: "\n"))</table></details>
      """)
  }

  private static func html(_ section: Section) -> String {
    var parts = ["<h2>\(XML.escaped(section.title))</h2>"]
    parts += section.text.map { "<p>\(XML.escaped($0))</p>" }
    parts += section.plots.map { "<figure>\($0.svg)</figure>" }
    parts += section.rows.map { row in
      let pictures = row.pictures.map { picture in
        "<figure><img alt=\"\(XML.escaped(picture.caption))\" width=\"\(picture.width)\" "
          + "height=\"\(picture.height)\" src=\"data:image/jpeg;base64,\(picture.data)\">"
          + "<figcaption>\(XML.escaped(picture.caption))</figcaption></figure>"
      }
      return "<section\(row.isMarked ? " class=\"marked\"" : "")><h3>\(XML.escaped(row.title))</h3>"
        + "<p>\(XML.escaped(row.text))</p><div class=\"pictures\">\(pictures.joined())</div></section>"
    }
    if !section.cells.isEmpty {
      let header = section.header.map { "<th scope=\"col\">\(XML.escaped($0))</th>" }.joined()
      let rows = section.cells.map { cells in
        "<tr>" + cells.map { "<td>\(XML.escaped($0))</td>" }.joined() + "</tr>"
      }
      parts.append(
        "<div class=\"wide\"><table><thead><tr>\(header)</tr></thead><tbody>"
          + rows.joined(separator: "\n") + "</tbody></table></div>")
    }
    return parts.joined(separator: "\n")
  }

  private static let style = """
    :root { color-scheme: light dark; }
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 90rem; margin: 2rem auto; padding: 0 1.2rem; }
    h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 0; }
    p { margin: .2rem 0; } .marks { list-style: none; padding: 0; }
    .good { color: #1a7f37; } .bad { color: #c5221f; font-weight: 600; }
    section { border-top: 1px solid #8884; padding: .8rem 0; }
    section.marked { border-left: 4px solid #d9730d; padding-left: .8rem; }
    .pictures { display: flex; flex-wrap: wrap; gap: .8rem; }
    figure { margin: .5rem 0; } figcaption { font-size: .85rem; max-width: 320px; overflow-wrap: anywhere; }
    img { max-width: 100%; height: auto; }
    .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
    th, td { text-align: left; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid #8883; vertical-align: top; }
    td:first-child { overflow-wrap: anywhere; }
    """
}
