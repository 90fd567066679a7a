/// One way to read the name of a layer that a person wrote.
///
/// The same ways serve every exporter; ``all`` lists them, the strictest first, so that a name
/// that stands in the file always means what stands there.
struct NameReading: Sendable {
  /// What a name means when it is read this way, or nil where it means nothing.
  let find: @Sendable (String, LayerList) -> LayerList.Finding?

  /// | way | written | found |
  /// |---|---|---|
  /// | as it stands | `relu_16`, `/layer4/Relu`, `layer4` | itself |
  /// | a path with indices | `layer4[-1].conv3`, `blocks.-1.norm1` | `layer4.2.conv3` |
  /// | behind a variable | `model.layer4`, `net.module.layer4` | `layer4` |
  /// | the end of a scoped name | `res5_2_bn` | `gpu_0/res5_2_bn` |
  /// | without what exporters append | `conv5_3`, `relu_16` | `gpu_0/conv5_3_2`, `relu_16.tmp_0` |
  /// | below a wrapper | `layer4[-1]` | `module.backbone.layer4.2` |
  /// | a stage of a flat name | `stage4`, `res5` | `resnetv17_stage4_activation2` |
  static let all: [NameReading] = [
    NameReading(find: asWritten),
    NameReading(find: asPath),
    NameReading(find: behindVariable),
    NameReading(find: asTail),
    NameReading(find: withoutEnding),
    NameReading(find: belowWrapper),
    NameReading(find: asStage),
  ]
}

// MARK: - The ways

extension NameReading {
  private static func asWritten(_ name: String, _ list: LayerList) -> LayerList.Finding? {
    let place =
      list.indexByValue[name]
      ?? list.layers.firstIndex { $0.name == name || $0.aliases.contains(name) }
    return place.map(LayerList.Finding.layer)
  }

  private static func asPath(_ name: String, _ list: LayerList) -> LayerList.Finding? {
    guard let path = WrittenPath(name) else { return nil }
    if path.isSlice { return .several }
    return list.modules.resolve(path).map { output(of: $0, list) }
  }

  private static func behindVariable(_ name: String, _ list: LayerList) -> LayerList.Finding? {
    var path = WrittenPath(name)
    while let shorter = path?.withoutWrapper {
      if let module = list.modules.resolve(shorter) { return output(of: module, list) }
      path = shorter
    }
    return nil
  }

  private static func asTail(_ name: String, _ list: LayerList) -> LayerList.Finding? {
    last(in: list) { $0 == name || $0.hasSuffix("/\(name)") ? [$0] : [] }
  }

  private static func withoutEnding(_ name: String, _ list: LayerList) -> LayerList.Finding? {
    last(in: list) { shortened($0).filter { $0 == name || $0.hasSuffix("/\(name)") } }
  }

  /// The last layer that has a name read as the one written, if all that have one read the same.
  private static func last(
    in list: LayerList, reading: (String) -> [String]
  ) -> LayerList.Finding? {
    var found: (place: Int, name: String)?
    for (place, layer) in list.layers.enumerated().reversed() {
      for name in ([layer.name] + layer.aliases).flatMap(reading) {
        if let found, found.name != name { return nil }
        found = found ?? (place, name)
      }
    }
    return found.map { .layer($0.place) }
  }

  private static func belowWrapper(_ name: String, _ list: LayerList) -> LayerList.Finding? {
    var path = WrittenPath(name)
    while let current = path {
      if let module = list.modules.resolve(current, anywhere: true) {
        return output(of: module, list)
      }
      path = current.withoutWrapper
    }
    return nil
  }

  private static func asStage(_ name: String, _ list: LayerList) -> LayerList.Finding? {
    guard name.first?.isLetter == true, name.contains(where: \.isNumber) else { return nil }
    let made = list.layers.enumerated().filter { $1.operatorName != "Input" }
    // What every name begins with is the model's.
    let model = made.dropFirst().reduce(made.first.map { flat($1.name) } ?? "") { common, layer in
      String(zip(common, flat(layer.element.name)).prefix { $0 == $1 }.map(\.0))
    }
    let stems = [name] + model.indices.filter { model[$0] == "_" }.map { model[...$0] + name }
    let place = made.last { _, layer in
      ([layer.name] + layer.aliases).map(flat).contains { whole in
        stems.contains {
          whole.hasPrefix($0) && "_:".contains(whole.dropFirst($0.count).first ?? "-")
        }
      }
    }
    return place.map { .layer($0.offset) }
  }

  private static func output(of module: String, _ list: LayerList) -> LayerList.Finding {
    let value = list.modules.output(of: module)
    return value.flatMap { list.indexByValue[$0] }.map(LayerList.Finding.layer) ?? .notSpatial
  }
}

// MARK: - Flat names

extension NameReading {
  /// What exporters append to a layer's name to name its values; `#` stands for a number.
  private static let endings: [[Substring]] = [
    ":#", ".tmp_#", "_Output_#", "_output_#", "_output", "_fwd", "__#", "_#",
  ].map { ($0 as String).split(separator: "#", omittingEmptySubsequences: false) }

  /// The name without one of the endings that exporters append: `relu_16` for `relu_16.tmp_0`.
  static func shortened(_ name: String) -> [String] {
    endings.compactMap { ending in
      var rest = Substring(name)
      if ending.count == 2 {
        let digits = rest.reversed().prefix { $0.isASCII && $0.isNumber }.count
        if digits == 0 { return nil }
        rest = rest.dropLast(digits)
      }
      guard rest.hasSuffix(ending[0]), rest.count > ending[0].count else { return nil }
      return String(rest.dropLast(ending[0].count))
    }
  }

  /// The part of a name after its scopes.
  private static func flat(_ name: String) -> String {
    name.lastIndex { "/.".contains($0) }.map { String(name[name.index(after: $0)...]) } ?? name
  }
}
