import Foundation
import GradCAM
import Testing
import _TestSupport

@Suite("Help")
struct HelpTests {
  /// Every subcommand, and none.
  static let commands = [
    "gradcam", "explain", "layers", "methods", "compare", "bake", "evaluate", "diff", "check",
    "doctor",
  ]

  @Test("Help is what 'Tests/Fixtures/Help' holds, word for word", arguments: commands)
  func help(_ command: String) throws {
    let result = try Command.run((command == "gradcam" ? [] : [command]) + ["--help"])
    let wanted = String(decoding: try Fixtures.data("Help/\(command).txt"), as: UTF8.self)
    #expect(result.text == wanted)
    #expect(result.errors.isEmpty)
    #expect(result.code == 0)
  }

  @Test("Examples in help fit into 80 columns", arguments: commands)
  func width(_ command: String) throws {
    let text = String(decoding: try Fixtures.data("Help/\(command).txt"), as: UTF8.self)
    let long = text.split(separator: "\n").filter { $0.count > 80 }
    #expect(long.isEmpty)
  }

  @Test("The command alone shows its help")
  func alone() throws {
    let result = try Command.run([])
    #expect(try result.output == Fixtures.data("Help/gradcam.txt"))
    #expect(result.code == 0)
  }

  @Test("--version tells the version")
  func version() throws {
    let result = try Command.run(["--version"])
    #expect(result.text == GradCAMVersion.current + "\n")
    #expect(result.code == 0)
  }

  @Test("Completions for every shell", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let result = try Command.run(["--generate-completion-script", shell])
    #expect(result.code == 0)
    for word in ["explain", "evaluate", "coolwarm", "imagenet-squash", "top:3", "heatmap-npy"] {
      #expect(result.text.contains(word), "\(word)")
    }
  }
}
