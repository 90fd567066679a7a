import Diagnostics

// MARK: - Files

extension DiagnosticError {
  /// There is nothing at the path.
  static func noFile(_ path: String) -> Self {
    Self(.input, "No file '\(path)'")
  }

  /// The path leads to a folder.
  static func folder(_ path: String) -> Self {
    Self(.input, "'\(path)' is a folder, not a picture", help: "name a picture inside it")
  }

  /// The system refuses to read the file.
  static func unreadableFile(_ path: String, reason: String) -> Self {
    Self(.input, "Cannot read '\(path)': \(reason)")
  }

  /// The file has more bytes than allowed.
  static func tooManyBytes(_ name: String, limit: Int) -> Self {
    Self(
      .input, "File '\(name)' is larger than the limit of \(limit) bytes",
      help: "scale the picture down, or raise the limit")
  }

  /// The system refuses to write the file.
  static func unwritableFile(_ path: String, reason: String) -> Self {
    Self(.input, "Cannot write '\(path)': \(reason)")
  }
}

// MARK: - Reading pictures

extension DiagnosticError {
  /// The file has no bytes.
  static func emptyPicture(_ name: String) -> Self {
    Self(.input, "File '\(name)' is empty", help: "download or copy it again")
  }

  /// The file is in a known format that is not read.
  static func foreignFormat(_ name: String, format: String, conversion: String?) -> Self {
    Self(
      .input, "Cannot read '\(name)': \(format) is not among the formats read",
      notes: ["JPEG, PNG, WebP and TIFF are"],
      help: conversion.map { "convert it first: '\($0)'" })
  }

  /// The file's first bytes belong to no known format.
  static func unknownFormat(_ name: String, start: String) -> Self {
    Self(
      .input, "'\(name)' is not a picture: it begins with the bytes \(start)",
      help: "pass a JPEG, PNG, WebP or TIFF file")
  }

  /// The header declares more pixels than allowed.
  static func tooManyPixels(_ name: String, width: Int, height: Int, limit: Int) -> Self {
    Self(
      .input,
      "Picture '\(name)' has \(width) × \(height) pixels, more than the limit of \(limit)",
      help: "scale it down, or raise the limit")
  }

  /// The header declares a side of no pixels.
  static func noPixels(_ name: String, width: Int, height: Int) -> Self {
    Self(.input, "Picture '\(name)' has no pixels: its size is \(width) × \(height)")
  }

  /// The file ends early or contradicts itself.
  static func damaged(_ name: String, _ format: Image.Format, _ detail: String) -> Self {
    Self(
      .input, "Damaged \(format.rawValue) '\(name)': \(detail)",
      help: "download or copy the file again")
  }

  /// The file is of a kind within its format that is not read.
  static func unsupportedVariant(_ name: String, _ format: Image.Format, _ what: String) -> Self {
    Self(
      .input, "Cannot read \(format.rawValue) '\(name)': \(what) not supported",
      help: "convert it first: 'magick \(name) -depth 8 \(ForeignFormat.stem(of: name)).png'")
  }
}

// MARK: - Writing pictures

extension DiagnosticError {
  /// The path's extension names no format that is written.
  static func unknownExtension(_ path: String, known: [String]) -> Self {
    Self(
      .input, "Cannot tell from '\(path)' which format to write",
      help: "end the name in \(known.dropLast().joined(separator: ", ")) or \(known.last ?? "")")
  }

  /// The format is read only.
  static func unwritableFormat(_ format: Image.Format) -> Self {
    Self(.input, "\(format.rawValue) is not written", help: "choose PNG, JPEG or WebP")
  }

  /// The image does not fit the format.
  static func unencodable(_ format: Image.Format, _ detail: String) -> Self {
    Self(.input, "Cannot write the picture as \(format.rawValue): \(detail)")
  }

  /// A metadata key is not one that every format holds.
  static func unusableMetadataKey(_ key: String) -> Self {
    Self(
      .input, "Metadata key '\(key)' cannot be written",
      help: "use 1 through 79 printable ASCII characters without a colon")
  }
}

// MARK: - Figures

extension DiagnosticError {
  /// librsvg is not installed.
  static var noSVGLibrary: Self {
    Self(
      .environment, "Cannot draw the figure: librsvg is not installed",
      help: "install it ('apt install librsvg2-2', 'brew install librsvg'), or write a .svg file")
  }

  /// librsvg lacks a function.
  static func oldSVGLibrary(lacking function: String) -> Self {
    Self(
      .environment, "Cannot draw the figure: librsvg is older than 2.46",
      notes: ["it lacks '\(function)'"], help: "update it, or write a .svg file")
  }

  /// No font is installed.
  static var noFonts: Self {
    Self(
      .environment, "Cannot draw the figure: no font is installed",
      help: "install one ('apt install fonts-dejavu-core'), or write a .svg file")
  }

  /// librsvg or cairo refuses the drawing.
  static func undrawable(_ detail: String) -> Self {
    Self(.environment, "Cannot draw the figure: \(detail)")
  }
}
