#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A model without its weights: the same bytes, but each large tensor's values are replaced by
/// ONNX external data that points back into the file they came from.
///
/// A graph of a hundred megabytes is then a message of a few ten kilobytes, which is what makes
/// reading, rewriting and starting a session cheap. The refused alternative, decoding the whole
/// message, copies every weight twice.
struct Skeleton {
  /// Values of at least this many bytes are left where they are; smaller ones stay in the
  /// message, because shape inference and constant folding want to see them.
  static let smallestExternal = 1024

  /// Why no skeleton could be made.
  struct Failure: Error, Hashable {
    var fault: WireReader.Fault
    /// The tensor in whose fields the fault lies, if its name is known.
    var tensor: String?
    /// Whether the file had begun like a model.
    var beganAsModel: Bool
  }

  private let bytes: UnsafeRawBufferPointer
  private let location: String
  private var tensor: String?
  private var beganAsModel = false

  /// The skeleton of the model in `bytes`, whose tensors point into the file called `location`.
  static func data(of bytes: UnsafeRawBufferPointer, location: String) throws(Failure) -> Data {
    var skeleton = Skeleton(bytes: bytes, location: location)
    do throws(WireReader.Fault) {
      return Data(try skeleton.message(.model, 0..<bytes.count, budget: 100))
    } catch {
      throw Failure(fault: error, tensor: skeleton.tensor, beganAsModel: skeleton.beganAsModel)
    }
  }

  private init(bytes: UnsafeRawBufferPointer, location: String) {
    self.bytes = bytes
    self.location = location
  }
}

// MARK: - Messages

extension Skeleton {
  /// The messages on the way from a model to its tensors.
  enum Message {
    case model, function, graph, node, attribute, tensor

    /// The message in the field of that number, if tensors can lie in it.
    func child(_ number: Int) -> Message? {
      switch (self, number) {
      case (.model, 7), (.attribute, 6), (.attribute, 11): .graph
      case (.model, 25): .function
      case (.function, 7), (.graph, 1): .node
      case (.graph, 5), (.attribute, 5), (.attribute, 10): .tensor
      case (.node, 5): .attribute
      default: nil
      }
    }
  }

  /// A message's bytes with the tensors in it replaced; fields of no interest are copied.
  private mutating func message(
    _ kind: Message, _ range: Range<Int>, budget: Int
  ) throws(WireReader.Fault) -> [UInt8] {
    guard budget > 0 else { throw .malformed(at: range.lowerBound) }
    if kind == .tensor { return try tensor(range) }
    var result: [UInt8] = []
    var reader = WireReader(bytes, range: range)
    while let field = try reader.next(enters: { kind.child($0) != nil }) {
      if kind == .model, field.number == 1, field.wireType == .varint { beganAsModel = true }
      if field.wireType == .bytes, let child = kind.child(field.number),
        field.payload.count >= Self.smallestExternal || field.payload.upperBound > bytes.count
      {
        let inner = try message(child, field.payload, budget: budget - 1)
        result.appendField(field.number, inner)
      } else {
        result += bytes[field.span]
      }
    }
    return result
  }
}

// MARK: - Tensors

extension Skeleton {
  /// A tensor's bytes with its values replaced, where they are large and stored as they would be
  /// in memory.
  private mutating func tensor(_ range: Range<Int>) throws(WireReader.Fault) -> [UInt8] {
    tensor = nil
    var reader = WireReader(bytes, range: range)
    var fields: [WireReader.Field] = []
    var values: [WireReader.Field] = []
    var type = ElementType.undefined
    var isExternal = false
    while let field = try reader.next() {
      fields.append(field)
      switch (field.number, field.wireType) {
      case (2, .varint):
        type = ElementType(rawValue: Int32(truncatingIfNeeded: reader.value(of: field)))
      case (8, .bytes): tensor = reader.text(of: field)
      case (14, .varint): isExternal = isExternal || reader.value(of: field) == 1
      case (4, _), (5, _), (6, _), (7, _), (9, _), (10, _), (11, _): values.append(field)
      default: break
      }
    }
    tensor = nil
    guard !isExternal, values.count == 1, let field = values.first, field.wireType == .bytes,
      field.payload.count >= Self.smallestExternal, Self.isPlain(field.number, type)
    else { return Array(bytes[range]) }
    var result: [UInt8] = []
    for other in fields where other.number != field.number && other.number != 13 {
      result += bytes[other.span]
    }
    result.appendEntry("location", location)
    result.appendEntry("offset", String(field.payload.lowerBound))
    result.appendEntry("length", String(field.payload.count))
    result.appendVarint(14 << 3)
    result.appendVarint(1)
    return result
  }

  /// Whether the field of that number holds the elements little-endian, one after the other:
  /// raw data does, and so do packed floats and doubles.
  private static func isPlain(_ number: Int, _ type: ElementType) -> Bool {
    switch number {
    case 9: type != .string
    case 4: type == .float
    case 10: type == .double
    default: false
    }
  }
}

// MARK: - Writing the wire format

extension [UInt8] {
  /// Appends a variable-length integer.
  mutating func appendVarint(_ value: Int) {
    var rest = UInt64(bitPattern: Int64(value))
    while rest > 0x7f {
      append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Appends a field of bytes: tag, length, payload.
  mutating func appendField(_ number: Int, _ payload: some Collection<UInt8>) {
    appendVarint(number << 3 | 2)
    appendVarint(payload.count)
    append(contentsOf: payload)
  }

  /// Appends one entry of a tensor's external data.
  fileprivate mutating func appendEntry(_ key: String, _ value: String) {
    var entry: [UInt8] = []
    entry.appendField(1, key.utf8)
    entry.appendField(2, value.utf8)
    appendField(13, entry)
  }
}
