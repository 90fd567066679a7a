import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A Chromium without a window, driven by the DevTools protocol over a pipe.
final class Browser {
  /// What went wrong with it.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Where it is installed, or nil.
  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    let places =
      folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
      + ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]
    return places.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  private let process = Process()
  private let folder: URL
  private let commands, answers: FileHandle
  private var received = Data()
  private var lastNumber = 0
  private var session: String?

  /// Opens a file and waits until it is loaded.
  init(opening file: String) throws {
    guard let path = Self.path else { throw Failure(description: "no Chromium is installed") }
    let folder = FileManager.default.temporaryDirectory.appending(path: "browser-\(UUID())")
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let pipes = ["commands", "answers"].map { folder.appending(path: $0).path() }
    for pipe in pipes where mkfifo(pipe, 0o600) != 0 {
      throw Failure(description: "no pipe '\(pipe)'")
    }
    // The browser reads commands from file 3 and writes to 4, which only a shell can give it.
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      ["-c", "exec \"$0\" \"$@\" 3<'\(pipes[0])' 4>'\(pipes[1])'", path]
      + [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--force-device-scale-factor=1", "--remote-debugging-pipe",
        "--user-data-dir=\(folder.appending(path: "profile").path())",
      ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Each waits for the other side, in the shell's order.
    commands = try FileHandle(forWritingTo: URL(filePath: pipes[0]))
    answers = try FileHandle(forReadingFrom: URL(filePath: pipes[1]))
    let target = try call("Target.createTarget", ["url": URL(filePath: file).absoluteString])
    let attached = try call(
      "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    for _ in 0..<300 {
      let isLoaded = try evaluate(
        "location.protocol === 'file:' && document.readyState === 'complete'")
      if isLoaded as? Bool == true { return }
      usleep(50_000)
    }
    throw Failure(description: "'\(file)' was not loaded")
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }
}

// MARK: - Asking

extension Browser {
  /// The value of an expression of JavaScript.
  func evaluate(_ expression: String) throws -> Any? {
    let answer = try call(
      "Runtime.evaluate", ["expression": expression, "returnByValue": true])
    if let thrown = answer["exceptionDetails"] {
      throw Failure(description: "'\(expression)' threw \(thrown)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  /// Presses and lets go a key, such as `ArrowRight`, with its Windows code.
  func press(_ key: String, code: Int) throws {
    for kind in ["keyDown", "keyUp"] {
      _ = try call(
        "Input.dispatchKeyEvent",
        ["type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code])
    }
  }

  /// Moves the mouse to a place of the window.
  func point(x: Double, y: Double) throws {
    _ = try call("Input.dispatchMouseEvent", ["type": "mouseMoved", "x": x, "y": y])
  }

  /// A PNG of a rectangle of the page.
  func screenshot(x: Double, y: Double, width: Double, height: Double) throws -> [UInt8] {
    let clip = ["x": x, "y": y, "width": width, "height": height, "scale": 1]
    let answer = try call("Page.captureScreenshot", ["format": "png", "clip": clip])
    let text = answer["data"] as? String ?? ""
    return Array(Data(base64Encoded: text) ?? Data())
  }

  /// Sends a command and waits for its answer.
  private func call(_ method: String, _ parameters: [String: Any]) throws -> [String: Any] {
    lastNumber += 1
    var message: [String: Any] = ["id": lastNumber, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    try commands.write(contentsOf: JSONSerialization.data(withJSONObject: message) + [0])
    while true {
      let answer = try next()
      guard answer["id"] as? Int == lastNumber else { continue }
      if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  /// The next message, which ends in a zero byte.
  private func next() throws -> [String: Any] {
    while true {
      if let end = received.firstIndex(of: 0) {
        let message = received[..<end]
        received = Data(received[received.index(after: end)...])
        return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
      }
      var waiting = pollfd(fd: answers.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 60_000) > 0 else {
        throw Failure(description: "the browser is silent")
      }
      let bytes = answers.availableData
      guard !bytes.isEmpty else { throw Failure(description: "the browser has ended") }
      received.append(bytes)
    }
  }
}
