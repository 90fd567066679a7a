/// What must be known of several maps, each thing said once.
enum NamedNotes {
  /// Each note with the names of the maps that it is said of; alone where that is all of them.
  static func joined(_ maps: [(name: String, notes: [String])]) -> [String] {
    var notes: [String] = []
    for note in maps.flatMap(\.notes) where !notes.contains(note) { notes.append(note) }
    return notes.map { note in
      let holders = maps.filter { $0.notes.contains(note) }
      guard holders.count < maps.count else { return note }
      var names: [String] = []
      for holder in holders where !names.contains(holder.name) { names.append(holder.name) }
      return "\(names.joined(separator: ", ")): \(note)"
    }
  }
}
