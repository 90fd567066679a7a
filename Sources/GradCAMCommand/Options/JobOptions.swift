import ArgumentParser

/// How many photos are worked on at once.
struct JobOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Photos at once, each with its share of the cores; unless given, one a core and eight at most \
      for a folder, and one for methods of many passes.
      """, valueName: "n"))
  var jobs: Int?

  func validate() throws {
    guard let jobs else { return }
    guard (1...1024).contains(jobs) else {
      throw ValidationError("'--jobs \(jobs)' is not between 1 and 1024")
    }
  }
}
