public import ArgumentParser
public import GradCAM

// The library's choices as they are spelled on the command line.

extension ExplainerOptions.Provider: ExpressibleByArgument {}
extension Evidence: ExpressibleByArgument {}
extension ModelInput.Layout: ExpressibleByArgument {}
extension Preprocessing.Geometry: ExpressibleByArgument {}

extension Method: ExpressibleByArgument {
  public init?(argument: String) {
    guard let method = Method.named(argument) else { return nil }
    self = method
  }

  public var defaultValueDescription: String { name }

  public static var allValueStrings: [String] { all.map(\.name) }
}

extension Fusion: ExpressibleByArgument {
  public init?(argument: String) {
    guard let fusion = Self.all.first(where: { $0.name == argument }) else { return nil }
    self = fusion
  }

  public var defaultValueDescription: String { name }

  public static var allValueStrings: [String] { all.map(\.name) }
}

extension Colormap: ExpressibleByArgument {
  public init?(argument: String) { self.init(named: argument) }

  public var defaultValueDescription: String { name }

  public static var allValueStrings: [String] { all.map(\.name) }
}

extension Preprocessing: ExpressibleByArgument {
  public init?(argument: String) {
    guard let preset = Self.preset(argument) else { return nil }
    self = preset
  }

  public var defaultValueDescription: String { name }

  public static var allValueStrings: [String] { presets.map(\.name) }
}

extension ImageSize: ExpressibleByArgument {
  /// `224x160`, or `224` for a square.
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
