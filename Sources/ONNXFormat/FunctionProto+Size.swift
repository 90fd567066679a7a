import SwiftProtobuf

extension FunctionProto {
  /// How many bytes the function takes in a file; nil where it cannot be written.
  package var encodedSize: Int? {
    let bytes: [UInt8]? = try? serializedBytes()
    return bytes?.count
  }
}
