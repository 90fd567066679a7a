public import ArgumentParser
import Dispatch
public import GradCAM
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Answers each line with the milliseconds that doing what it says took, so that another process
/// can let several take turns.
///
/// `plain` infers; `explain 10` explains ten classes at the default layer, `explain 1 layer1` at
/// another, `explain 1 input` at the input. `3 x plain` does something three times, as many at once
/// as there are jobs. `correlation PHOTO` answers with how far its map is that of float32
/// instead.
struct Serve: ParsableCommand {
  @Argument var model: String
  @Option var threads: Int?
  @Option var jobs = 1
  @Option var engine = ExplainerOptions.Engine.onnxRuntime
  @Option var precision = ExplainerOptions.Precision.float32

  func run() throws {
    let explainer = try Explainer(
      Model(contentsOf: model),
      options: ExplainerOptions(threads: threads, engine: engine, precision: precision))
    let input = noise(for: explainer.model)
    print("ready")
    flush()
    while let line = readLine() {
      if line.hasPrefix("correlation ") {
        print(try correlation(explainer, photo: String(line.dropFirst(12))))
      } else {
        rest()
        print(try milliseconds { try answer(line, explainer, input) })
      }
      flush()
    }
  }

  private func answer(_ line: String, _ explainer: Explainer, _ input: FloatTensor) throws {
    var words = line.split(separator: " ").map(String.init)
    guard words.count > 2, words[1] == "x", let count = Int(words[0]) else {
      return try once(words, explainer, input)
    }
    words.removeFirst(2)
    let failure = Mutex<(any Error)?>(nil)
    let begun = Mutex(0)
    let mayBegin = { @Sendable in
      begun.withLock { begun in
        begun += 1
        return begun <= count
      }
    }
    DispatchQueue.concurrentPerform(iterations: jobs) { [words] _ in
      while mayBegin() {
        do { try once(words, explainer, input) } catch { failure.withLock { $0 = error } }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private func once(_ words: [String], _ explainer: Explainer, _ input: FloatTensor) throws {
    switch words.first {
    case "plain": _ = try explainer.probabilities(of: input)
    case "explain":
      let count = words.count > 1 ? Int(words[1]) ?? 1 : 1
      let layer = try explainer.model.layer(named: words.count > 2 ? words[2] : nil)
      let targets = (0..<count).map { Target.class($0) }
      let explanations = try explainer.explanations(of: input, for: targets, at: [layer])
      guard explanations.count == count else { throw ValidationError("not all were explained") }
    default: throw ValidationError("'\(words.joined(separator: " "))' cannot be timed")
    }
  }

  /// Pearson's correlation of the default map with the one that ONNX Runtime makes in float32.
  private func correlation(_ explainer: Explainer, photo: String) throws -> Double {
    var options = ExplanationOptions()
    options.comparesPrecision = true
    let layer = try explainer.model.layer(named: nil)
    let explanation = try explainer.explanations(
      of: Image(contentsOf: photo), for: [.predicted], at: [layer], options: options)[0]
    let measure = explanation.measures.first { $0.name == "correlation with float32" }
    return measure?.value ?? .nan
  }

  private func flush() { fflush(nil) }
}

/// Waits until the threads of whatever ran last are asleep: the runtime's wait for more work with all
/// their might, and two sessions in turn would each run beside the other's.
func rest() { usleep(50_000) }

extension ExplainerOptions.Engine: ExpressibleByArgument {}
extension ExplainerOptions.Precision: ExpressibleByArgument {}
