#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

package import Diagnostics

extension ModelFile {
  /// Where the values of large tensors are to be.
  package enum WeightPlacement: Sendable {
    /// In the file where they were in the file; outside where they were outside.
    case kept
    /// In the file.
    case inside
    /// In one file beside it.
    case beside
    /// In the files that they are in.
    case original
  }

  /// Writes the model under a temporary name, lets it be looked at, and gives it its name.
  ///
  /// - Parameters:
  ///   - path: another than the model's own.
  ///   - look: is handed the file as it was read back; where it throws, nothing is left, and what
  ///     stood at the path stays.
  package func write(
    to path: String, weights placement: WeightPlacement,
    look: (ModelFile) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) {
    if let real = MappedFile.resolved(path),
      let own = files.values.map(\.realPath).first(where: {
        $0 == real
      }) ?? (file?.realPath == real ? real : nil)
    {
      throw .ownFile(own)
    }
    let plan = try WeightPlan(placement, of: self, to: path)
    let folder = path.parentFolder
    let mark = ".\(path.lastPathComponent).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let hidden = folder.appending(component: mark + ".partial")
    guard plan.movesAny else {
      defer { unlink(hidden) }
      try writeSkeleton(plan, to: hidden)
      try look(try ModelFile(contentsOf: hidden))
      guard rename(hidden, path) == 0 else { throw .unwritable(path, errno) }
      return
    }
    // Both files get their names at once, in a folder of their own.
    guard mkdir(hidden, 0o777) == 0 else { throw .unwritable(path, errno) }
    let written = hidden.appending(component: path.lastPathComponent)
    let data = hidden.appending(component: plan.dataName)
    defer {
      unlink(written)
      unlink(data)
      rmdir(hidden)
    }
    try writeSkeleton(plan, to: written, data: data)
    try look(try ModelFile(contentsOf: written))
    let dataPath = folder.appending(component: plan.dataName)
    guard rename(data, dataPath) == 0 else { throw .unwritable(dataPath, errno) }
    guard rename(written, path) == 0 else { throw .unwritable(path, errno) }
  }

  private func writeSkeleton(
    _ plan: WeightPlan, to path: String, data: String? = nil
  ) throws(DiagnosticError) {
    let moved = try data.map { data throws(DiagnosticError) in try AtomicFile(data) }
    var proto = proto
    try proto.updateTensors { tensor throws(DiagnosticError) in
      guard let external = tensor.external else { return }
      switch plan.places[external.location] ?? .inside {
      case .inside: break
      case .at(let location): tensor.external?.location = location
      case .moved:
        guard let moved else { return }
        // A page, so that the values can be mapped on their own.
        try moved.pad(toMultipleOf: 4096)
        let new = ExternalData(
          location: plan.dataName, offset: moved.count, length: external.length)
        try copy(external, to: moved)
        tensor.external = new
      }
    }
    let message = try replacingProto(proto).sessionData()
    let inside = plan.inside
    let splice = try message.withBytes { bytes throws(DiagnosticError) in
      do throws(WireReader.Fault) {
        return try Splice.whole(of: bytes) { inside.contains($0.location) }
      } catch {
        throw .unwritableModel(name, "\(error)")
      }
    }
    let file = try AtomicFile(path)
    try append(splice, to: file)
    try moved?.finish()
    try file.finish()
  }
}

/// Where the values of each file that a model has its weights in are put.
struct WeightPlan {
  /// Where the values of one file go.
  enum Place {
    case inside
    case at(String)
    case moved
  }

  /// By the location they have.
  private(set) var places: [String: Place] = [:]
  /// The file that values are moved to.
  let dataName: String

  /// Decides for each file.
  init(
    _ placement: ModelFile.WeightPlacement, of model: ModelFile, to path: String
  ) throws(DiagnosticError) {
    dataName = path.lastPathComponent + ".data"
    var sizes: [String: Int] = [:]
    var proto = model.proto
    try proto.updateTensors { tensor throws(DiagnosticError) in
      guard let external = tensor.external else { return }
      sizes[external.location, default: 0] += external.length ?? 0
    }
    let folder = MappedFile.resolved(path.parentFolder) ?? path.parentFolder
    for location in sizes.keys {
      guard let file = model.files[location] else { continue }
      let isOwn = file.realPath == model.file?.realPath
      let near: Place? =
        file.realPath.lies(in: folder)
        ? .at(
          String(
            decoding: file.realPath.utf8.dropFirst(folder == "/" ? 1 : folder.utf8.count + 1),
            as: UTF8.self)) : nil
      switch placement {
      case .kept: places[location] = isOwn ? .inside : near ?? .moved
      case .inside: places[location] = .inside
      case .beside: places[location] = .moved
      case .original:
        guard let near else { throw .weightsElsewhere(file.path, folder: path.parentFolder) }
        places[location] = near
      }
    }
    let total = inside.reduce(0) { $0 + (sizes[$1] ?? 0) }
    // What protobuf's readers take, less what the graph needs; and no place twice.
    let isLarge = total > Int(Int32.max) - (1 << 26)
    for location in inside where isLarge || pointed.contains(location) {
      places[location] = .moved
    }
  }

  /// The locations whose values go into the file.
  var inside: Set<String> {
    Set(places.compactMap { if case .inside = $1 { $0 } else { nil } })
  }

  private var pointed: Set<String> {
    Set(places.values.compactMap { if case .at(let location) = $0 { location } else { nil } })
  }

  /// Whether there is a file that values are moved to.
  var movesAny: Bool {
    places.values.contains { if case .moved = $0 { true } else { false } }
  }
}
