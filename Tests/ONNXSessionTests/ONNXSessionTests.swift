import Testing
@testable import ONNXSession
