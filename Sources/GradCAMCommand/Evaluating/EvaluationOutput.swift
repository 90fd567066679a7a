import GradCAM
import Imaging

/// A kind of file that a summary is written as.
enum EvaluationOutput {
  case page, table, database, report

  /// The kind that a path's extension names; nil for none.
  init?(_ path: String) {
    let path = path.lowercased()
    let kinds: [(suffixes: [String], kind: EvaluationOutput)] = [
      ([".html", ".htm"], .page), ([".csv"], .table), ([".sqlite", ".sqlite3", ".db"], .database),
      ([".json"], .report),
    ]
    guard let found = kinds.first(where: { $0.suffixes.contains { path.hasSuffix($0) } }) else {
      return nil
    }
    self = found.kind
  }

  /// Writes a summary, into a folder that is made where it is not there.
  func write(_ summary: EvaluationSummary, to path: String) throws(DiagnosticError) {
    try OutputPlace.file(path).make()
    switch self {
    case .page:
      try AtomicFile.write(Array(EvaluationPage(summary).html().utf8), to: path)
    case .table: try AtomicFile.write(Array(summary.csv.utf8), to: path)
    case .database: try summary.writeSQLite(to: path)
    case .report: try AtomicFile.write(Array((summary.json.text() + "\n").utf8), to: path)
    }
  }
}
