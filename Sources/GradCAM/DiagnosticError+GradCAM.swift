import Diagnostics
import ONNXFormat
import ONNXGraph

// MARK: - Models

extension DiagnosticError {
  static func unreadableModel(_ path: String, because reason: String) -> DiagnosticError {
    DiagnosticError(.input, "Cannot read model '\(path)'", notes: [reason])
  }

  static func hugeInput(_ name: String, sides: [Int], model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Input '\(name)' of model '\(model)' has shape \(sides), which is no image's",
      help: "sides go up to 65536 and channels up to 4096")
  }

  static func layoutContradictsModel(
    _ layout: ModelInput.Layout, sides: [Int], input: String, model: String
  ) -> DiagnosticError {
    let shape = sides.map { $0 > 0 ? "\($0)" : "?" }.joined(separator: ", ")
    let other: ModelInput.Layout = layout == .nchw ? .nhwc : .nchw
    return DiagnosticError(
      .input,
      "Layout '\(layout.rawValue)' does not fit input '\(input)' of '\(model)', whose shape is "
        + "[\(shape)]",
      help: "leave the layout out, or pass '\(other.rawValue)'")
  }

  static func sizeContradictsModel(
    _ size: ImageSize, _ own: ImageSize, input: String, model: String
  ) -> DiagnosticError {
    DiagnosticError(
      .input, "Size \(size) does not fit input '\(input)' of '\(model)', which is fixed to \(own)",
      help: "leave the size out, or export the model with dynamic height and width")
  }

  static func noOutput(_ name: String, _ names: [String], model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "No output named '\(name)' in '\(model)'",
      help: Suggestions.question(for: name, in: names)
        ?? "its outputs are \(names.map { "'\($0)'" }.joined(separator: ", "))")
  }

  static func nothingDependsOnInput(
    _ input: String, outputs: [String], model: String
  ) -> DiagnosticError {
    DiagnosticError(
      .input, "No output of '\(model)' depends on its image input '\(input)'",
      notes: ["outputs: " + outputs.map { "'\($0)'" }.joined(separator: ", ")],
      help: "export the model in evaluation mode, with its weights, and look at it in Netron")
  }
}

// MARK: - Layers

extension DiagnosticError {
  static func noSpatialLayer(model: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "Model '\(model)' has no spatial layer to explain",
      notes: ["no value between its input and its logits has the shape [N, C, H, W]"],
      help: "'gradcam doctor MODEL' shows what was found")
  }

  static func noLayer(_ name: String, in list: LayerList, model: String) -> DiagnosticError {
    let all = "'gradcam layers \(model)' lists all \(list.layers.count)"
    let question = Suggestions.question(for: name, in: list.allNames)
    return DiagnosticError(
      .input, "No layer named '\(name)' in '\(model)'",
      help: question.map { "\($0) \(all)" } ?? all)
  }

  static func notSpatial(_ name: String, model: String, default other: String?) -> DiagnosticError {
    DiagnosticError(
      .input, "Layer '\(name)' of '\(model)' is not spatial, so it has no map",
      help: other.map { "the default layer is '\($0)'" })
  }

  static func severalLayers(_ name: String, model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "'\(name)' means several layers of '\(model)'; expected one",
      help: "name each layer, or take one by an index such as '[-1]'")
  }

  static func noGradient(_ layer: Layer, _ model: Model) -> DiagnosticError {
    DiagnosticError(
      .input, "Nothing after layer '\(layer.name)' depends on it in '\(model.file.name)'",
      help: model.defaultLayer.map { "the default layer is '\($0.name)'" })
  }

  /// The logits depend on none of a layer's places.
  static func onlyOtherTokensAct(_ layer: Layer, in model: Model) -> DiagnosticError {
    let place = model.layers.firstIndex { $0.id == layer.id } ?? 0
    let before = model.layers[..<place].filter(\.hasGradient)
    let better = before.last { $0 == model.defaultLayer } ?? before.last
    let count = layer.prefixTokens + layer.suffixTokens
    let tokens = count == 1 ? "its class token" : "the \(count) tokens beside its grid"
    return DiagnosticError(
      .input,
      "Layer '\(layer.name)' of '\(model.file.name)' has no map: its places get no gradient",
      notes: [
        "no attention mixes them after it: the logits depend on \(tokens) alone, not on the "
          + "\(layer.height) x \(layer.width) places of the picture"
      ],
      help: better.map { "explain '\($0.name)', the layer before it whose places still act" })
  }

  /// No value between image and logits has as many tokens as a stated grid.
  static func gridDoesNotFit(
    _ tokens: TokenGrid, _ grid: GivenGrid, counts: [Int], model: String
  ) -> DiagnosticError {
    let found = counts.prefix(4).map(String.init).joined(separator: ", ")
    let fitting = counts.lazy.compactMap { count in
      (0...8).lazy.compactMap { prefix in
        grid.proportional(count - prefix).map {
          "\(count) tokens may be '--grid \($0.height)x\($0.width) --prefix-tokens \(prefix)'"
        }
      }.first
    }.first
    return DiagnosticError(
      .input, "No value of '\(model)' has the tokens of \(tokens)",
      notes: [
        counts.isEmpty
          ? "it has no rows of tokens, [N, T, C], between its image and its logits"
          : "between its image and its logits it has rows of \(found) tokens"
      ],
      help: fitting ?? "leave the grid out; 'gradcam layers' shows those that the graph tells")
  }

  static var noLayerGiven: DiagnosticError {
    DiagnosticError(.input, "No layer to explain", help: "name at least one")
  }

  /// Adds the nearest layer that can be explained to a refusal.
  func helped(by layer: Layer?, model: Model) -> DiagnosticError {
    let help =
      layer.map { "explain a layer after it; the nearest is '\($0.name)'" }
      ?? "no spatial layer lies after it"
    return DiagnosticError(kind, message, notes: notes, help: help)
  }
}

// MARK: - Targets and labels

extension DiagnosticError {
  static var noTarget: DiagnosticError {
    DiagnosticError(.input, "No target to explain", help: "name at least one class")
  }

  static func classOutOfRange(_ index: Int, count: Int, output: String) -> DiagnosticError {
    DiagnosticError(
      .input,
      "Class \(index) is out of range for output '\(output)', which has classes 0 through "
        + "\(count - 1)",
      help: "class numbers start at 0")
  }

  static func rankOutOfRange(_ place: Int, count: Int) -> DiagnosticError {
    DiagnosticError(
      .input, "There is no \(place + 1)th most probable class among \(count)",
      help: "ask for at most \(count)")
  }

  static func labelsNeeded(_ label: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Class '\(label)' is a label, but no labels are known",
      help: "pass '--labels FILE' or '--labels imagenet', or name the class by its number")
  }

  static func noLabel(_ label: String, in labels: Labels) -> DiagnosticError {
    let names = labels.names.flatMap { $0 }
    let word = label.lowercased()
    let within = names.filter { $0.lowercased().split(separator: " ").contains { $0 == word } }
    let near = Suggestions.question(
      for: label, in: within.isEmpty ? names : Array(within.prefix(3)))
    let listed = within.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return DiagnosticError(
      .input, "No class is labelled '\(label)'",
      help: within.isEmpty
        ? near ?? "the labels are \(names.prefix(8).map { "'\($0)'" }.joined(separator: ", "))"
          + (names.count > 8 ? " …" : "")
        : "labels with that word: \(listed)\(within.count > 3 ? " …" : "")")
  }

  static func ambiguousLabel(_ label: String, _ found: [Int], _ labels: Labels) -> DiagnosticError {
    DiagnosticError(
      .input, "Label '\(label)' means \(found.count) classes",
      notes: found.prefix(5).map { "\($0): \(labels.names[$0].joined(separator: ", "))" },
      help: "name the class by its number")
  }

  static func unreadableLabels(_ path: String, because reason: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Cannot read labels from '\(path)'", notes: [reason],
      help: "a label file has one class a line, or is a JSON array of texts")
  }
}

// MARK: - Numbers

extension DiagnosticError {
  static func photoForNoPhoto(_ input: ModelInput) -> DiagnosticError {
    guard input.depth == nil else {
      return DiagnosticError(
        .input, "Input '\(input.name)' takes a volume, which one photo cannot fill",
        help: "pass slices in order, a folder of them, a TIFF file of several pages, or a '.npy' "
          + "file [C, D, H, W]")
    }
    return DiagnosticError(
      .input, "Input '\(input.name)' has \(input.channels) channels, which a photo cannot fill",
      help: "pass a TIFF file of as many bands or pages, or a '.npy' file [C, H, W]")
  }

  static func wrongBands(_ bands: Int, _ input: ModelInput) -> DiagnosticError {
    DiagnosticError(
      .input,
      "Input '\(input.name)' has \(input.channels) channels, but \(bands) bands are given",
      help: "the bands must be the model's, in its order")
  }

  static func volumeForPicture(_ slices: Int, _ input: ModelInput) -> DiagnosticError {
    DiagnosticError(
      .input, "Input '\(input.name)' takes a picture, but a volume of \(slices) slices is given")
  }

  static func wrongChannelCount(_ name: String, _ got: Int, _ channels: Int) -> DiagnosticError {
    DiagnosticError(
      .input, "The \(name) has \(got) values, but the model has \(channels) channels",
      help: "give one value, or one for each of the model's channels")
  }

  static func notFinite(_ name: String) -> DiagnosticError {
    DiagnosticError(.input, "The \(name) has a value that is zero, infinite or not a number")
  }

  static func wrongShape(
    _ got: [Int], wanted: [Int], input: ModelInput, model: String
  ) -> DiagnosticError {
    DiagnosticError(
      .input,
      "Input '\(input.name)' of '\(model)' takes one image of shape \(wanted), but got \(got)",
      help: input.hasOpenSize
        ? "pass '--size WIDTHxHEIGHT' for another size"
        : got.sorted() == wanted.sorted()
          ? "the model has its channels \(input.layout == .nchw ? "first" : "last")" : nil)
  }

  static func notFiniteInput(_ value: Float, at index: Int, shape: [Int]) -> DiagnosticError {
    var rest = index
    let place = shape.reversed().map { side -> Int in
      defer { rest /= max(side, 1) }
      return rest % max(side, 1)
    }
    return DiagnosticError(
      .input, "The input holds \(value) at \(Array(place.reversed()))",
      help: "clean the numbers first: one such value spoils every gradient")
  }

  static func notFiniteLogits(_ output: String, model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Model '\(model)' gives logits that are infinite or not a number",
      notes: ["output '\(output)'"],
      help: "check the preprocessing; the model may also be broken")
  }

  static func notFiniteMap(_ layer: Layer, model: String) -> DiagnosticError {
    DiagnosticError(
      .input, "The map at layer '\(layer.name)' of '\(model)' is infinite or not a number",
      help: "explain another layer; 'gradcam layers' lists them")
  }

  static func notNumPy(_ path: String, because reason: String) -> DiagnosticError {
    DiagnosticError(
      .input, "Cannot read '\(path)' as a NumPy array", notes: [reason],
      help: "save it with numpy.save(path, array.astype('float32'))")
  }

  /// The runtime does not make a value by itself, so that nothing can run from it on.
  static func notRunnable(_ value: String, _ model: String) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "The part of '\(model)' after '\(value)' cannot run by itself",
      notes: ["the model holds it only as integers, or no logit depends on it"],
      help: "choose another layer, or a method of gradients")
  }

  /// A square that hides more than there is.
  static func patchTooLarge(_ patch: Int, _ size: ImageSize) -> DiagnosticError {
    DiagnosticError(
      .input, "A patch of \(patch) pixels is larger than the model's input of \(size)",
      help: "pass a smaller '--patch', such as \(max(1, min(size.width, size.height) / 7))")
  }

  /// A method of many passes was asked to end.
  static func stopped(_ method: String, _ done: Int, of total: Int) -> DiagnosticError {
    DiagnosticError(
      .environment, "\(method) was stopped after \(done) of \(total) passes",
      notes: ["nothing was written for this input"])
  }
}

// MARK: - Variations

extension DiagnosticError {
  /// Mirrored or moved photos do not fit targets at chosen places.
  static func variationsNeedOneAnswer(_ model: Model) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "The photo cannot be varied for a model that answers at several places",
      notes: ["output '\(model.outputName)' of '\(model.file.name)' has classes at each place"],
      help: "leave out augmentation and shifts")
  }

  /// Only maps of a layer get finer by shifts.
  static func shiftsNeedLayer(_ method: Method) -> DiagnosticError {
    DiagnosticError(
      .input, "Shifts make no sense for method '\(method.name)'",
      notes: ["its map has no cells of a layer that could be divided"],
      help: "use a method of a layer, such as 'gradcam'")
  }

  /// A cell cannot be divided further than into pixels.
  static func tooManyShifts(_ count: Int, cell: Double, layers: [Layer]) -> DiagnosticError {
    let names = layers.map { "'\($0.name)'" }.joined(separator: ", ")
    return DiagnosticError(
      .input, "A cell of layer \(names) cannot be divided \(count) times",
      notes: ["it is \(Int(cell)) pixels wide"],
      help: "ask for at most \(max(1, Int(cell))) shifts")
  }

  /// Noise needs numbers that can change a little.
  static func stabilityNeedsFloats(_ model: Model) -> DiagnosticError {
    DiagnosticError(
      .unsupported, "Stability cannot be measured for an input of whole numbers",
      notes: ["input '\(model.input.name)' of '\(model.file.name)' is \(model.input.numberType)"])
  }
}
