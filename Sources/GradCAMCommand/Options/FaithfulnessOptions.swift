import ArgumentParser

/// Whether explanations state their own faithfulness.
struct FaithfulnessOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      """
      Also hide the highlighted region, show it alone, and tell what the model says of either and \
      of 6 random regions as large.
      """))
  var faithfulness = false

  /// How many random regions the highlighted one is compared with.
  var randomRegions: Int { faithfulness ? 6 : 0 }
}
