import GradCAM

/// Where the figure of a comparison goes.
struct ComparisonPlace {
  private let place: OutputPlace
  /// The file's path; `-` for standard output.
  let path: String

  /// What `-o` means; nil where no figure is asked for.
  ///
  /// - Parameter stem: what the photo's files are called.
  init?(_ output: String?, stem: String, isJSON: Bool) throws(DiagnosticError) {
    guard output != "none" else { return nil }
    place = try OutputPlace(output, fileCount: 1, kinds: [.figure])
    switch place {
    case .folder(let folder): path = "\(folder)\(stem).compare.png"
    case .file(let file): path = file
    case .standardOutput:
      if isJSON { throw .standardOutputTwice }
      path = "-"
    }
  }

  /// Whether it is a page to look at in a browser.
  var isPage: Bool { path.lowercased().hasSuffix(".html") }

  /// Writes a page.
  func write(_ page: ExplanationPage) throws(DiagnosticError) {
    try place.make()
    try page.write(to: path)
  }

  /// Writes the figure.
  func write(
    _ figure: Figure, metadata: [(key: String, value: String)]
  ) throws(DiagnosticError) {
    if case .standardOutput = place {
      return try StandardStream.deliver(figure.image().encoded(as: .png, metadata: metadata))
    }
    try place.make()
    try figure.write(to: path, metadata: metadata)
  }
}
