import Diagnostics
import ONNXFormat
import ONNXGradient
import ONNXGraph
import ONNXSession
import Testing
import _TestSupport

/// ONNX's own test vectors: what the format's makers say an operator gives.
///
/// `make test` writes them; where the `onnx` package cannot be had there are none, and the suite
/// says so.
@Suite(
  .enabled(
    if: ConformanceVector.stamp != nil,
    Comment(rawValue: ConformanceVector.absence)))
struct ConformanceTests {
  @Test("Every vector is read, shaped and computed, and its gradient is the slope")
  func vectors() throws {
    var tally = ConformanceTally()
    for vector in try ConformanceVector.all() {
      try tally.count(vector)
    }
    print(tally.summary)
    #expect(tally.failures.isEmpty, "\(tally.failures.sorted().joined(separator: "\n"))")
    let unused = tally.unusedExclusions
    #expect(unused.isEmpty, "these agree and need no exclusion: \(unused)")
    #expect(tally.slopes > 300)
  }
}

/// What became of each vector.
struct ConformanceTally {
  private(set) var read = 0
  private(set) var shaped = 0
  private(set) var computed = 0
  private(set) var slopes = 0
  /// Why a vector took no part in a step, with how many.
  private(set) var left: [String: Int] = [:]
  private(set) var failures: [String] = []
  private var excluded: Set<String> = []

  /// Exclusions of vectors that exist and pass without.
  var unusedExclusions: [String] {
    ConformanceExclusions.all.keys.filter { !excluded.contains($0) }.sorted()
  }

  var summary: String {
    let lines = left.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" }
    return """
      conformance: \(read) vectors read, \(shaped) with the shapes inferred, \(computed) with the \
      outputs expected, \(slopes) with the gradient's slope
      \(lines.joined(separator: "\n"))
      """
  }

  /// Takes a vector through the steps, each needing the one before.
  mutating func count(_ vector: ConformanceVector) throws {
    do {
      let model: ModelFile
      do {
        model = try vector.model
      } catch let error as DiagnosticError where error.message.contains("7 or later") {
        left["not read: older than operator set 7", default: 0] += 1
        return
      }
      read += 1
      let run = try ConformanceRun(vector, model)
      if let failure = run.shapeFailure {
        fail(vector.name, "shape: \(failure)")
      } else {
        shaped += 1
      }
      guard let found = run.outputs else {
        left["not run: \(run.refusal)", default: 0] += 1
        return
      }
      if let failure = try run.valueFailure(found) {
        return fail(vector.name, "values: \(failure)")
      }
      computed += 1
      switch try run.slope() {
      case .agrees: slopes += 1
      case .left(let reason): left["no slope: \(reason)", default: 0] += 1
      case .differs(let reason): fail(vector.name, "slope: \(reason)")
      }
    } catch {
      fail(vector.name, "\(error)")
    }
  }

  private mutating func fail(_ name: String, _ text: String) {
    if let reason = ConformanceExclusions.all[name] {
      excluded.insert(name)
      left["excluded: \(reason)", default: 0] += 1
    } else {
      failures.append("\(name): \(text)")
    }
  }
}
