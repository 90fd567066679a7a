import ONNXGraph

extension MethodContext {
  /// The first principal component of maps [T, K, H, W] over their places: [T, H, W].
  ///
  ///     X = K × places, each row centred        M = v₁ᵀ X, v₁ᵀ X Xᵀ v₁ the largest
  ///
  /// by the matrix of products on the smaller side, in float64.  The sign is the one with which
  /// the map and the sum of the maps correlate.
  func principalComponent(of maps: Term) -> Term {
    let rows = maps.reshaped([-1, channels, placeCount]).cast(to: .double)
    let centred = rows - rows.mean([2])
    let turned = centred.transposed([0, 2, 1])
    let component: Term
    if channels <= placeCount {
      let first = centred.times(matrix: turned).firstEigenvector(size: channels)
      component = first.transposed([0, 2, 1]).times(matrix: centred)
    } else {
      let products = turned.times(matrix: centred)
      let first = products.firstEigenvector(size: placeCount)
      let length = first.transposed([0, 2, 1]).times(matrix: products).times(matrix: first)
      component = (first * length.rectifiedDouble.squareRoot).transposed([0, 2, 1])
    }
    return signed(component, like: rows)
  }

  /// The most places whose kernel matrix is computed: 128 MiB in float64.
  static let kernelLimit = 4096

  /// The first component by kernel principal component analysis with a sigmoid kernel.
  ///
  ///     κ = tanh(XᵀX / K + 1), κ' = κ − row means − column means + mean        M = √λ₁ u₁
  var kernelComponent: Term {
    let rows = activation.reshaped([-1, channels, placeCount]).cast(to: .double)
    let centred = rows - rows.mean([2])
    let products = centred.transposed([0, 2, 1]).times(matrix: centred)
    let kernel = (products / Float(channels) + 1).apply("Tanh")
    let means = kernel.mean([2])
    let matrix = kernel - means - means.transposed([0, 2, 1]) + means.mean([1])
    let first = matrix.firstEigenvector(size: placeCount)
    let value = first.transposed([0, 2, 1]).times(matrix: matrix).times(matrix: first)
    let component = (first * value.rectifiedDouble.squareRoot).transposed([0, 2, 1])
    return signed(component, like: rows)
  }

  /// A component [T, 1, places] as maps, turned so that it correlates with the sum of rows.
  private func signed(_ component: Term, like rows: Term) -> Term {
    let product = (component * rows.sum([1])).sum([2])
    let sign = 2 * product.mask(atLeast: 0) - 1
    return (component * sign).cast(to: .float).reshaped([-1] + sides)
  }
}

extension Term {
  /// The larger of the values and 0; ONNX Runtime's Relu takes float64 only in newer sets.
  fileprivate var rectifiedDouble: Term { (self + magnitude) * 0.5 }

  /// The eigenvectors [T, size, 1] of the largest eigenvalues of symmetric matrices
  /// [T, size, size] in float64, each of length 1.
  ///
  /// A large matrix is first reduced to its Krylov space of ``krylovSize`` dimensions.
  fileprivate func firstEigenvector(size: Int) -> Term {
    guard size > Self.squaredLimit else { return squaredEigenvector(size: size) }
    let basis = krylovBasis(size: size)
    let turned = basis.transposed([0, 2, 1])
    let small = basis.times(matrix: self).times(matrix: turned)
    return turned.times(matrix: small.squaredEigenvector(size: Self.krylovSize)).normalized
  }

  /// Sides up to which a matrix is squared as a whole.
  private static var squaredLimit: Int { 256 }
  /// Dimensions of the Krylov space: eigenvalues apart by 0.3 % of the range are told apart.
  private static var krylovSize: Int { 128 }
  /// Squarings: eigenvalues apart by one part in 100,000 are told apart.
  private static var squaringCount: Int { 21 }

  /// By squaring: (B / |B| + 1)^(2^n) keeps the eigenvector of the largest eigenvalue alone.
  ///
  /// The unit matrix is added because a kernel may have negative eigenvalues of larger magnitude.
  private func squaredEigenvector(size: Int) -> Term {
    let unit = (0..<size * size).map { Float($0 % (size + 1) == 0 ? 1 : 0) }
    let norm = (self * self).sum([1, 2]).squareRoot + .leastNormalMagnitude
    var power = self / norm + builder.constant(unit, shape: [1, size, size], type: type)
    for _ in 0..<Self.squaringCount {
      power = power.times(matrix: power)
      power = power / (power.magnitude.maximum([1, 2]) + .leastNormalMagnitude)
    }
    return power.times(matrix: builder.start(size, shape: [1, size, 1], type: type)).normalized
  }

  /// An orthonormal basis [T, krylovSize, size] of the space of x, Bx, B²x, …, by Lanczos'
  /// iteration in which each vector is made orthogonal to all before it, twice.
  private func krylovBasis(size: Int) -> Term {
    let count = Self.krylovSize
    let start = builder.start(size, shape: [1, 1, size], type: type).times(matrix: self)
    let places = builder.integers(Array(0..<count), shape: [count, 1])
    let small = builder.scalar(.leastNormalMagnitude, type: type)
    let names = "\(builder.prefix)krylov/\(name)/"
    let body = [
      ("MatMul", ["vector", name], "image"), ("Equal", [places.name, "step"], "here"),
      ("Cast", ["here"], "mark"), ("Mul", ["mark", "vector"], "row"),
      ("Add", ["basis", "row"], "grown"), ("Transpose", ["grown"], "turned"),
      ("MatMul", ["image", "turned"], "shares_0"), ("MatMul", ["shares_0", "grown"], "part_0"),
      ("Sub", ["image", "part_0"], "rest_0"),
      ("MatMul", ["rest_0", "turned"], "shares_1"), ("MatMul", ["shares_1", "grown"], "part_1"),
      ("Sub", ["rest_0", "part_1"], "rest"), ("Transpose", ["rest"], "column"),
      ("MatMul", ["rest", "column"], "square"), ("Sqrt", ["square"], "root"),
      ("Add", ["root", small.name], "length"), ("Div", ["rest", "length"], "next"),
    ]
    return builder.loop(
      count, states: [("basis", sliced(1, from: 0, to: count) * 0), ("vector", start.normalized)],
      results: ["grown", "next"], names: names, nodes: body)[0]
  }

  /// Rows or columns [T, …] divided by their lengths.
  private var normalized: Term {
    self / ((self * self).sum([1, 2]).squareRoot + .leastNormalMagnitude)
  }
}
