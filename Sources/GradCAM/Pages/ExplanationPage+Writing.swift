public import Diagnostics
import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ExplanationPage {
  /// Writes the page.
  ///
  /// - Throws: ``DiagnosticError`` if the file cannot be written.
  public func write(to path: String) throws(DiagnosticError) {
    try AtomicFile.write(Array(html.utf8), to: path)
  }

  /// The page's text.
  ///
  /// Texts from outside – labels, names of files and layers – never become markup: in the page they
  /// are escaped, and the script reads them as JSON and sets them as text.
  ///
  /// - Throws: ``DiagnosticError`` if the photo cannot be encoded.
  public var html: String {
    get throws(DiagnosticError) {
      let embedded = self.embedded
      let photo = try Data(embedded.encoded(as: .jpeg)).base64EncodedString()
      let rows = provenance.map {
        "<tr><th scope=\"row\">\(XML.escaped($0.key))</th><td>\(XML.escaped($0.value))</td></tr>"
      }
      let page = HTMLPage(title: title, style: Self.style, script: Self.script)
      return page.html(
        """
        <h1>\(XML.escaped(title))</h1>
        <div id="controls">
        <label>Colours<select id="colormap"></select></label>
        <label><span>Opacity <span id="percent"></span></span><input id="opacity" type="range" min="0" max="1" \
        step="0.01" value="\(min(max(opacity.isFinite ? opacity : 0.5, 0), 1))"></label>
        </div>
        <div id="view">
        <figure id="stage" tabindex="0" role="group" \
        aria-label="Photo and map; the arrow keys move the place whose value is told">
        <img id="photo" alt="" width="\(embedded.width)" height="\(embedded.height)" \
        src="data:image/jpeg;base64,\(photo)">
        <canvas id="map"></canvas>
        <div id="cross" hidden></div>
        </figure>
        <div id="side">
        <h2 id="name"></h2>
        <p id="details"></p>
        <canvas id="bar" width="256" height="1" aria-hidden="true"></canvas>
        <div id="ticks"></div>
        <p id="meaning"></p>
        <output id="value" aria-live="polite"></output>
        <ul id="notes"></ul>
        <noscript>The map is drawn by a script, which is switched off.</noscript>
        </div>
        </div>
        <details>
        <summary>How this was made</summary>
        <table>\(rows.joined(separator: "\n"))</table>
        </details>
        <script id="data" type="application/json">\(json(for: embedded))</script>
        <script>\(Self.script)</script>
        """)
    }
  }

  /// What the script reads; no character in it could end the element it stands in.
  private func json(for embedded: Image) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let data = (try? encoder.encode(contents(embedded))) ?? Data()
    var text = ""
    for scalar in String(decoding: data, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "<": text += "\\u003c"
      case ">": text += "\\u003e"
      case "&": text += "\\u0026"
      case "\u{2028}": text += "\\u2028"
      case "\u{2029}": text += "\\u2029"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static let script = String(decoding: PackageResources.page_js, as: UTF8.self)
  private static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
}
