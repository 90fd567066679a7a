import Dispatch
import Foundation
import ONNXFormat
import Synchronization
import Testing
import _TestSupport

@testable import GradCAM

@Suite("Optimised graphs kept in a folder")
struct GraphFolderTests {
  private static let network = "Networks/resnet18-torchscript"

  /// What one process would say of the network's first input, with graphs kept in a folder.
  private static func explained(
    in folder: GraphFolder?, layer: String? = nil, model path: String? = nil
  ) throws -> Explanation {
    let (plain, input) = try FixtureNetwork.load(network)
    var options = ExplainerOptions(threads: 1)
    options.graphFolder = folder
    let size = plain.model.input.size
    let model = try path.map { try Model(contentsOf: $0, size: size) } ?? plain.model
    // A model of its own, which has hashed nothing yet.
    let own = try Model(contentsOf: model.path, size: size)
    let explainer = try Explainer(own, preprocessing: .raw, options: options)
    return try explainer.explanations(
      of: input, at: [own.layer(named: layer)])[0]
  }

  private static func entries(_ folder: GraphFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "hashes" }
      .sorted()
  }

  private static func isAlike(_ a: Explanation, _ b: Explanation) -> Bool {
    a.logits == b.logits && a.rawMap == b.rawMap
      && a.provenance.map(\.value) == b.provenance.map(\.value)
  }

  @Test("The second process reads what the first kept, and says the same to the bit")
  func kept() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = GraphFolder(temporary.path + "/deep/cache")
    let plain = try Self.explained(in: nil)
    let first = try Self.explained(in: folder)
    #expect(Self.isAlike(plain, first))
    #expect(first.notes == plain.notes)
    let names = try Self.entries(folder)
    #expect(names.count == 1 && names[0].count == 64)
    let second = try Self.explained(in: folder)
    #expect(Self.isAlike(plain, second))
    #expect(second.notes == plain.notes)
    #expect(try Self.entries(folder) == names)
  }

  @Test("Another layer, and a model of other contents, are other entries")
  func keys() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = GraphFolder(temporary.path + "/cache")
    let copy = temporary.path + "/model.onnx"
    let original = Fixtures.path(Self.network + "/model.onnx")
    try FileManager.default.copyItem(atPath: original, toPath: copy)
    let before = try Self.explained(in: folder, model: copy)
    _ = try Self.explained(in: folder, layer: "layer3", model: copy)
    #expect(try Self.entries(folder).count == 2)
    // A weight changes in its place.
    let stored = try Model(contentsOf: copy).original.proto.graph.initializer
    let place = try #require(stored.lazy.compactMap(\.external).first?.offset)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
    bytes[place] ^= 0x08
    try bytes.write(to: URL(fileURLWithPath: copy))
    let after = try Self.explained(in: folder, model: copy)
    #expect(
      before.provenance.first { $0.key == "Model SHA-256" }?.value
        != after.provenance.first { $0.key == "Model SHA-256" }?.value)
    #expect(try Self.entries(folder).count == 3)
  }

  @Test(
    "What is damaged is found out and made anew, with a note",
    arguments: ["graph.onnx", "graph.bin", "sums"], [false, true])
  func damage(file: String, isCut: Bool) throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = GraphFolder(temporary.path + "/cache")
    let first = try Self.explained(in: folder)
    let entry = try Self.entries(folder)[0]
    let url = URL(fileURLWithPath: "\(folder.path)/\(entry)/\(file)")
    var bytes = try Data(contentsOf: url)
    if isCut { bytes.removeLast(7) } else { bytes[bytes.count / 2] ^= 0x10 }
    try bytes.write(to: url)
    let second = try Self.explained(in: folder)
    #expect(Self.isAlike(first, second))
    #expect(second.notes.contains { $0.contains("was damaged; it was made anew") })
    let third = try Self.explained(in: folder)
    #expect(Self.isAlike(first, third))
    #expect(third.notes == first.notes)
    #expect(try Self.entries(folder) == [entry])
  }

  @Test("Half an entry that a crash left is never read, and goes after an hour")
  func crash() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = GraphFolder(temporary.path + "/cache")
    let files = FileManager.default
    let (old, new) = (folder.path + "/.partial-old", folder.path + "/.partial-new")
    for place in [old, new] {
      try files.createDirectory(atPath: place, withIntermediateDirectories: true)
      try Data("half".utf8).write(to: URL(fileURLWithPath: place + "/graph.onnx"))
    }
    try files.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: old)
    _ = try Self.explained(in: folder)
    #expect(!files.fileExists(atPath: old))
    #expect(files.fileExists(atPath: new))
  }

  @Test("Where entries pass the limit, the one used longest ago goes")
  func limit() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    var folder = GraphFolder(temporary.path + "/cache")
    let files = FileManager.default
    var names: [String] = []
    for (age, layer) in zip([300.0, 200, 100], ["layer4", "layer3", "layer2"]) {
      _ = try Self.explained(in: folder, layer: layer)
      let name = try #require(try Self.entries(folder).first { !names.contains($0) })
      names.append(name)
      try files.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)],
        ofItemAtPath: folder.path + "/" + name)
    }
    // Read again, the oldest is the newest.
    _ = try Self.explained(in: folder, layer: "layer4")
    let sizes = try ["graph.onnx", "graph.bin"].map { file in
      try names.map { name in
        try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)/\(file)")).count
      }.max() ?? 0
    }
    folder.limit = sizes.reduce(0, +) * 3 + 1000
    _ = try Self.explained(in: folder, layer: "layer1")
    let left = try Self.entries(folder)
    #expect(left.count == 3)
    #expect(left.contains(names[0]) && !left.contains(names[1]) && left.contains(names[2]))
  }

  @Test("Where nothing can be kept, explaining goes on with a note")
  func unkept() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let plain = try Self.explained(in: nil)
    let file = temporary.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    for folder in [GraphFolder(file + "/cache"), GraphFolder(temporary.path + "/small", limit: 10)]
    {
      let explanation = try Self.explained(in: folder)
      #expect(Self.isAlike(plain, explanation))
      #expect(
        explanation.notes.contains { $0.hasPrefix("the optimised graph could not be stored") })
    }
    #expect(try Self.entries(GraphFolder(temporary.path + "/small")).isEmpty)
  }

  @Test("Several at once keep one entry and agree")
  func concurrent() throws {
    let temporary = TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = GraphFolder(temporary.path + "/cache")
    let plain = try Self.explained(in: nil)
    let outcomes = Mutex<[Result<Explanation, any Error>]>([])
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      let outcome = Result { try Self.explained(in: folder) }
      outcomes.withLock { $0.append(outcome) }
    }
    for outcome in outcomes.withLock({ $0 }) {
      let explanation = try outcome.get()
      #expect(Self.isAlike(plain, explanation))
      #expect(explanation.notes == plain.notes)
    }
    #expect(try Self.entries(folder).count == 1)
  }

  @Test("The user's cache folder is the system's, or else below the home folder")
  func customary() {
    let path = GraphFolder.customary.path
    #expect(path.hasSuffix("/gradcam"))
    let given = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"]
    #expect(given == nil ? path.hasSuffix("/.cache/gradcam") : !path.isEmpty)
  }
}
