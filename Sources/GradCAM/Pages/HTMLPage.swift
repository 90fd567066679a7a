import Imaging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file of HTML that loads nothing: what every page of this project stands in.
///
/// The policy names the hashes of the page's own style and script, so nothing else would run.
package struct HTMLPage {
  /// What it is called; text, not markup.
  let title: String
  let style: String
  /// The one script that may run, which the body holds; nil where none may.
  let script: String?

  /// A page with a style and, if it has one, a script.
  package init(title: String, style: String, script: String? = nil) {
    (self.title, self.style, self.script) = (title, style, script)
  }

  /// The whole text around a body, which is markup.
  package func html(_ body: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(policy)">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(XML.escaped(title))</title>
    <style>\(style)</style>
    </head>
    <body>
    \(body)
    </body>
    </html>

    """
  }

  /// What the page may do: show the pictures it holds, and run its own script and style.
  private var policy: String {
    let hash = { (text: String) in
      "'sha256-\(Data(Digest.sha256(of: Array(text.utf8))).base64EncodedString())'"
    }
    return "default-src 'none'; img-src data:; "
      + (script.map { "script-src \(hash($0)); " } ?? "")
      + "style-src \(hash(style)); base-uri 'none'; form-action 'none'"
  }
}
