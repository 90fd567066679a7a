import Testing

@testable import GradCAM

/// Draws are those of NumPy's `RandomState`, so that they can be made again elsewhere.
@Suite("Seeded draws")
struct SeededDrawsTests {
  @Test("even draws are NumPy's")
  func uniform() {
    var draws = SeededDraws(seed: 7)
    let found = (0..<3).map { _ in draws.uniform() }
    #expect(found == [0.07630828937395717, 0.7799187922401146, 0.4384092314408935])
  }

  @Test("normal draws are NumPy's")
  func normal() {
    var draws = SeededDraws(seed: 7)
    let found = (0..<3).map { _ in draws.normal() }
    let wanted = [1.690525703800356, -0.4659373705408328, 0.0328201636785844]
    for (found, wanted) in zip(found, wanted) { #expect(abs(found - wanted) < 1e-14) }
  }
}
