public import ArgumentParser
public import GradCAM

// The library's choices as they are spelled on the command line.

extension ExplainerOptions.Provider: ExpressibleByArgument {}
extension ExplainerOptions.Engine: ExpressibleByArgument {}
extension ExplainerOptions.Precision: ExpressibleByArgument {}
extension BakedWeights: ExpressibleByArgument {}
extension Evidence: ExpressibleByArgument {}
extension MethodParameters.Baseline: ExpressibleByArgument {}
extension ModelInput.Layout: ExpressibleByArgument {}
extension Preprocessing.Geometry: ExpressibleByArgument {}

/// A choice that is spelled by its name.
public protocol NamedChoice: ExpressibleByArgument {
  /// Every choice, in the order of listings.
  static var all: [Self] { get }
  /// The name on the command line.
  var name: String { get }
}

extension NamedChoice {
  /// Reads the choice's name.
  public init?(argument: String) {
    guard let choice = Self.all.first(where: { $0.name == argument }) else { return nil }
    self = choice
  }

  /// The name in help.
  public var defaultValueDescription: String { name }

  /// Every name, for help and completions.
  public static var allValueStrings: [String] { all.map(\.name) }

  /// Completes every name.
  public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

extension Method: NamedChoice {}
extension Preset: NamedChoice {}
extension Fusion: NamedChoice {}
extension Colormap: NamedChoice {}

extension Preprocessing: NamedChoice {
  /// Every preset, in the order of listings.
  public static var all: [Preprocessing] { presets }
}

extension ImageSize: ExpressibleByArgument {
  /// Reads `224x160`, or `224` for a square.
  public init?(argument: String) {
    let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
      .map { Int($0) }
    guard (1...2).contains(sides.count), let width = sides[0], let height = sides[sides.count - 1],
      (1...65536).contains(width), (1...65536).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }
}

/// Numbers with commas between them.
struct NumberList: ExpressibleByArgument {
  /// The numbers.
  let values: [Float]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { part in Float(part.filter { !$0.isWhitespace }) }
    guard values.count == parts.count, values.allSatisfy(\.isFinite) else { return nil }
  }
}

/// The order of a model's channels.
enum ChannelChoice: String, CaseIterable, ExpressibleByArgument {
  case rgb, bgr, gray
}
