import ArgumentParser
import GradCAM

/// An input beside the image and what it is fed, as `NAME=FILE.npy` or `NAME=0.5`.
struct FedInput: ExpressibleByArgument {
  /// The input's name.
  let name: String
  /// A file's path or a number.
  private let word: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      return nil
    }
    name = String(argument[..<equals])
    word = String(argument[argument.index(after: equals)...])
    guard !word.isEmpty else { return nil }
  }

  /// What it is fed.
  func value() throws(DiagnosticError) -> InputValue {
    switch word.lowercased() {
    case "true": return true
    case "false": return false
    default: break
    }
    if let number = Double(word), number.isFinite { return .constant(number) }
    guard FileKind(at: word) != .nothing else { throw .noInput(word) }
    return .tensor(try NumericTensor(contentsOf: word))
  }
}
