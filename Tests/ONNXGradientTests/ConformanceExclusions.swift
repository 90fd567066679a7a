/// Vectors that do not agree, each with the reason.
enum ConformanceExclusions {
  static let all: [String: String] = [:]
}
