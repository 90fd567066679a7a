import ArgumentParser

/// What is told of an engine's precision.
struct PrecisionOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      """
      Also explain in float32 on ONNX Runtime, and tell how far each map correlates with that one.
      """))
  var comparePrecision = false
}
