/// What executes a graph's operators.
package struct ExecutionProvider: Hashable, Sendable {
  /// The name by which the runtime lists it.
  package let runtimeName: String

  /// The device's number, for providers that have several.
  package let device: Int

  /// The processor; always there.
  package static let cpu = ExecutionProvider(runtimeName: "CPUExecutionProvider", device: 0)

  /// An NVIDIA graphics card, if the runtime was built for them.
  package static func cuda(device: Int = 0) -> ExecutionProvider {
    ExecutionProvider(runtimeName: "CUDAExecutionProvider", device: device)
  }

  /// The name without its ending, in lower case: `cpu`, `cuda`.
  package var name: String { Self.shortName(runtimeName) }

  /// A runtime's name for a provider without its ending, in lower case.
  package static func shortName(_ name: String) -> String {
    let ending = "ExecutionProvider"
    return (name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : name).lowercased()
  }
}
