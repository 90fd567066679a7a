import GradCAM

/// What this machine has.
struct SurroundingsReport {
  /// Programs, the runtime, and libraries for pictures.
  let sections: [ReportSection]
  /// What is missing, if something is.
  let failure: DiagnosticError?

  /// Looks.
  init() {
    var program = ReportSection("gradcam", key: "gradcam")
    program.add("version", GradCAMVersion.current, "version")
    program.add("built with", "Swift \(Self.compiler)", "swift")
    let (runtime, failure) = Self.runtime
    sections = [program, runtime, Self.openVINO, Self.pictures]
    self.failure = failure
  }

  private static var runtime: (ReportSection, DiagnosticError?) {
    var section = ReportSection("ONNX Runtime", key: "onnxRuntime")
    do {
      let runtime = try RuntimeDescription.found()
      add(runtime, to: &section, "providers")
      return (section, nil)
    } catch {
      section.add("version", ["not found"], "version", .null)
      section.add(
        "looked in", error.notes, "places", .array(error.notes.map { .text($0) }))
      return (section, error)
    }
  }

  /// OpenVINO, which nothing needs: where it is missing, that alone is told.
  private static var openVINO: ReportSection {
    var section = ReportSection("OpenVINO", key: "openVINO")
    do {
      add(try RuntimeDescription.foundOpenVINO(), to: &section, "precisions")
    } catch {
      section.add(
        "version", ["not found; only '--engine openvino' needs it"], "version", .null)
    }
    return section
  }

  private static func add(
    _ library: RuntimeDescription, to section: inout ReportSection, _ providers: String
  ) {
    section.add("version", library.version, "version")
    section.add("library", library.path, "path")
    section.add(
      providers, [library.providers.joined(separator: ", ")], providers,
      .array(library.providers.map { .text($0) }))
    let width = library.places.map(\.path.count).max() ?? 0
    section.add(
      "looked in",
      library.places.map { place in
        place.path + String(repeating: " ", count: width - place.path.count + 2) + place.outcome
      }, "places",
      .array(
        library.places.map {
          .object([("path", .text($0.path)), ("outcome", .text($0.outcome))])
        }))
  }

  private static var pictures: ReportSection {
    var section = ReportSection("Pictures", key: "pictures")
    for library in ImagingLibrary.all {
      let text = library.isThere ? library.version ?? "there" : "not installed; figures need it"
      section.add(
        library.name, [text], library.name,
        library.isThere ? .text(library.version ?? "there") : .null)
    }
    let fonts = ImagingLibrary.fontCount
    section.add(
      "fonts", [fonts.map { $0 == 0 ? "none; figures need one" : "\($0)" } ?? "unknown"], "fonts",
      fonts.map { .integer($0) } ?? .null)
    return section
  }

  private static var compiler: String {
    #if compiler(>=6.5)
      "6.5 or later"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
