public import Diagnostics

extension Figure {
  /// The figure as the text of an SVG file, its pictures embedded; `metadata` becomes its
  /// description.
  ///
  /// - Throws: ``DiagnosticError`` if a picture cannot be embedded.
  public func svg(
    metadata: [(key: String, value: String)] = []
  ) throws(DiagnosticError) -> String {
    try FigureLayout(self).drawing(description: Self.lines(of: metadata)).text
  }

  /// The figure in pixels: `scale` of them for each CSS pixel.
  ///
  /// - Throws: ``DiagnosticError`` of kind `environment` if librsvg or every font is missing.
  public func image(scale: Double = 2) throws(DiagnosticError) -> Image {
    try SVGRenderer.loaded().image(
      of: FigureLayout(self).drawing(description: nil), scale: scale)
  }

  /// Writes the figure as SVG, PDF, PNG, JPEG or WebP, by the path's extension.
  ///
  /// Pixels are two for each CSS pixel; `metadata` is kept as ``Image/write(to:metadata:)`` keeps
  /// it, in an SVG as its description and in a PDF as its subject.
  ///
  /// - Throws: ``DiagnosticError`` of kind `environment` if librsvg or every font is missing, of
  ///   kind `input` if the extension is none of these or the file cannot be written.
  public func write(
    to path: String, metadata: [(key: String, value: String)] = []
  ) throws(DiagnosticError) {
    switch path.lastIndex(of: ".").map({ path[$0...].lowercased() }) {
    case ".svg":
      try AtomicFile.write(Array(svg(metadata: metadata).utf8), to: path)
    case ".pdf":
      let pdf = try SVGRenderer.loaded().pdf(
        of: FigureLayout(self).drawing(description: nil), subject: Self.lines(of: metadata))
      try AtomicFile.write(pdf, to: path)
    default:
      guard let format = Image.Format(extensionOf: path), format != .tiff else {
        throw .unknownExtension(path, known: [".svg", ".pdf"] + Image.Format.writable)
      }
      try image().write(to: path, metadata: metadata)
    }
  }

  /// One `key: value` a line; nil for no entries.
  private static func lines(of metadata: [(key: String, value: String)]) -> String? {
    metadata.isEmpty ? nil : metadata.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
  }
}
