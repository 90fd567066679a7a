import ArgumentParser
import GradCAM

/// Deletion and insertion of one photo beside as many plain inferences in batches.
struct Metrics: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time deletion and insertion beside as many plain inferences in batches.")

  @Argument var models: [String]
  @Option var runs = 5
  @Option var threads: Int?
  @Option var steps = 50
  @Option var batch = 16

  func run() throws {
    let images = 2 * steps + 1
    print(
      "model                \(images) inferences ms  deletion and insertion ms  ratio"
        + "  (medians of \(runs) runs in turn, batches of \(batch))")
    for path in models {
      let explainer = try Explainer(
        Model(contentsOf: path), options: ExplainerOptions(threads: threads))
      let input = noise(for: explainer.model)
      let values = Array(repeatElement(input.values, count: batch).joined())
      let size = input.values.count
      let map = try explainer.heatmap(of: input, by: .center)
      let metrics = [Metric.deletion, .insertion].map { metric in
        var metric = metric
        (metric.parameters.steps, metric.parameters.batch) = (steps, batch)
        return metric
      }
      var (plain, measured): ([Double], [Double]) = ([], [])
      for index in 0..<runs + 1 {
        rest()
        let first = try milliseconds {
          for start in stride(from: 0, to: images, by: batch) {
            let count = min(batch, images - start)
            try explainer.run(images: Array(values.prefix(count * size)), count: count)
          }
        }
        rest()
        let second = try milliseconds {
          _ = try explainer.scores(of: map, for: .class(0), input: input, metrics: metrics)
        }
        // The first runs load the graphs.
        if index > 0 {
          plain.append(first)
          measured.append(second)
        }
      }
      print(
        path.shortName.padded(20), median(plain).text.padded(-17),
        median(measured).text.padded(-26),
        median(zip(measured, plain).map { $0 / $1 }).text.padded(-6))
    }
  }
}

/// What metrics say of a map made elsewhere, for comparison with other packages.
struct Scores: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what metrics say of a map, a line each: the value, then curves.")

  @Argument var model: String
  @Argument(help: "An '.npy' file with the model's numbers.") var input: String
  @Argument(help: "An '.npy' file with the map, [rows, columns].") var map: String
  @Option var target: Int
  @Option(help: "As 'road noise=0'.") var metric: [String]
  @Option(help: "A box of the class: left, top, right, bottom.") var box: [Double] = []
  @Flag(help: "Whether the map's negative values count.") var signed = false

  func run() throws {
    let explainer = try Explainer(Model(contentsOf: model), preprocessing: .raw)
    let numbers = try FloatTensor(contentsOf: input)
    let map = try explainer.heatmap(
      of: numbers, from: FloatTensor(contentsOf: map), showing: signed ? .both : .for)
    let metrics = try metric.map { try Metric(parsing: $0) }
    let truth =
      box.count == 4
      ? GroundTruth(boxes: [
        PointingGame.Box(left: box[0], top: box[1], right: box[2], bottom: box[3])
      ]) : nil
    let scores = try explainer.scores(
      of: map, for: .class(target), input: numbers, metrics: metrics, truth: truth)
    for score in scores {
      print(
        ([score.value ?? .nan] + score.curves.flatMap(\.values)).map { "\($0)" }
          .joined(separator: " "))
    }
  }
}
