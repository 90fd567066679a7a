import GradCAM

// MARK: - Options

extension DiagnosticError {
  /// `--channels` says something else than the model's input.
  static func channelsContradictModel(
    _ channels: ChannelChoice, _ model: Model
  ) -> DiagnosticError {
    DiagnosticError(
      .input,
      "Channels '\(channels.rawValue)' do not fit input '\(model.input.name)' of "
        + "'\(model.path.name)', which has \(model.input.channels)",
      help: model.input.channels == 1
        ? "leave '--channels' out, or pass 'gray'"
        : "leave '--channels' out, or pass 'rgb' or 'bgr'")
  }

  /// A label file for another model.
  static func wrongLabelCount(
    _ count: Int, in place: String, _ model: Model
  ) -> DiagnosticError {
    DiagnosticError(
      .input,
      "'\(place)' has \(count) labels, but '\(model.path.name)' has \(model.classCount) classes",
      help: "labels stand in the order of the model's outputs, one for each")
  }

  /// A photo given to a mere listing.
  static func photoWithoutRank(_ path: String) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(path)' is not looked at", help: "pass '--rank' to compare layers on a photo")
  }

  /// Nothing to compare layers on.
  static var rankWithoutPhoto: DiagnosticError {
    DiagnosticError(
      .input, "'--rank' compares layers on a photo, and none is given",
      help: "name one after the model")
  }

  /// More than one photo or class to compare layers on.
  static func rankNeedsOne(_ kind: String, count: Int) -> DiagnosticError {
    DiagnosticError(.input, "'--rank' takes one \(kind), not \(count)", help: "name one")
  }

  /// Not `top:K`.
  static func unreadableTop(_ word: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Target '\(word)' has no count", help: "write 'top:3' for the 3 most probable classes"
    )
  }

  /// More than one class to set others against.
  static func severalRatherThan(_ word: String) -> DiagnosticError {
    DiagnosticError(
      .input, "'--rather-than \(word)' names several classes", help: "name one")
  }

  /// A target that an input says, beside others.
  static var inputTargetAlone: DiagnosticError {
    DiagnosticError(
      .input, "'--target input' stands alone: the new model's input then says the class",
      help: "leave the other targets away")
  }

  /// A class set against itself.
  static func ratherThanItself(_ word: String) -> DiagnosticError {
    DiagnosticError(
      .input, "A target and '--rather-than' both name '\(word)', so their difference is zero",
      help: "name another class")
  }

  /// A colormap without a side for negative values.
  static func colormapNeedsSigns(_ name: String) -> DiagnosticError {
    let fitting = Colormap.all.filter(\.isDiverging).map { "'\($0.name)'" }
    return DiagnosticError(
      .input,
      "Colormap '\(name)' has no colours for negative values, which evidence 'both' shows",
      help: "pass \(fitting.joined(separator: " or "))")
  }

  /// `--opacity` outside its range.
  static func opacityOutOfRange(_ value: Double) -> DiagnosticError {
    DiagnosticError(
      .input, "Opacity \(value) is not between 0 and 1",
      help: "0 shows the photo alone, 1 the colours alone")
  }
}

// MARK: - Inputs

extension DiagnosticError {
  /// Nothing at a path.
  static func noInput(_ path: String) -> DiagnosticError {
    DiagnosticError(.input, "No file or folder '\(path)'", help: "check the path")
  }

  /// A folder in which nothing could be explained.
  static func noPictures(in folder: String, notes: [String]) -> DiagnosticError {
    DiagnosticError(
      .input, "No readable picture in folder '\(folder)'", notes: Array(notes.prefix(3)),
      help: "it needs JPEG, PNG, WebP or TIFF files; folders within it are not entered")
  }

  /// A folder that cannot be listed.
  static func unreadableFolder(_ folder: String) -> DiagnosticError {
    DiagnosticError(.input, "Cannot list folder '\(folder)'")
  }

  /// Standard input named twice.
  static var standardInputTwice: DiagnosticError {
    DiagnosticError(.input, "'-' stands for standard input, which can be read only once")
  }

  /// An input of the model fed twice.
  static func inputFedTwice(_ name: String) -> DiagnosticError {
    DiagnosticError(.input, "Input '\(name)' is fed twice", help: "leave one '--input' out")
  }

  /// Nothing came on standard input.
  static var emptyStandardInput: DiagnosticError {
    DiagnosticError(
      .input, "Nothing came on standard input", help: "pipe a picture or a '.npy' file into it")
  }

  /// Standard input failed.
  static func unreadableStandardInput(_ reason: String) -> DiagnosticError {
    DiagnosticError(.input, "Cannot read standard input: \(reason)")
  }

  /// Too much on standard input.
  static func tooMuchStandardInput(limit: Int) -> DiagnosticError {
    DiagnosticError(.input, "Standard input holds more than the limit of \(limit) bytes")
  }

  /// Layers compared on something else than a photo.
  static func rankNeedsPhotos(_ model: Model) -> DiagnosticError {
    DiagnosticError(
      .unsupported,
      "'--rank' compares layers on a photo, but '\(model.path.name)' takes "
        + (model.input.depth == nil ? "\(model.input.channels) bands" : "volumes"),
      help: "explain it at one layer after another with '--layer'")
  }

  /// An array that is no image of a model's.
  static func arrayOfOtherShape(_ name: String, _ shape: [Int], _ model: Model) -> DiagnosticError {
    let sides = model.input.depth == nil ? "H, W" : "D, H, W"
    return DiagnosticError(
      .input,
      "Array '\(name)' of shape \(shape) does not fit input '\(model.input.name)' of "
        + "'\(model.path.name)', which has \(model.input.channels) channels",
      help: "its shape is [\(model.input.channels), \(sides)] or [\(sides), "
        + "\(model.input.channels)]")
  }

  /// Slices that are not of one size.
  static func slicesOfOtherSizes(_ name: String) -> DiagnosticError {
    DiagnosticError(
      .input, "The slices of '\(name)' differ in size or bands", help: "pass those of one volume")
  }

  /// Bands that a model does not have.
  static func noSuchBand(_ band: Int, _ model: Model) -> DiagnosticError {
    DiagnosticError(
      .input, "There is no band \(band): '\(model.path.name)' takes \(model.input.channels)",
      help: "bands are counted from 1")
  }

  /// The photo's own size where another command than `explain` reads the model.
  static var photoSizeNeedsExplain: DiagnosticError {
    DiagnosticError(
      .input, "'--size photo' is for 'gradcam explain'",
      help: "pass a size such as '--size 640x480'")
  }

  /// The photo's own size where there is none.
  static var photoSizeNeedsPhoto: DiagnosticError {
    DiagnosticError(
      .input, "'--size photo' needs a photo", help: "pass a size such as '--size 640x480'")
  }

  /// An array without images.
  static func emptyArray(_ name: String, shape: [Int]) -> DiagnosticError {
    DiagnosticError(
      .input, "Array '\(name)' of shape \(shape) holds no image",
      help: "its shape is [C, H, W] or [N, C, H, W]")
  }
}

// MARK: - Comparing

extension DiagnosticError {
  /// Several targets for a comparison.
  static func severalCompared(_ word: String) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(word)' means several classes, but one is compared",
      help: "name a class by its number or label")
  }

  /// Nothing to compare with.
  static func comparedWithItself(_ kind: String) -> DiagnosticError {
    DiagnosticError(
      .input, "A \(kind) is compared with itself", help: "name at least two different \(kind)s")
  }

  /// Layers of a method that makes one map of them.
  static func layersJoinedByMethod(_ method: Method) -> DiagnosticError {
    DiagnosticError(
      .input, "Layers cannot be compared by method '\(method.name)', which makes one map of them",
      help: "name one layer or none, or join them with 'gradcam explain'")
  }

  /// `--layer-a` or `--layer-b` where there is one model.
  static var sideOfOneModel: DiagnosticError {
    DiagnosticError(
      .input, "'--layer-a' and '--layer-b' are for two models", help: "pass '--layer' instead")
  }

  /// `--layer` where there are two models.
  static var layerOfTwoModels: DiagnosticError {
    DiagnosticError(
      .input, "'--layer' is for one model", help: "pass '--layer-a' and '--layer-b' instead")
  }

  /// Several methods for two models.
  static var severalMethodsCompared: DiagnosticError {
    DiagnosticError(
      .input, "Two models are compared by one method", help: "pass '--method' once")
  }

  /// Maps compared on something else than a photo.
  static func compareNeedsPhotos(_ model: Model) -> DiagnosticError {
    DiagnosticError(
      .unsupported,
      "Maps are compared on a photo, but '\(model.path.name)' takes "
        + (model.input.depth == nil ? "\(model.input.channels) bands" : "volumes"),
      help: "explain it with 'gradcam explain'")
  }

  /// Something else than a photo to compare on.
  static func comparedInput(_ path: String) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(path)' is not one photo", help: "maps are compared on a single photo")
  }
}

// MARK: - Many photos

extension DiagnosticError {
  /// Nothing among what was named is a picture.
  static func nothingCompared(_ paths: [String]) -> DiagnosticError {
    DiagnosticError(
      .input, "No photo in '\(paths.joined(separator: "', '"))'",
      help: "name photos, or folders that hold some")
  }

  /// Somebody wished to end.
  static func interrupted(_ name: String) -> DiagnosticError {
    DiagnosticError(.environment, "Interrupted at '\(name)'; no report was written")
  }
}

// MARK: - Outputs

extension DiagnosticError {
  /// Standard output failed.
  static func unwritableStandardOutput(_ reason: String) -> DiagnosticError {
    DiagnosticError(.input, "Cannot write standard output: \(reason)")
  }

  /// A page of something else than a picture.
  static func pageOfVolume(_ name: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "A page shows pictures, but '\(name)' is a volume",
      help: "save 'figure' or 'overlay' instead of 'html'")
  }

  /// One file name for several files.
  static func oneNameForSeveral(_ path: String, count: Int) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(path)' names one file, but \(count) are to be written",
      help: "name a folder, with '/' at its end")
  }

  /// `-o -` for something that is not one file.
  static func standardOutputForSeveral(count: Int) -> DiagnosticError {
    DiagnosticError(
      .input, "Standard output takes one file, but \(count) are to be written",
      help: "explain one target, and save one kind of file with '--save'")
  }

  /// Every class, beside other targets.
  static var allClassesAlone: DiagnosticError {
    DiagnosticError(
      .input, "'--target all' stands alone: it writes the maps of every class as one array",
      help: "leave the other targets and '--rather-than' away")
  }

  /// The array of all classes, where some are asked for.
  static var classesNeedAll: DiagnosticError {
    DiagnosticError(
      .input, "'--save classes-npy' is the array of '--target all'",
      help: "ask for all classes, or save 'npy', an array for each target")
  }

  /// All classes by a method of many passes, or one without layers.
  static func noMapsOfAllClasses(_ method: Method) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "Method '\(method.name)' has no maps of all classes",
      notes: ["it takes many passes, or its map is as large as the input"],
      help: "use a method at a layer, such as 'gradcam', or name the classes")
  }

  /// Two things for standard output.
  static var standardOutputTwice: DiagnosticError {
    DiagnosticError(
      .input, "'-o -' and '--json' both write to standard output",
      help: "leave one out, or name a file")
  }

  /// A method that gives a map alone.
  static func noAttribution(_ method: Method) -> DiagnosticError {
    let others = Method.all.filter(\.givesAttribution).map { "'\($0.name)'" }
    return DiagnosticError(
      .input, "Method '\(method.name)' gives no value for each number of the input",
      notes: ["these do: \(others.joined(separator: ", "))"],
      help: "save its map with '--save npy' or 'heatmap-npy'")
  }

  /// A folder cannot be made.
  static func unwritableFolder(_ path: String, reason: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Cannot make folder '\(path)': \(reason)", help: "name another place with '-o'")
  }
}

extension String {
  /// What follows the last slash.
  var name: String { split(separator: "/").last.map(String.init) ?? self }
}
