import ArgumentParser
import GradCAM

/// What is written, where, and in which colours.
struct WritingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The colours of the map; unless given, turbo, or coolwarm where evidence is both."))
  var colormap: Colormap?

  @Option(help: ArgumentHelp("The share of the colours over the photo.", valueName: "0…1"))
  var opacity: Double = 0.5

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      A folder, or for a single file its path, whose extension gives the format (.png, .jpg, \
      .webp), or '-' for standard output. Unless given, the current folder.
      """, valueName: "path"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      What is written, with commas: overlay, heatmap, figure (all targets side by side), npy (the \
      signed map as the layer has it), heatmap-npy (0 to 1, as large as the model's input), \
      gradient-npy, activation-npy; or none. Unless given, overlay, and for several targets \
      the figure too.
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
