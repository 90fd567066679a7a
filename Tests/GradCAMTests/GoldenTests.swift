import Testing

@testable import GradCAM

@Suite("Goldens")
struct GoldenTests {
  private static let all = (try? Golden.all()) ?? []

  @Test("There are goldens of every method")
  func count() throws {
    #expect(try Golden.all().count > 200)
    #expect(Set(Self.all.map(\.method)).count == 35)
  }

  @Test("Methods say what their references say", arguments: all)
  func agrees(golden: Golden) throws {
    let method = try #require(golden.tunedMethod)
    let preset = try #require(Preset.named(golden.preset))
    let why = try golden.explanation(using: method, preset: preset)
    let (found, wanted) = (try golden.values(of: why), try golden.values())
    try #require(found.count == wanted.count)
    let error = Self.difference(found, wanted, golden)
    #expect(error <= 1e-4, "\(golden) is off by \(error)")
    for (name, value) in golden.measures ?? [:] {
      let measured = try #require(why.measures.first { $0.name == name }?.value)
      #expect(abs(measured - value) <= 1e-4, "\(golden): \(name) \(measured), not \(value)")
    }
  }

  /// The largest difference of maps whose largest absolute value is made one, where they are not
  /// compared as they are.
  private static func difference(_ a: [Float], _ b: [Float], _ golden: Golden) -> Float {
    let isScaled = golden.absolute != true && [.map, .attribution].contains(golden.kind)
    let scales = [a, b].map { values in
      isScaled ? max(values.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude) : 1
    }
    func largest(_ sign: Float) -> Float {
      zip(a, b).reduce(0) { max($0, abs(sign * $1.0 / scales[0] - $1.1 / scales[1])) }
    }
    return golden.upToSign == true ? min(largest(1), largest(-1)) : largest(1)
  }
}
