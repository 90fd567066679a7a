import Foundation
import Testing
import _TestSupport

@Suite("Evaluations that are interrupted")
struct EvaluateResumeTests {
  private let outputs = ["-o", "a.html", "-o", "a.csv", "-o", "a.sqlite", "-o", "a.json"]

  /// The bytes of all files that a run writes.
  private func bytes(_ photos: EvaluatedPhotos) throws -> [Data] {
    try ["a.html", "a.csv", "a.sqlite", "a.json"].map {
      try Data(contentsOf: URL(filePath: photos.folder.appending($0)))
    }
  }

  private func run(_ photos: EvaluatedPhotos, _ more: [String]) throws -> Command.Result {
    try Command.run(
      photos.arguments(more), in: photos.path,
      environment: ["XDG_CACHE_HOME": photos.folder.appending("caches")])
  }

  private func lines(_ photos: EvaluatedPhotos, _ name: String) -> [Substring] {
    let text = try? String(contentsOfFile: photos.folder.appending(name), encoding: .utf8)
    return (text ?? "").split(separator: "\n")
  }

  @Test("Results do not depend on how many photos are worked on at once")
  func order() throws {
    let photos = try EvaluatedPhotos(count: 12)
    let metrics = ["--metric", "iou", "--metric", "deletion,steps=8", "--regions"]
    let one = try run(photos, metrics + outputs + ["--jobs", "1"])
    #expect(one.code == 0, "\(one.errors)")
    let first = try bytes(photos)
    let four = try run(photos, metrics + outputs + ["--jobs", "4"])
    #expect(four.output == one.output)
    #expect(try bytes(photos) == first)
    #expect(first[2].starts(with: "SQLite format 3".utf8))
  }

  @Test("A journal that breaks off anywhere is gone on with, and no photo done twice")
  func broken() throws {
    let photos = try EvaluatedPhotos(count: 8)
    let whole = try run(photos, outputs + ["--journal", "j"])
    #expect(whole.code == 0, "\(whole.errors)")
    let wanted = try bytes(photos)
    let journal = try Data(contentsOf: URL(filePath: photos.folder.appending("j")))
    let kept = lines(photos, "j")
    #expect(kept.count == 1 + 8)
    // After the heading, in the midst of a record, after one, before the last break.
    let third = kept.prefix(4).reduce(0) { $0 + $1.utf8.count + 1 }
    for (count, done) in [
      (kept[0].utf8.count + 1, 0), (third, 3), (third + 99, 3), (journal.count - 1, 7),
    ] {
      try journal.prefix(count).write(to: URL(filePath: photos.folder.appending("j")))
      let again = try run(photos, outputs + ["--journal", "j"])
      #expect(again.output == whole.output)
      #expect(try bytes(photos) == wanted)
      let note = "resumed: \(done) of 8 photos are done already\n"
      #expect(again.errors == (done > 0 ? note : ""))
      #expect(lines(photos, "j").count == 1 + 8)
      #expect(lines(photos, "j").prefix(1 + done) == kept.prefix(1 + done))
    }
    // What was changed is not believed.
    var changed = journal
    changed[changed.count - 40] ^= 1
    try changed.write(to: URL(filePath: photos.folder.appending("j")))
    #expect(try run(photos, outputs + ["--journal", "j"]).output == whole.output)
    let other = try run(photos, ["--journal", "j", "--metric", "iou"])
    #expect(other.code == 2)
    #expect(other.errors.hasPrefix("Error: Journal 'j' is of another model, version or options"))
  }

  @Test("kill -9 in the midst: run again, the result is the same to the byte")
  func killed() throws {
    let photos = try EvaluatedPhotos(count: 60)
    let metrics = ["--metric", "insertion,steps=60", "--metric", "iou"]
    let whole = try run(photos, metrics + outputs)
    #expect(whole.code == 0, "\(whole.errors)")
    let wanted = try bytes(photos)
    var wasKilled = false
    for attempt in 0..<5 where !wasKilled {
      let name = "journal-\(attempt)"
      let running = try Command.start(
        photos.arguments(metrics + outputs + ["--journal", name]), in: photos.path)
      while running.process.isRunning, lines(photos, name).count < 4 { usleep(1000) }
      kill(running.process.processIdentifier, SIGKILL)
      let end = try running.finish()
      let done = lines(photos, name).dropFirst().map { $0.split(separator: " ")[1] }
      wasKilled = running.process.terminationReason == .uncaughtSignal && done.count < 60
      let again = try run(photos, metrics + outputs + ["--journal", name])
      #expect(again.output == whole.output)
      #expect(try bytes(photos) == wanted)
      let keys = lines(photos, name).dropFirst().map { $0.split(separator: " ")[1] }
      #expect(keys.count == 60 && Set(keys).count == 60)
      #expect(end.output.isEmpty || !wasKilled)
    }
    #expect(wasKilled)
  }

  @Test(
    "Weights in a file of their own belong to the model: where they change, nothing is believed")
  func weights() throws {
    let photos = try EvaluatedPhotos(count: 3)
    let files = FileManager.default
    for name in ["external.onnx", "external.onnx.data"] {
      try files.copyItem(
        atPath: fixture("external").replacing("external.onnx", with: name),
        toPath: photos.folder.appending(name))
    }
    let arguments = [
      "evaluate", "external.onnx", ".", "--labels", "five.txt", "--journal", "j", "-o", "a.json",
    ]
    #expect(try Command.run(arguments, in: photos.path).code == 0)
    #expect(try Command.run(arguments, in: photos.path).errors.hasPrefix("resumed: 3 of 3"))
    let weights = URL(filePath: photos.folder.appending("external.onnx.data"))
    var data = try Data(contentsOf: weights)
    data[data.count / 2] ^= 1
    try data.write(to: weights)
    let changed = try Command.run(arguments, in: photos.path)
    #expect(changed.code == 2)
    #expect(changed.errors.contains("'j'") && !changed.errors.contains("resumed"))
  }

  @Test("A journal among the caches goes once the result is there, and stays without")
  func caches() throws {
    let photos = try EvaluatedPhotos(count: 3)
    let folder = photos.folder.appending("caches/gradcam/evaluate")
    _ = try run(photos, outputs)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    let failed = try run(photos, ["-o", "photo.png/a.csv"])
    #expect(failed.code == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    let again = try run(photos, outputs)
    #expect(again.errors == "resumed: 3 of 3 photos are done already\n")
    let barred = try Command.run(
      photos.arguments(), in: photos.path,
      environment: ["XDG_CACHE_HOME": photos.folder.appending("photo.png")])
    #expect(barred.code == 2)
    #expect(barred.errors.contains("help: name another with '--journal FILE'"))
  }
}
