import CSQLite
import GradCAM

/// A SQLite database that is written once, from its first table to its last row.
///
/// The same tables and rows give the same bytes.
final class SQLiteFile {
  private let database: OpaquePointer?
  private let path: String

  /// A value of a row.
  enum Field {
    case null
    case integer(Int)
    case number(Double)
    case text(String)

    /// A number, or null.
    static func number(_ value: Double?) -> Field { value.map { .number($0) } ?? .null }
    /// A text, or null.
    static func text(_ value: String?) -> Field { value.map { .text($0) } ?? .null }
    /// A whole number, or null.
    static func integer(_ value: Int?) -> Field { value.map { .integer($0) } ?? .null }
  }

  /// Begins a database in a file that is not there.
  init(at path: String) throws(DiagnosticError) {
    self.path = path
    var database: OpaquePointer?
    let code = sqlite3_open_v2(
      path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    self.database = database
    guard code == SQLITE_OK else { throw fault }
    // The file is new and gets its name once it is whole, so nothing needs to be rolled back.
    try run("PRAGMA journal_mode = OFF")
    try run("PRAGMA synchronous = OFF")
    try run("BEGIN")
  }

  deinit { sqlite3_close_v2(database) }

  /// What SQLite said last.
  private var fault: DiagnosticError {
    .unwritableDatabase(path, database.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory")
  }

  /// Runs a statement without values.
  func run(_ statement: String) throws(DiagnosticError) {
    guard sqlite3_exec(database, statement, nil, nil, nil) == SQLITE_OK else { throw fault }
  }

  /// Makes a table and fills it.
  ///
  /// - Parameter columns: names with their types, such as `mean REAL`; names are the command's own.
  func add(
    table: String, _ columns: [String], _ rows: some Sequence<[Field]>
  ) throws(DiagnosticError) {
    try run("CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    var statement: OpaquePointer?
    guard
      sqlite3_prepare_v2(
        database, "INSERT INTO \(table) VALUES (\(places))", -1, &statement, nil) == SQLITE_OK
    else { throw fault }
    defer { sqlite3_finalize(statement) }
    for row in rows {
      for (index, field) in row.enumerated() { bind(field, Int32(index + 1), statement) }
      guard sqlite3_step(statement) == SQLITE_DONE else { throw fault }
      sqlite3_reset(statement)
    }
  }

  private func bind(_ field: Field, _ place: Int32, _ statement: OpaquePointer?) {
    switch field {
    case .null: sqlite3_bind_null(statement, place)
    case .integer(let value): sqlite3_bind_int64(statement, place, Int64(value))
    case .number(let value): sqlite3_bind_double(statement, place, value)
    case .text(let value):
      // SQLite copies what it is told is transient.
      let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      sqlite3_bind_text(statement, place, value, Int32(value.utf8.count), transient)
    }
  }

  /// Ends the database; nothing is added after.
  func finish() throws(DiagnosticError) { try run("COMMIT") }
}
