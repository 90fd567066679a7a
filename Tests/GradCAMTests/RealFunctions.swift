#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// e to the power of x.
func exponential(_ x: Double) -> Double { exp(x) }

/// The hyperbolic tangent of x.
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// The cosine of x.
func cosine(_ x: Double) -> Double { cos(x) }
