import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("What long methods cost, and how they are stopped")
struct CostTests {
  private struct Found: Decodable {
    struct Cost: Decodable {
      let method, unit: String
      let passes, batch: Int
    }
    struct Explanation: Decodable {
      let cost: [Cost]?
    }
    let explanations: [Explanation]?
    let cost: [Cost]?
  }

  private let options = ["photo.png", "--preprocess", "imagenet", "--target", "0"]
  private let rise = ["--method", "rise", "--samples", "40", "--cells", "3", "--batch", "16"]

  @Test("The cost stands on standard error once, whatever the number of photos")
  func told() throws {
    let folder = try Pictures()
    let result = try Command.run(
      ["explain", fixture("plain"), "photo.png"] + options + rise + ["--save", "none"],
      in: folder.path)
    #expect(result.code == 0)
    #expect(result.errors == "RISE: 40 masked photos in 3 batches of 16\n")
    let quiet = try Command.run(
      ["explain", fixture("plain")] + options + rise + ["--save", "none", "-q"], in: folder.path)
    #expect(quiet.code == 0 && quiet.errors.isEmpty)
  }

  @Test("The report has it too; a method of one run has none")
  func report() throws {
    let folder = try Pictures()
    func found(_ arguments: [String]) throws -> Found {
      let result = try Command.run(arguments + ["--json", "-q"], in: folder.path)
      #expect(result.code == 0, "\(result.errors)")
      return try JSONDecoder().decode(Found.self, from: result.output)
    }
    let model = fixture("plain")
    let explained = try found(["explain", model] + options + rise + ["--save", "none"])
    let cost = try #require(explained.explanations?[0].cost?[0])
    #expect(cost.method == "RISE" && cost.unit == "masked photos")
    #expect(cost.passes == 40 && cost.batch == 16)
    let plain = try found(["explain", model] + options + ["--save", "none"])
    #expect(plain.explanations?[0].cost == nil)
    let compared = try found(
      ["compare", model] + options + ["-o", "none", "--method", "gradcam"] + rise)
    #expect(compared.cost?.map(\.passes) == [40])
    let models = try found(["compare", model, model] + options + ["-o", "none"] + rise)
    #expect(models.cost?.map(\.passes) == [40])
  }

  @Test("An interrupt ends it between passes, with exit code 130 and nothing written")
  func interrupted() throws {
    let folder = try Pictures()
    let running = try Command.start(
      ["explain", fixture("plain")] + options + [
        "--method", "rise", "--samples", "1000000", "--batch", "4", "--save", "overlay,npy",
      ], in: folder.path)
    try running.wait(forErrors: "RISE: 1000000 masked photos in 250000 batches of 4\n")
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.code == 130)
    #expect(result.errors.contains("\nError: RISE was stopped after "))
    #expect(result.errors.contains("note: nothing was written"))
    #expect(result.text.isEmpty)
    #expect(folder.added.isEmpty)
  }
}
