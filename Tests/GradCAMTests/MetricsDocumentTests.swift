import Foundation
import Testing
import _TestSupport

@testable import GradCAM

@Suite("The page of metrics")
struct MetricsDocumentTests {
  /// `GRADCAM_WRITE=1 swift test --filter MetricsDocumentTests` writes it anew.
  @Test("METRICS.md lists every metric as it is")
  func document() throws {
    let path = Fixtures.folder + "/../../METRICS.md"
    let page = try String(contentsOfFile: path, encoding: .utf8)
    let parts = page.components(separatedBy: "<!-- metrics -->\n")
    let rest = try #require(parts.last?.components(separatedBy: "<!-- /metrics -->"))
    let expected =
      parts[0] + "<!-- metrics -->\n" + Self.table + "<!-- /metrics -->"
      + rest.dropFirst().joined()
    if ProcessInfo.processInfo.environment["GRADCAM_WRITE"] == "1" {
      try expected.write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      #expect(page == expected)
    }
  }

  private static let table: String = {
    let needs: [Metric.Needs: String] = [
      .map: "the map", .truth: "boxes or a mask", .passes: "passes", .explaining: "explanations",
    ]
    let rows = Metric.all.map { metric in
      let need =
        metric.passCount == 1
        ? "1 pass"
        : (metric.passCount > 0 ? "\(metric.passCount) " : "") + (needs[metric.needs] ?? "")
      let parameters = metric.parameters.entries.filter { $0.name != "batch" }
        .map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      return "| `\(metric.name)` | \(metric.summary) | \(metric.direction.rawValue) "
        + "| \(need) | \(parameters.isEmpty ? "–" : parameters) "
        + "| \(metric.source) |"
    }
    return """

      | metric | what it measures | better | needs | numbers | source |
      |---|---|---|---|---|---|
      \(rows.joined(separator: "\n"))


      """
  }()
}
