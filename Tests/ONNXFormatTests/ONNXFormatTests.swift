import Testing
@testable import ONNXFormat
