#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

import Diagnostics

// MARK: - Files

extension DiagnosticError {
  /// The file cannot be opened or read.
  static func unreadable(_ path: String, _ code: Int32) -> Self {
    code == ENOENT || code == ENOTDIR
      ? Self(.input, "No file '\(path)'", help: "check the path")
      : Self(.input, "Cannot read '\(path)': \(systemText(code))")
  }

  /// A folder stands where a file should.
  static func folder(_ path: String) -> Self {
    Self(
      .input, "'\(path)' is a folder, not an ONNX model",
      help: path.hasSuffix(".mlpackage")
        ? "give the ONNX file that the Core ML package was made from"
        : "give the '.onnx' file in it")
  }

  /// Something else than a file stands there.
  static func notRegular(_ path: String) -> Self {
    Self(
      .input, "'\(path)' is not a regular file",
      help: "save the model to a file first; its weights are read where they lie")
  }

  /// The file has no bytes.
  static func emptyFile(_ path: String) -> Self {
    Self(.input, "'\(path)' is empty", help: "download or export the model again")
  }

  /// A file cannot be written.
  static func unwritable(_ path: String, _ code: Int32) -> Self {
    Self(
      .input, "Cannot write '\(path)': \(systemText(code))",
      help: "name another place with '-o'")
  }

  /// A model's message cannot be serialized.
  static func unwritableModel(_ name: String, _ reason: String) -> Self {
    Self(.input, "Cannot serialize '\(name)'", notes: [reason])
  }

  private static func systemText(_ code: Int32) -> String {
    var text = String(cString: strerror(code))
    if let first = text.first { text = first.lowercased() + text.dropFirst() }
    return text
  }
}

// MARK: - What is in them

extension DiagnosticError {
  /// The file is something else that is known.
  static func foreign(_ name: String, _ format: ForeignFormat) -> Self {
    Self(.input, "'\(name)' is not an ONNX model: it is \(format.name)", help: format.advice)
  }

  /// The file decodes, but there is no graph in it.
  static func noGraph(_ name: String) -> Self {
    Self(
      .input, "'\(name)' is not an ONNX model: there is no graph in it",
      help: name.hasSuffix(".pb")
        ? "convert a TensorFlow model with 'tf2onnx'" : "export the model to ONNX")
  }

  /// The skeleton walk failed.
  static func broken(_ name: String, _ failure: Skeleton.Failure, size: Int) -> Self {
    guard failure.beganAsModel else {
      return Self(
        .input, "'\(name)' is not an ONNX model: it does not decode",
        help: "give a file that an ONNX exporter wrote")
    }
    let help = "download the file again, or keep its external data files beside it"
    switch failure.fault {
    case .truncated(let field, let needs, let position):
      let tensor = failure.tensor.map { "initializer '\($0)'" }
      let what = tensor ?? "field \(field)"
      return Self(
        .input,
        "Truncated model '\(name)': \(what) needs \(needs) bytes, "
          + "\(max(0, size - position)) remain",
        notes: ["at byte \(min(position, size)) of \(size)"], help: help)
    case .malformed(let position):
      return Self(
        .input, "Damaged model '\(name)': it stops decoding",
        notes: ["at byte \(min(position, size)) of \(size)"], help: help)
    }
  }

  /// The format is older than what is read.
  static func oldFormat(_ name: String, _ version: Int64) -> Self {
    Self(
      .unsupported,
      "'\(name)' has IR version \(version), but \(ModelProto.oldestFormat) or later is needed",
      help: "export the model again, or convert it with 'onnx.version_converter'")
  }

  /// The operators are older than what is read.
  static func oldOpset(_ name: String, _ version: Int) -> Self {
    Self(
      .unsupported,
      "'\(name)' has opset \(version), but \(ModelProto.oldestOpset) or later is needed",
      help: "export the model again, or convert it with 'onnx.version_converter'")
  }

  /// No standard operator set is imported.
  static func noOpset(_ name: String) -> Self {
    Self(
      .unsupported, "'\(name)' does not say which version of the ONNX operators it uses",
      help: "export the model again, or complete it with 'onnx.version_converter'")
  }
}

// MARK: - Writing beside the original

extension DiagnosticError {
  /// A model is to be written over a file that it is made of.
  static func ownFile(_ path: String) -> Self {
    Self(
      .input, "'\(path)' holds the model itself, so it cannot be written over",
      help: "give the new file another name")
  }

  /// Weights that a file is to point to lie outside its folder.
  static func weightsElsewhere(_ path: String, folder: String) -> Self {
    Self(
      .input,
      "The weights in '\(path)' lie outside '\(folder)', so no file there can point to them",
      notes: ["a model may only name files in its own folder or below"],
      help: "write the new file beside the model, or let it carry its weights")
  }
}

// MARK: - Tensors

extension DiagnosticError {
  /// The sides are negative or their product overflows.
  static func badShape(_ tensor: TensorProto, in name: String) -> Self {
    Self(
      .input, "Initializer '\(tensor.name)' in '\(name)' has the impossible shape \(tensor.dims)")
  }

  /// The values do not fill the shape.
  static func wrongSize(
    _ tensor: TensorProto, needs: Int, holds: Int, in name: String
  ) -> Self {
    Self(
      .input,
      "Initializer '\(tensor.name)' in '\(name)' has \(holds) bytes of values, "
        + "but its shape \(tensor.dims) of \(tensor.elementType) needs \(needs)",
      help: "export the model again")
  }

  /// The values cannot be read.
  static func unreadableTensor(_ tensor: TensorProto, in name: String) -> Self {
    Self(
      .input,
      "The values of tensor '\(tensor.name)' (\(tensor.elementType), shape \(tensor.dims)) "
        + "in '\(name)' cannot be read")
  }

  /// The file with the values is not one that was opened with the model.
  static func missingValues(_ external: ExternalData, in name: String) -> Self {
    Self(.input, "'\(name)' has no values at '\(external.location)'")
  }

  /// The entries that say where the values lie are not usable.
  static func badExternal(_ tensor: TensorProto, in name: String) -> Self {
    let entries = tensor.externalData.map { "\($0.key) '\($0.value)'" }.joined(separator: ", ")
    return Self(
      .input, "Initializer '\(tensor.name)' in '\(name)' does not say where its values lie",
      notes: ["its external data has \(entries.isEmpty ? "no entries" : entries)"],
      help: "export the model again")
  }

  /// The file with the values is not there.
  static func missingExternal(_ tensor: TensorProto, _ path: String, in name: String) -> Self {
    Self(
      .input, "No file '\(path)', which holds the weights of '\(name)'",
      notes: ["initializer '\(tensor.name)' is stored in it"],
      help: "keep the model's external data files beside it")
  }

  /// The location leads out of the model's folder.
  static func escaping(_ tensor: TensorProto, _ location: String, in name: String) -> Self {
    Self(
      .input, "External data '\(location)' of '\(name)' lies outside the model's folder",
      notes: ["initializer '\(tensor.name)' names it"],
      help: "put the file beside the model, and name it there by its bare file name")
  }

  /// The file with the values ends before they do.
  static func shortExternal(
    _ tensor: TensorProto, _ external: ExternalData, size: Int, in name: String
  ) -> Self {
    Self(
      .input,
      "Truncated data file '\(external.location)' of '\(name)': initializer '\(tensor.name)' "
        + "needs \(external.length ?? 0) bytes, \(max(0, size - external.offset)) remain",
      notes: ["at byte \(min(external.offset, size)) of \(size)"],
      help: "download the file again")
  }
}
