import Foundation
import _TestSupport

/// The built command, run as anybody would run it.
enum Command {
  /// What a run gave.
  struct Result {
    let output: Data
    let errors: String
    let code: Int32

    /// Standard output as text.
    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// A run that has begun.
  struct Running {
    let process: Process
    fileprivate let scratch: TemporaryFolder

    /// Waits until a text stands on standard error.
    func wait(forErrors text: String) throws {
      while process.isRunning, try !errors.contains(text) { usleep(10_000) }
    }

    /// Waits for the end.
    func finish() throws -> Result {
      process.waitUntilExit()
      return Result(
        output: try data("output"), errors: try errors, code: process.terminationStatus)
    }

    private var errors: String {
      get throws { String(decoding: try data("errors"), as: UTF8.self) }
    }

    private func data(_ name: String) throws -> Data {
      try Data(contentsOf: URL(filePath: scratch.appending(name)))
    }
  }

  /// Runs the command to its end.
  static func run(
    _ arguments: [String], in folder: String? = nil, input: Data = Data(),
    environment: [String: String] = [:]
  ) throws -> Result {
    try start(arguments, in: folder, input: input, environment: environment).finish()
  }

  /// Starts the command.
  ///
  /// Help is wrapped at 80 columns, and nothing of the caller's environment but what finds
  /// libraries is passed on.
  static func start(
    _ arguments: [String], in folder: String? = nil, input: Data = Data(),
    environment: [String: String] = [:]
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    var variables = ["COLUMNS": "80"]
    for name in ["PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "GRADCAM_ORT"] {
      variables[name] = ProcessInfo.processInfo.environment[name]
    }
    process.environment = variables.merging(environment) { $1 }
    let scratch = TemporaryFolder()
    let files = try ["input", "output", "errors"].map { name -> FileHandle in
      try scratch.write(name == "input" ? Array(input) : [], to: name)
      let url = URL(filePath: scratch.appending(name))
      return try name == "input" ? FileHandle(forReadingFrom: url) : FileHandle(forWritingTo: url)
    }
    process.standardInput = files[0]
    process.standardOutput = files[1]
    process.standardError = files[2]
    try process.run()
    return Running(process: process, scratch: scratch)
  }

  /// The command beside the test bundle.
  private static let path: String = {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ""
    let parts = bundle.split(separator: "/", omittingEmptySubsequences: false)
    let end = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.endIndex
    return (parts[..<end] + ["gradcam"]).joined(separator: "/")
  }()
}

/// The path of a model among the fixtures.
func fixture(_ name: String) -> String { Fixtures.path("Models/\(name).onnx") }

/// Two images of numbers, which all tiny models take.
let numbers = Fixtures.path("Models/Shared/input.npy")
