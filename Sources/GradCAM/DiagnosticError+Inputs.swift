import Diagnostics
import ONNXFormat

// MARK: - What a model takes

extension DiagnosticError {
  private static let imageHelp =
    "an image input is [N, C, H, W] or [N, H, W, C], a volume's [N, C, D, H, W] or "
    + "[N, D, H, W, C], of float32 or uint8"

  static func noImageInput(_ inputs: [ValueInfoProto], model: String) -> DiagnosticError {
    let kinds = inputs.map(InputKind.init)
    let known = Set(kinds.compactMap(\.noun))
    let what = known.count == 1 ? known.first.map { " but \($0)" } : nil
    return DiagnosticError(
      .input, "Model '\(model)' takes no image\(what.map { "," + $0 } ?? "")",
      notes: inputs.isEmpty
        ? ["it has no inputs"] : inputs.map { "input \(ModelValue($0).description)" },
      help: imageHelp)
  }

  static func noImage(_ input: ModelValue, model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Input \(input) of '\(model)' is no image",
      help: imageHelp)
  }

  static func severalImages(
    _ inputs: [ValueInfoProto], _ images: [ValueInfoProto], model: String
  ) -> DiagnosticError {
    let names = images.map(\.name)
    let other = names.dropFirst().first ?? ""
    return DiagnosticError(
      .input, "\(images.count) inputs of '\(model)' could be the image",
      notes: inputs.map { "input \(ModelValue($0))" },
      help: "name it with '--image-input \(names[0])', and feed the others with "
        + "'--input \(other)=FILE.npy' or '--input \(other)=0'")
  }

  static func missingInputs(
    _ inputs: [ValueInfoProto], image: ValueInfoProto, model: String
  ) -> DiagnosticError {
    let name = inputs[0].name
    return DiagnosticError(
      .input, "Model '\(model)' needs more inputs than the image '\(image.name)'",
      notes: inputs.map { "input \(ModelValue($0))" },
      help: "feed each with '--input \(name)=FILE.npy', or a number for all its elements: "
        + "'--input \(name)=0'")
  }

  static func noImageInputNamed(
    _ name: String, _ inputs: [ValueInfoProto], model: String
  ) -> DiagnosticError {
    DiagnosticError(
      .input, "No input named '\(name)' is left for the image in '\(model)'",
      notes: inputs.map { "input \(ModelValue($0))" },
      help: Suggestions.question(for: name, in: inputs.map(\.name)))
  }
}

/// What an input that is no image seems to take.
private struct InputKind {
  /// In words; nil where it cannot be told.
  let noun: String?

  init(_ input: ValueInfoProto) {
    let tensor = input.type.tensorType
    let type = ElementType(rawValue: tensor.elemType)
    let isIndex = type == .int64 || type == .int32
    switch (tensor.hasShape ? tensor.shape.dim.count : -1, type) {
    case (_, .string): noun = "text"
    case (2, _) where isIndex: noun = "text: numbers of words [batch, sequence]"
    case (2, _) where type.isFloatingPoint: noun = "rows of a table [batch, columns]"
    case (3, _) where type.isFloatingPoint: noun = "signals or sequences [batch, channels, length]"
    default: noun = nil
    }
  }
}

// MARK: - What is fed

extension DiagnosticError {
  static func noInputNamed(_ name: String, _ names: [String], model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "No input named '\(name)' in '\(model)'",
      help: Suggestions.question(for: name, in: names)
        ?? "its inputs are \(names.prefix(8).map { "'\($0)'" }.joined(separator: ", "))"
        + (names.count > 8 ? " …" : ""))
  }

  static func unfeedable(_ input: ModelValue, model: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "Input \(input) of '\(model)' takes no numbers, so it cannot be fed")
  }

  static func hugeConstant(_ input: ModelValue, model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Input \(input) of '\(model)' is too large to be filled with a number",
      help: "it may have at most 2^28 elements")
  }

  static func wrongInputShape(
    _ shape: [Int], _ input: ModelValue, model: String
  ) -> DiagnosticError {
    DiagnosticError(
      .input, "Input \(input) of '\(model)' does not take numbers of shape \(shape)")
  }

  static func wrongInputNumbers(
    _ numbers: String, _ input: ModelValue, model: String
  ) -> DiagnosticError {
    DiagnosticError(.input, "Input \(input) of '\(model)' cannot hold \(numbers)")
  }
}
