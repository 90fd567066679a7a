/// Where something stands: a file and a line of it.
package struct SourcePlace: Hashable, Sendable, CustomStringConvertible {
  /// The file, relative to the data set's folder where it lies in it.
  package let file: String
  /// The line, counted from 1; nil for the file as a whole.
  package let line: Int?

  /// A place.
  package init(file: String, line: Int? = nil) {
    (self.file, self.line) = (file, line)
  }

  /// As compilers write it: `instances.json:12`.
  package var description: String { line.map { "\(file):\($0)" } ?? file }
}
