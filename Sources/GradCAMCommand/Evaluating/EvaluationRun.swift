import Annotations
import GradCAM
import Imaging
import Synchronization

/// One run of `gradcam evaluate`: everything resolved before anything is computed.
struct EvaluationRun {
  private let options: Evaluate
  private let set: AnnotatedSet
  private let plans: [PhotoPlan]
  private let problems: [AnnotationProblem]
  private let evaluator: PhotoEvaluator
  private let share: WorkShare

  /// Reads the model and the annotations, and checks every option against them.
  init(_ options: Evaluate) throws(DiagnosticError) {
    self.options = options
    set = try AnnotatedSet(in: options.folder, choosing: options.annotations)
    let mapping = try options.mapping.map { path throws(DiagnosticError) in
      try CategoryMapping(contentsOf: path)
    }
    let model = try options.reading.model(options.model)
    let labels = try options.photo.labels(for: model)
    let preprocessing = try options.photo.preprocessing(
      for: model, size: options.reading.size?.size)
    share = WorkShare(
      jobs: options.sharing.jobs, threads: options.running.threads ?? 1, count: set.photos.count,
      isOneByOne: false)
    // Runs of one thread each give the same numbers however many go on at once.
    let running = options.running.explainerOptions(
      pictureCount: .max, threads: options.running.threads ?? 1)
    let explainer = { () throws(DiagnosticError) in
      try Explainer(model, preprocessing: preprocessing, labels: labels, options: running)
    }
    let first = try explainer()
    let found = PhotoPlan.plans(
      for: set,
      finding: ClassFinder(
        labels: first.labels, classCount: first.model.classCount, mapping: mapping),
      only: options.only)
    (plans, problems) = (found.plans, set.problems + found.problems)
    guard plans.contains(where: { !$0.cases.isEmpty }) else {
      throw .nothingToEvaluate(set, problems, labels: first.labels)
    }
    evaluator = PhotoEvaluator(
      explainer: first,
      ways: try EvaluatedWay.list(
        methods: options.explanationOptions, layers: options.layer, making: explainer),
      metrics: options.metrics(
        hasPlaces: plans.contains { plan in
          plan.cases.contains { $0.objects.contains { $0.box != nil } }
        }), regions: try options.regionList())
  }
}

// MARK: - Running

extension EvaluationRun {
  /// Evaluates every photo that a journal does not hold already, and brings all together.
  ///
  /// - Parameter finished: is called with the summary before the journal goes, to write it.
  func run(_ finished: (EvaluationSummary) throws(DiagnosticError) -> Void) throws(DiagnosticError)
  {
    tellProblems()
    let key = try EvaluationSettings.key(options, evaluator)
    let isOwn = options.journal == nil
    let path = options.journal ?? EvaluationSettings.journalPath(key, folder: set.folder)
    do throws(DiagnosticError) { if isOwn { try OutputPlace.file(path).make() } } catch {
      throw .unwritableJournal(path, error.message)
    }
    let journal = try EvaluationJournal(at: path, settings: key)
    let records = try records(journal)
    try finished(
      EvaluationSummary(
        EvaluationSummary.Setting(
          model: evaluator.explainer.model, labels: evaluator.explainer.labels, set: set,
          ways: evaluator.ways, metrics: evaluator.metrics, regions: evaluator.regions,
          preset: options.tuning.preset.name,
          preprocessing: evaluator.explainer.preprocessing.description, filters: options.only),
        plans, records, problems))
    if isOwn { journal.remove() }
  }

  /// A photo's key, and what is known of it.
  private struct Known: Sendable {
    let key: String
    let record: PhotoRecord?
  }

  /// What is found on each photo, in order, whatever the order in which it was found.
  private func records(_ journal: EvaluationJournal) throws(DiagnosticError) -> [PhotoRecord] {
    let known = try knownPhotos(journal)
    let open = known.indices.filter { known[$0].record == nil }
    if open.count < known.count, !options.quiet {
      StandardStream.write(
        "resumed: \(known.count - open.count) of \(known.count) photos are done already\n",
        to: .error)
    }
    var records = known.map(\.record)
    var progress = Progress(total: open.count, isQuiet: options.quiet)
    let work = OrderedWork<Result<PhotoRecord, DiagnosticError>>(
      count: open.count, workers: share.jobs)
    try work.run { index in
      Result { () throws(DiagnosticError) in
        let plan = plans[open[index]]
        let record = try evaluator.record(of: plan, bytes: bytes(of: plan))
        return try journal.add(record, key: known[open[index]].key)
      }
    } taking: { index, result throws(DiagnosticError) in
      records[open[index]] = try result.get()
      progress.finish(plans[open[index]].photo.file)
    }
    progress.clear()
    return records.compactMap(\.self)
  }

  private func bytes(of plan: PhotoPlan) throws(DiagnosticError) -> [UInt8] {
    try FileBytes.contents(
      of: set.folder + plan.photo.file, limit: Image.Limits.default.maximumBytes)
  }

  /// Looks every photo up in the journal.
  private func knownPhotos(_ journal: EvaluationJournal) throws(DiagnosticError) -> [Known] {
    var known: [Known] = []
    let work = OrderedWork<Result<Known, DiagnosticError>>(
      count: plans.count, workers: share.jobs)
    try work.run { index in
      Result { () throws(DiagnosticError) in
        let key = EvaluationSettings.key(of: plans[index], bytes: try bytes(of: plans[index]))
        return Known(key: key, record: journal.record(key))
      }
    } taking: { _, result throws(DiagnosticError) in
      known.append(try result.get())
    }
    return known
  }

  /// Tells of the first problems, and how many there are.
  private func tellProblems() {
    guard !options.quiet, !problems.isEmpty else { return }
    let shown = 10
    var text = problems.prefix(shown).map { "\($0)\n" }.joined()
    if problems.count > shown {
      text += "and \(problems.count - shown) more problems, which '--json' lists\n"
    }
    StandardStream.write(text, to: .error)
  }
}
