#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

import SwiftProtobuf

/// A message whose bytes lie partly in memory and partly in files: the way back from a skeleton to
/// the whole model, without having the whole in memory.
struct Splice {
  /// A run of bytes.
  enum Piece {
    case bytes([UInt8])
    case external(ExternalData)

    /// How many bytes there are.
    var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .external(let external): external.length ?? 0
      }
    }
  }

  /// The runs, in order.
  private(set) var pieces: [Piece] = []

  /// How many bytes there are in all.
  private(set) var count = 0

  init(pieces: [Piece] = []) { pieces.forEach { append($0) } }

  private mutating func append(_ piece: Piece) {
    count += piece.count
    if case .bytes(let bytes) = piece, case .bytes(let last) = pieces.last {
      pieces[pieces.count - 1] = .bytes(last + bytes)
    } else {
      pieces.append(piece)
    }
  }

  /// Appends a field whose payload is another splice.
  private mutating func appendField(_ number: Int, _ payload: Splice) {
    var head: [UInt8] = []
    head.appendVarint(number << 3 | 2)
    head.appendVarint(payload.count)
    append(.bytes(head))
    payload.pieces.forEach { append($0) }
  }
}

// MARK: - Putting values back

extension Splice {
  /// The whole of the model whose skeleton is in `bytes`: every tensor with external data has its
  /// values inline, as raw data, unless they are to stay outside.
  static func whole(
    of bytes: UnsafeRawBufferPointer, including isIncluded: (ExternalData) -> Bool = { _ in true }
  ) throws(WireReader.Fault) -> Splice {
    try message(.model, bytes, 0..<bytes.count, isIncluded)
  }

  private static func message(
    _ kind: Skeleton.Message, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>,
    _ isIncluded: (ExternalData) -> Bool
  ) throws(WireReader.Fault) -> Splice {
    if kind == .tensor { return try tensor(bytes, range, isIncluded) }
    var result = Splice()
    var reader = WireReader(bytes, range: range)
    var plain = range.lowerBound
    while let field = try reader.next() {
      guard field.wireType == .bytes, let child = kind.child(field.number) else { continue }
      let inner = try message(child, bytes, field.payload, isIncluded)
      // What holds no external data stays part of the run of plain bytes.
      guard inner.pieces.count > 1 else { continue }
      result.append(.bytes(Array(bytes[plain..<field.start])))
      result.appendField(field.number, inner)
      plain = field.span.upperBound
    }
    result.append(.bytes(Array(bytes[plain..<range.upperBound])))
    return result
  }

  private static func tensor(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ isIncluded: (ExternalData) -> Bool
  ) throws(WireReader.Fault) -> Splice {
    guard let tensor = try? TensorProto(serializedBytes: Data(bytes[range])),
      let external = tensor.external, isIncluded(external)
    else { return Splice(pieces: [.bytes(Array(bytes[range]))]) }
    var head: [UInt8] = []
    var tail: [UInt8] = []
    var reader = WireReader(bytes, range: range)
    while let field = try reader.next() {
      switch field.number {
      case 9, 13, 14: break
      case ..<9: head += bytes[field.span]
      default: tail += bytes[field.span]
      }
    }
    head.appendVarint(9 << 3 | 2)
    head.appendVarint(external.length ?? 0)
    return Splice(pieces: [.bytes(head), .external(external), .bytes(tail)])
  }
}
