/// What is wrong with a text of JSON, and where.
struct JSONFault: Error, Hashable {
  /// What is wrong, as a clause.
  let reason: String
  /// The byte at which it shows.
  let offset: Int
}
