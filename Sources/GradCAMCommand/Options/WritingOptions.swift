import ArgumentParser
import GradCAM

/// What is written, where, and in which colours.
struct WritingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The colours of the map; unless given, viridis, or coolwarm where evidence is both."))
  var colormap: Colormap?

  @Option(
    help: ArgumentHelp(
      """
      Which bands of a multispectral picture are drawn as red, green and blue, or one in gray; \
      counted from 1. Unless given, the first three.
      """, valueName: "r,g,b"))
  var bands: BandList?

  @Option(help: ArgumentHelp("The share of the colours over the photo.", valueName: "0…1"))
  var opacity: Double = 0.5

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      A folder, or for a single file its path, whose extension gives the format (.png, .jpg, \
      .webp; .svg and .pdf for a figure, .html for a page), or '-' for standard output. Unless given, the current folder.
      """, valueName: "path"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      What is written, with commas: overlay, heatmap, figure (all targets side by side), html (a \
      page to look at them in a browser), npy (the signed map as the layer has it), heatmap-npy \
      (0 to 1, as large as the model's input), gradient-npy, activation-npy, attribution-npy (a \
      value for each number of the input, of methods that have them), classes-npy (the signed maps \
      of '--target all'); or none. Unless given, \
      overlay, and for several targets the figure too.
      """, valueName: "kinds"),
    completion: .list(SavedKind.allCases.map(\.rawValue)),
    transform: SavedKind.list)
  var save: [SavedKind]?

  @Flag(help: "Print a report for machines instead of the table.")
  var json = false

  @Flag(help: "Draw the overlays in the terminal too.")
  var preview = false

  @Flag(name: .shortAndLong, help: "Print neither progress nor notes.")
  var quiet = false
}

/// One band or three, counted from 1.
struct BandList: ExpressibleByArgument {
  /// The bands, counted from 1.
  let numbers: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    numbers = parts.compactMap { Int($0.filter { !$0.isWhitespace }) }
    guard numbers.count == parts.count, [1, 3].contains(numbers.count),
      numbers.allSatisfy({ $0 > 0 })
    else { return nil }
  }

  /// The bands counted from 0, if a model has them.
  func places(in model: Model) throws(DiagnosticError) -> [Int] {
    for number in numbers where number > model.input.channels {
      throw .noSuchBand(number, model)
    }
    return numbers.map { $0 - 1 }
  }
}
