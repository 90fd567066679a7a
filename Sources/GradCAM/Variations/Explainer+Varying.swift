import Diagnostics
import ONNXSession

extension Explainer {
  /// Says how many versions of a photo will be explained, before the first is.
  func tellVersions(_ question: Question) throws(DiagnosticError) {
    let options = question.options
    let (moves, isHuge) = options.shifts.multipliedReportingOverflow(by: options.shifts)
    guard !isHuge, moves < 1 << 40 else { return }
    let views = options.isAugmented ? Variation.augmentation.count : 1
    let copies =
      options.stabilityCopies > 0 ? options.stabilityCopies + question.targets.count : 0
    let total = views * moves + copies
    guard total > 1 else { return }
    var progress = PassProgress(
      method: question.method.title, unit: "versions of the photo", total: total,
      handler: self.progress)
    try progress.begin(batch: 1)
  }

  /// The mean of a method's results over variations of a photo, and its maps of each view.
  ///
  /// - Parameter original: the results for the photo as it is, which are not computed again.
  func varied(
    _ original: [MethodResult], of photo: PreparedPhoto, targets: [ResolvedTarget],
    _ places: [String: Tensor], _ question: Question
  ) throws(DiagnosticError) -> [MethodResult] {
    let options = question.options
    guard options.isAugmented || options.shifts > 1 else { return original }
    let cells = original[0].maps.map { map in
      (
        width: Double(model.input.size.width) / Double(map.width),
        height: Double(model.input.size.height) / Double(map.height)
      )
    }
    try checkVariations(question, cells: cells)
    // One layer's cells are as good as another's: shifts are parts of the coarsest.
    let coarsest = cells.max { $0.width < $1.width } ?? (1, 1)
    let views = options.isAugmented ? Variation.augmentation : [.none]
    let moves = Variation.shifts(options.shifts, cell: coarsest)
    var progress = PassProgress(
      method: "\(question.method.title), varied", unit: "versions of the photo",
      total: views.count * moves.count, handler: self.progress)
    var means: [[MethodResult]] = []
    for view in views {
      var sums: [MethodResult] = []
      for move in moves {
        let variation = view.then(move)
        var explainer = self
        explainer.progress = progress.inner
        let results =
          variation == .none
          ? original
          : try explainer.results(
            PreparedPhoto(
              values: variation.applied(to: photo.values, of: model.input), view: photo.view),
            targets, places, question)
        let back = results.map { result in
          var back = result
          back.maps = zip(result.maps, cells).map { map, cell in
            variation.undone(map, dividing: options.shifts, cell: cell)
          }
          back.attribution = result.attribution.map { variation.undone($0, of: model.input) }
          return back
        }
        sums = sums.isEmpty ? back : zip(sums, back).map { $0 + $1 }
        try progress.passed(1)
      }
      means.append(sums.map { $0.divided(by: Float(moves.count)) })
    }
    return original.indices.map { target in
      let views = means.map { $0[target] }
      var mean = views.dropFirst().reduce(views[0], +).divided(by: Float(views.count))
      mean.measures = original[target].measures
      mean.views = views.map(\.maps)
      return mean
    }
  }

  /// The results of a first run and what the method makes of it.
  func results(
    _ photo: PreparedPhoto, _ targets: [ResolvedTarget], _ places: [String: Tensor],
    _ question: Question
  ) throws(DiagnosticError) -> [MethodResult] {
    var timing = ExplanationTiming()
    let request = request(
      targets, at: question.layers, using: question.method, preset: question.preset)
    let first = try run(photo.values, targets, request, places, &timing)
    return try methodResults(first, request, of: photo, targets: targets, places, question)
  }

  private func checkVariations(
    _ question: Question, cells: [(width: Double, height: Double)]
  ) throws(DiagnosticError) {
    guard model.placeSum == nil else { throw .variationsNeedOneAnswer(model) }
    guard question.options.shifts > 1 else { return }
    guard question.method.scope == .layer else { throw .shiftsNeedLayer(question.method) }
    let least = cells.map { min($0.width, $0.height) }.min() ?? 0
    guard Double(question.options.shifts) <= least else {
      throw .tooManyShifts(question.options.shifts, cell: least, layers: question.layers)
    }
  }
}

extension MethodResult {
  /// The sum of two results, place by place.
  fileprivate static func + (a: MethodResult, b: MethodResult) -> MethodResult {
    var sum = a
    sum.maps = zip(a.maps, b.maps).map { a, b in
      RawMap(
        width: a.width, height: a.height, depth: a.depth,
        values: zip(a.values, b.values).map { $0 + $1 })
    }
    if let first = a.attribution, let second = b.attribution {
      sum.attribution = FloatTensor(
        shape: first.shape, values: zip(first.values, second.values).map { $0 + $1 })
    }
    return sum
  }

  /// Every value divided by a number.
  fileprivate func divided(by count: Float) -> MethodResult {
    var result = self
    result.maps = maps.map { map in
      RawMap(
        width: map.width, height: map.height, depth: map.depth,
        values: map.values.map { $0 / count })
    }
    result.attribution = attribution.map {
      FloatTensor(shape: $0.shape, values: $0.values.map { $0 / count })
    }
    return result
  }
}
