#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// e to the power of x.
func exponential(_ x: Float) -> Float { expf(x) }

/// The natural logarithm of x.
func logarithm(_ x: Double) -> Double { log(x) }
