import Testing
import _TestSupport

@testable import ONNXFormat

@Suite("Element types")
struct ElementTypeTests {
  #if !(os(macOS) && arch(x86_64))
    @Test("decode every half-precision number exactly")
    func float16() {
      for bits in UInt16.min ... .max {
        let expected = Float(Float16(bitPattern: bits))
        let got = Float(float16Bits: bits)
        #expect(expected.isNaN ? got.isNaN : got.bitPattern == expected.bitPattern, "\(bits)")
      }
    }
  #endif

  @Test(
    "decode little-endian bytes as numbers",
    arguments: [
      (.float, [0, 0, 0x80, 0xbf], [-1]), (.double, [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]),
      (.float16, [0x00, 0x3c, 0x00, 0xc0], [1, -2]), (.bfloat16, [0x80, 0x3f], [1]),
      (.int8, [0xff, 0x7f], [-1, 127]), (.uint8, [0xff], [255]), (.bool, [0, 1], [0, 1]),
      (.int16, [0xfe, 0xff], [-2]), (.uint16, [0xfe, 0xff], [65534]),
      (.int32, [0xff, 0xff, 0xff, 0xff], [-1]),
      (.uint32, [0xff, 0xff, 0xff, 0xff], [4_294_967_296]),
      (.int64, [3, 0, 0, 0, 0, 0, 0, 0], [3]), (.uint64, [4, 0, 0, 0, 0, 0, 0, 0], [4]),
      (.float, [0, 0, 0], nil), (.string, [0x61], nil), (.int4, [0x12], nil),
    ] as [(ElementType, [UInt8], [Float]?)])
  func decoding(type: ElementType, bytes: [UInt8], expected: [Float]?) {
    #expect(bytes.withUnsafeBytes { type.floats($0) } == expected)
  }

  @Test("read typed fields as they read raw data")
  func typedFields() throws {
    var tensor = TensorProto()
    tensor.dims = [2]
    for (type, fill, expected) in Self.typed {
      tensor.dataType = type.rawValue
      var filled = tensor
      fill(&filled)
      #expect(try ModelFile(proto: ModelProto()).floats(of: filled) == expected, "\(type)")
    }
  }

  private static let typed: [(ElementType, @Sendable (inout TensorProto) -> Void, [Float])] = [
    (.float, { $0.floatData = [1, -2] }, [1, -2]),
    (.double, { $0.doubleData = [1, -2] }, [1, -2]),
    (.int64, { $0.int64Data = [1, -2] }, [1, -2]),
    (.int32, { $0.int32Data = [1, -2] }, [1, -2]),
    (.int16, { $0.int32Data = [1, -2] }, [1, -2]),
    (.int8, { $0.int32Data = [1, -2] }, [1, -2]),
    (.uint8, { $0.int32Data = [1, 254] }, [1, 254]),
    (.bool, { $0.int32Data = [1, 0] }, [1, 0]),
    (.uint32, { $0.uint64Data = [1, 7] }, [1, 7]),
    (.uint64, { $0.uint64Data = [1, 7] }, [1, 7]),
    (.float16, { $0.int32Data = [0x3c00, 0xc000] }, [1, -2]),
    (.bfloat16, { $0.int32Data = [0x3f80, 0xc000] }, [1, -2]),
  ]
}

/// Numbers into elements.
@Suite("Element types, written")
struct ElementEncodingTests {
  #if !(os(macOS) && arch(x86_64))
    /// Every half, the middles between two, and numbers just beside.
    @Test("round to half precision as the processor does")
    func float16() {
      for bits in UInt16.min ... .max {
        let half = Float(Float16(bitPattern: bits))
        for value in [half, half.nextUp, half.nextDown, (half + half.nextUp) / 2, half * 1.000_244]
        {
          let expected = Float16(value)
          let found = value.float16Bits
          if expected.isNaN {
            #expect(Float(float16Bits: found).isNaN)
          } else if found != expected.bitPattern {
            Issue.record("\(value): \(found), not \(expected.bitPattern)")
          }
        }
      }
    }
  #endif

  @Test(
    "round to the nearest element",
    arguments: [
      (.float, [-1], [0, 0, 0x80, 0xbf]), (.double, [1.5], [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]),
      (.float16, [1, -2], [0x00, 0x3c, 0x00, 0xc0]),
      (.bfloat16, [1, 1.003_906_25, 1.011_718_75], [0x80, 0x3f, 0x80, 0x3f, 0x82, 0x3f]),
      (.uint8, [-3, 2.5, 300], [0, 3, 255]), (.int64, [1], nil),
    ] as [(ElementType, [Float], [UInt8]?)])
  func encoding(type: ElementType, values: [Float], expected: [UInt8]?) {
    #expect(type.bytes(of: values) == expected)
  }
}
