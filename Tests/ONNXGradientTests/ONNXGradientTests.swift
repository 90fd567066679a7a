import Testing
@testable import ONNXGradient
