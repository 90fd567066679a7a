import GradCAM

/// Writes the files of one input's explanations.
struct ExplanationFiles {
  let kinds: [SavedKind]
  let place: OutputPlace
  let colormap: Colormap?
  let opacity: Double
  /// Whether a figure that cannot be drawn is passed over with a note: where nobody asked for it.
  let figureIsOptional: Bool
  /// Whether the preprocessing's numbers apply to arrays too.
  let normalizesArrays: Bool

  /// What was written for one target: paths by kind, and by layer or slice where there are
  /// several.
  typealias Written = [(kind: SavedKind, part: String?, path: String)]

  /// An input with its explanations.
  struct Job {
    let input: ExplainInput
    let picture: ExplainPicture
    let explainer: Explainer
    let targets: [Target]
    let explanations: [Explanation]
    /// What passes of all targets together cost; nil where one run made everything.
    var cost: JSONValue?
    /// The raw maps of all classes, [classes, H, W], an array a layer, where they are asked for.
    var classMaps: [FloatTensor] = []
  }

  /// Writes everything, and gives the files of each explanation, and notes.
  func write(_ job: Job) throws(DiagnosticError) -> (files: [Written], notes: [String]) {
    var files: [Written] = []
    for (index, explanation) in job.explanations.enumerated() {
      files.append(try write(explanation, job, target: job.targets[index]))
    }
    guard let first = job.explanations.first else { return (files, []) }
    let provenance = provenance(of: job, like: first)
    var ofAll: Written = []
    var notes: [String] = []
    for (layer, maps) in zip(first.layers, job.classMaps) {
      let isOnly = job.classMaps.count == 1
      let path = self.path(
        .classesNumPy, [job.input.stem] + (isOnly ? [] : [FileNames.safe(layer.name)]))
      try write(maps, to: path)
      ofAll.append((.classesNumPy, isOnly ? nil : layer.name, path))
    }
    if kinds.contains(.html) {
      let path = self.path(.html, [job.input.stem])
      try write(page(of: job, provenance), to: path)
      ofAll.append((.html, nil, path))
    }
    if kinds.contains(.figure) {
      let figure = ExplanationFigure(job: job, colormap: colormap, opacity: opacity).figure
      let path = self.path(.figure, [job.input.stem])
      do {
        try write(figure, to: path, metadata: provenance)
        ofAll.append((.figure, nil, path))
      } catch  where figureIsOptional && error.kind == .environment {
        notes.append("no figure: \(error.message)")
      }
    }
    return (files.map { $0 + ofAll }, notes)
  }

  /// A page of everything explained of an input.
  private func page(
    of job: Job, _ provenance: [(key: String, value: String)]
  ) throws(DiagnosticError) -> ExplanationPage {
    guard job.picture.slices.isEmpty else { throw .pageOfVolume(job.input.name) }
    var page = ExplanationPage(
      of: job.explanations, on: job.picture.image,
      title: "\(job.input.stem) – \(job.explainer.model.path.name)")
    page.provenance = provenance
    page.opacity = opacity
    guard let colormap else { return page }
    for index in page.maps.indices { page.maps[index].colormap = colormap }
    return page
  }

  private func write(_ page: ExplanationPage, to path: String) throws(DiagnosticError) {
    if case .standardOutput = place { return try StandardStream.deliver(Array(page.html.utf8)) }
    try place.make()
    try page.write(to: path)
  }

  private func write(
    _ explanation: Explanation, _ job: Job, target: Target
  ) throws(DiagnosticError) -> Written {
    var written: Written = []
    let base = [job.input.stem, FileNames.part(for: explanation)]
    for kind in kinds where !kind.isOfAll {
      if kind.isPerLayer {
        for (index, layer) in explanation.layers.enumerated() {
          let isOnly = explanation.layers.count == 1
          let parts = kind.isPerTarget ? base : [job.input.stem]
          let path = self.path(kind, isOnly ? parts : parts + [FileNames.safe(layer.name)])
          try write(array(kind, explanation, index, job, target), to: path)
          written.append((kind, isOnly ? nil : layer.name, path))
        }
      } else if kind.isPicture, let volume = explanation.volume {
        written += try write(kind, volume, explanation, job, base)
      } else {
        let path = self.path(kind, base)
        try write(kind, explanation, job, to: path)
        written.append((kind, nil, path))
      }
    }
    return written
  }

  /// A picture of each slice of a volume.
  private func write(
    _ kind: SavedKind, _ volume: VolumeHeatmap, _ explanation: Explanation, _ job: Job,
    _ base: [String]
  ) throws(DiagnosticError) -> Written {
    var written: Written = []
    let slices = job.picture.slices
    for (number, heatmap) in volume.slices(slices.count).enumerated() {
      let name = ExplainPicture.sliceName(number, of: slices.count)
      let path = self.path(kind, base + ["slice-\(name)"])
      try write(
        kind == .overlay
          ? heatmap.overlaid(on: slices[number], colormap: colormap, opacity: opacity)
          : heatmap.colored(with: colormap), to: path,
        metadata: explanation.provenance + [("Slice", "\(number)")])
      written.append((kind, name, path))
    }
    return written
  }

  /// The path of a file; its name's parts have dots between them.
  private func path(_ kind: SavedKind, _ parts: [String]) -> String {
    switch place {
    case .folder(let folder): folder + parts.joined(separator: ".") + kind.ending
    case .file(let path): path
    case .standardOutput: "-"
    }
  }
}

// MARK: - One file

extension ExplanationFiles {
  /// A picture, or the heatmap's numbers.
  private func write(
    _ kind: SavedKind, _ explanation: Explanation, _ job: Job, to path: String
  ) throws(DiagnosticError) {
    let heatmap = explanation.heatmap
    switch kind {
    case .overlay:
      try write(
        heatmap.overlaid(on: job.picture.image, colormap: colormap, opacity: opacity), to: path,
        metadata: explanation.provenance)
    case .heatmap:
      try write(
        heatmap.colored(with: colormap), to: path, metadata: explanation.provenance)
    case .attributionNumPy:
      guard let attribution = explanation.attribution else {
        throw .noAttribution(explanation.method)
      }
      try write(attribution, to: path)
    default:
      let size = job.explainer.model.input.size
      if let volume = explanation.volume, let depth = job.explainer.model.input.depth {
        let values = volume.values(depth: depth, height: size.height, width: size.width)
        return try write(
          FloatTensor(shape: [depth, size.height, size.width], values: values), to: path)
      }
      try write(
        FloatTensor(
          shape: [size.height, size.width],
          values: heatmap.values(width: size.width, height: size.height)), to: path)
    }
  }

  /// A layer's raw map, gradient or activation.
  private func array(
    _ kind: SavedKind, _ explanation: Explanation, _ index: Int, _ job: Job, _ target: Target
  ) throws(DiagnosticError) -> FloatTensor {
    if kind == .npy {
      let map = explanation.rawMaps[index]
      return FloatTensor(shape: map.shape, values: map.values)
    }
    let layer = explanation.layers[index]
    let found =
      if let raster = job.picture.raster {
        try job.explainer.gradient(
          of: raster, normalizing: job.input.array == nil || normalizesArrays, for: target,
          at: layer)
      } else if let array = job.picture.array {
        try job.explainer.gradient(of: array, for: target, at: layer)
      } else {
        try job.explainer.gradient(of: job.picture.image, for: target, at: layer)
      }
    return kind == .gradientNumPy ? found.gradient : found.activation
  }

  private func write(_ array: FloatTensor, to path: String) throws(DiagnosticError) {
    if case .standardOutput = place { return try StandardStream.deliver(array.numPy) }
    try place.make()
    try array.write(to: path)
  }

  private func write(
    _ image: Image, to path: String, metadata: [(key: String, value: String)]
  ) throws(DiagnosticError) {
    if case .standardOutput = place {
      return try StandardStream.deliver(image.encoded(as: .png, metadata: metadata))
    }
    try place.make()
    try image.write(to: path, metadata: metadata)
  }

  private func write(
    _ figure: Figure, to path: String, metadata: [(key: String, value: String)]
  ) throws(DiagnosticError) {
    if case .standardOutput = place {
      return try StandardStream.deliver(figure.image().encoded(as: .png, metadata: metadata))
    }
    try place.make()
    try figure.write(to: path, metadata: metadata)
  }

  /// What made a figure: as an explanation's, with all its classes.
  private func provenance(
    of job: Job, like first: Explanation
  ) -> [(key: String, value: String)] {
    let classes = job.explanations.compactMap { explanation in
      explanation.provenance.first { $0.key == "Class" }?.value
    }
    return first.provenance.map { entry in
      entry.key == "Class" ? ("Class", classes.joined(separator: "; ")) : entry
    }
  }
}
