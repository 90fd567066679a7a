import Diagnostics
import Imaging
import ONNXFormat
import ONNXGraph

// MARK: - What a model gives

extension DiagnosticError {
  static func noClasses(
    _ output: String, shape: Shape?, in graph: Graph, model: String
  ) -> DiagnosticError {
    DiagnosticError(
      .unsupported,
      "Output '\(output)' of '\(model)' is no list of classes: its shape is \(text(shape))",
      notes: listed(graph),
      help: "explain an output [N, classes], or [N, classes, H, W] of a segmentation; "
        + "'--model-output' names another output or value")
  }

  static func detector(
    _ output: String, shape: Shape?, in graph: Graph, model: String
  ) -> DiagnosticError {
    DiagnosticError(
      .unsupported,
      "Output '\(output)' of '\(model)' lists detections, whose number and order change",
      notes: ["boxes are suppressed before it"] + listed(graph),
      help: "name a value before the suppression with '--model-output', such as the scores "
        + "[N, boxes, classes], and a box with '--position'")
  }

  static func noPlaces(_ places: TargetPlaces, _ model: Model) -> DiagnosticError {
    DiagnosticError(
      .input,
      "Output '\(model.outputName)' of '\(model.file.name)' has no \(places.noun): it is "
        + "\(model.outputKind)",
      help: "leave that choice out")
  }

  static func positionNeeded(_ model: Model) -> DiagnosticError {
    let count = model.placeSum?.places.sides.first ?? 0
    return DiagnosticError(
      .input,
      "Output '\(model.outputName)' of '\(model.file.name)' has \(model.classCount) classes at "
        + "each of \(count) positions",
      help: "choose one with '--position', 0 through \(count - 1)")
  }

  static func positionOutOfRange(_ position: Int, _ model: Model) -> DiagnosticError {
    let count = model.placeSum?.places.sides.first ?? 0
    return DiagnosticError(
      .input,
      "Position \(position) is out of range for output '\(model.outputName)', which has positions "
        + "0 through \(count - 1)",
      help: "positions start at 0")
  }

  static func emptyRegion(
    _ region: PixelRectangle, _ size: ImageSize, _ model: Model
  ) -> DiagnosticError {
    DiagnosticError(
      .input,
      "The region \(region.x),\(region.y),\(region.width),\(region.height) holds no pixel of "
        + "output '\(model.outputName)'",
      notes: ["the output has \(size) pixels over what the model sees of the photo"],
      help: "a region is left, top, width, height in pixels of the photo")
  }

  private static func text(_ shape: Shape?) -> String {
    shape.map { "[\($0.map(\.description).joined(separator: ", "))]" } ?? "unknown"
  }

  /// The outputs with their shapes, where there are several.
  private static func listed(_ graph: Graph) -> [String] {
    graph.outputs.count < 2
      ? [] : graph.outputs.map { "output '\($0.name)': \(text(graph.shape(of: $0.name)))" }
  }
}

extension TargetPlaces {
  /// What is chosen among.
  fileprivate var noun: String {
    switch choice {
    case .position: "positions"
    default: "pixels"
    }
  }
}
