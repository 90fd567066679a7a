import GradCAM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension EvaluationSummary {
  /// Writes everything into a SQLite database: what the report holds, and each photo's scores.
  func writeSQLite(to path: String) throws(DiagnosticError) {
    let temporary = path + ".\(getpid()).tmp"
    unlink(temporary)
    do throws(DiagnosticError) {
      let file = try SQLiteFile(at: temporary)
      try write(into: file)
      try file.finish()
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw .unwritableDatabase(path, reason)
    }
  }

  private func write(into file: SQLiteFile) throws(DiagnosticError) {
    try file.add(
      table: "run", ["key TEXT PRIMARY KEY", "value TEXT"],
      [
        [.text("gradcam"), .text(GradCAMVersion.current)],
        [.text("model"), .text(setting.model.path)],
        [.text("sha256"), .text(try? setting.model.sha256)],
        [.text("annotations"), .text("\(setting.set.kind.rawValue) \(setting.set.source)")],
        [.text("preset"), .text(setting.preset)],
        [.text("preprocessing"), .text(setting.preprocessing)],
      ])
    try file.add(
      table: "ways",
      [
        "id INTEGER PRIMARY KEY", "title TEXT", "method TEXT", "settings TEXT", "layer TEXT",
        "control INTEGER",
      ],
      setting.ways.enumerated().map { id, way in
        [
          .integer(id), .text(way.title), .text(way.name), .text(way.settings),
          .text(way.layers.map(\.name).joined(separator: " ")), .integer(way.isControl ? 1 : 0),
        ]
      })
    try file.add(
      table: "metrics",
      ["id INTEGER PRIMARY KEY", "name TEXT", "settings TEXT", "higher_is_better INTEGER"],
      setting.metrics.enumerated().map { id, metric in
        [
          .integer(id), .text(metric.name), .text(metric.description),
          .integer(metric.direction == .higher ? 1 : 0),
        ]
      })
    try writePhotos(into: file)
    try writeSummaries(into: file)
    try file.add(
      table: "problems",
      ["kind TEXT", "file TEXT", "line INTEGER", "text TEXT", "outcome TEXT"],
      problems.map {
        [
          .text($0.kind.rawValue), .text($0.place.file), .integer($0.place.line), .text($0.text),
          .text($0.outcome.rawValue),
        ]
      })
  }

  private func writePhotos(into file: SQLiteFile) throws(DiagnosticError) {
    var cases: [[SQLiteFile.Field]] = []
    var scores: [[SQLiteFile.Field]] = []
    var shares: [[SQLiteFile.Field]] = []
    for (photo, record) in records.enumerated() {
      for one in record.cases {
        let id = cases.count
        cases.append([
          .integer(id), .integer(photo), .integer(one.classIndex),
          .text(setting.labels?[one.classIndex]), .text(one.title), .number(one.probability),
          .integer(one.rank), .integer(one.holdsCenter.map { $0 ? 1 : 0 }), .number(one.area),
        ])
        for (way, map) in one.maps.enumerated() {
          for (metric, value) in map.values.enumerated() {
            scores.append([.integer(id), .integer(way), .integer(metric), .number(value)])
          }
          for (region, share) in map.regions.enumerated() {
            shares.append([
              .integer(id), .integer(way), .text(setting.regions[region].name), .number(share),
              .number(one.regionAreas[region]),
            ])
          }
        }
      }
    }
    try file.add(
      table: "photos",
      ["id INTEGER PRIMARY KEY", "file TEXT", "predicted INTEGER", "failure TEXT"],
      records.enumerated().map { id, record in
        [.integer(id), .text(record.file), .integer(record.said), .text(record.failure)]
      })
    try file.add(
      table: "cases",
      [
        "id INTEGER PRIMARY KEY", "photo_id INTEGER", "class INTEGER", "label TEXT",
        "annotation TEXT",
        "probability REAL", "rank INTEGER", "holds_centre INTEGER", "area REAL",
      ], cases)
    try file.add(
      table: "scores", ["case_id INTEGER", "way INTEGER", "metric INTEGER", "value REAL"], scores)
    if !setting.regions.isEmpty {
      try file.add(
        table: "region_shares",
        ["case_id INTEGER", "way INTEGER", "region TEXT", "evidence REAL", "area REAL"], shares)
    }
  }

  private func writeSummaries(into file: SQLiteFile) throws(DiagnosticError) {
    try file.add(
      table: "summaries",
      [
        "part TEXT", "class INTEGER", "way INTEGER", "metric INTEGER", "count INTEGER",
        "missing INTEGER", "mean REAL", "low REAL", "high REAL",
      ],
      values.map {
        [
          .text($0.part.name), .integer($0.part.classIndex), .integer($0.way), .integer($0.metric),
          .integer($0.count), .integer($0.missing), .number($0.mean),
          .number($0.interval?.lowerBound), .number($0.interval?.upperBound),
        ]
      })
    try file.add(
      table: "comparisons",
      [
        "part TEXT", "metric INTEGER", "first INTEGER", "second INTEGER", "count INTEGER",
        "difference REAL", "low REAL", "high REAL", "p REAL", "adjusted_p REAL",
      ],
      comparisons.map {
        [
          .text($0.part.name), .integer($0.metric), .integer($0.first), .integer($0.second),
          .integer($0.test.count), .number($0.test.difference),
          .number($0.test.interval.lowerBound), .number($0.test.interval.upperBound),
          .number($0.test.pValue), .number($0.adjusted),
        ]
      })
  }
}
