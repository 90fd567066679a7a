import ArgumentParser
import GradCAM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One run of `gradcam bake`.
struct BakeRun {
  let options: Bake

  init(_ options: Bake) { self.options = options }

  /// Writes the file and tells what it is.
  func run() throws(DiagnosticError) {
    let model = try options.graph.model(options.model, size: options.inputSize)
    let labels = try options.labels.map { name throws(DiagnosticError) in
      name == "imagenet" ? Labels.imageNet : try Labels(contentsOf: name)
    }
    let baked = try model.baking(
      options.method, for: try target(), at: options.question.layer,
      options: BakingOptions(
        evidence: options.question.evidence ?? .for, fusion: options.question.fuse,
        size: options.size.size, values: options.numbers.values), labels: labels)
    let check = try baked.write(
      to: options.output, weights: options.weights, verifying: options.verify)
    StandardStream.write(
      options.json ? report(baked, check).text() + "\n" : text(baked, check), to: .output)
  }

  /// What the words on the command line mean.
  private func target() throws(DiagnosticError) -> BakedTarget {
    let question = options.question
    guard question.target.contains("input") else { return .fixed(try question.targets()) }
    guard question.target.count == 1, question.ratherThan == nil else { throw .inputTargetAlone }
    return .input
  }
}

// MARK: - Telling

extension BakeRun {
  private func text(_ baked: BakedModel, _ check: BakedCheck?) -> String {
    var table = TextTable([("", .left), ("", .left)])
    table.add(["output", "\(baked.heatmap)"])
    if let name = baked.targetName {
      let otherwise = baked.needsTarget ? "-1 for the predicted" : "-1 or nothing for the predicted"
      table.add(["input", "'\(name)': int64, a class for each image, \(otherwise)"])
    }
    for (key, value) in baked.properties {
      let name = key.split(separator: ".").dropFirst(2).joined(separator: " ")
      table.add([name, value])
    }
    if let check {
      table.add(["verified", Self.words(check, baked)])
    }
    let notes = options.quiet ? [] : baked.notes + Self.notes(check)
    let marked = notes.map { TextStyle.yellow("note:", on: .output) + " \($0)\n" }
    return "\(options.output)  \(size)\n" + table.lines.dropFirst().map { "  \($0)\n" }.joined()
      + marked.joined()
  }

  /// The size of the file, such as `97.9 MB`.
  private var size: String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: options.output)
    let size = attributes?[.size]
    let bytes = Double((size as? UInt64) ?? UInt64(clamping: (size as? Int) ?? 0))
    return bytes < 1e6
      ? "\(Decimal.text(bytes / 1e3, digits: 1)) kB" : "\(Decimal.text(bytes / 1e6, digits: 1)) MB"
  }

  private static func words(_ check: BakedCheck, _ baked: BakedModel) -> String {
    let outputs = check.isIdentical ? "outputs as before to the bit" : "outputs as before"
    let unit = baked.options.values == .bytes ? " levels" : ""
    let batches = check.batches.map(String.init).joined(separator: " and ")
    return "\(outputs), heatmap within \(check.heatmapDifference)\(unit) of explain's, "
      + "\(batches) at once"
  }

  private static func notes(_ check: BakedCheck?) -> [String] {
    guard let check, !check.isIdentical else { return [] }
    return [
      "the runtime fuses operators otherwise than in the plain model, which moves its outputs by up "
        + "to \(check.outputDifference); without fusions they are the same to the bit"
    ]
  }

  private func report(_ baked: BakedModel, _ check: BakedCheck?) -> JSONValue {
    .object([
      ("file", .text(options.output)), ("output", .text(baked.outputName)),
      ("target", .text(baked.targetName)),
      (
        "heatmap",
        .object([
          ("type", .text(baked.heatmap.typeName)),
          ("shape", .array((baked.heatmap.sides ?? []).map { .text($0) })),
        ])
      ),
      ("properties", .object(baked.properties.map { ($0.key, .text($0.value)) })),
      (
        "verified",
        check.map { check in
          .object([
            ("batches", .array(check.batches.map { .integer($0) })),
            ("outputs", .array(check.outputs.map { .text($0) })),
            ("isIdentical", .bool(check.isIdentical)),
            ("outputDifference", .number(check.outputDifference)),
            ("heatmapDifference", .number(check.heatmapDifference)),
          ])
        } ?? .null
      ),
      ("notes", .array((baked.notes + Self.notes(check)).map { .text($0) })),
      ("versions", Versions.json),
    ])
  }
}
