#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension AttributeProto {
  /// The numbers that tell which field of an attribute is set.
  package enum Kind {
    package static let float: Int32 = 1
    package static let int: Int32 = 2
    package static let string: Int32 = 3
    package static let tensor: Int32 = 4
    package static let graph: Int32 = 5
    package static let floats: Int32 = 6
    package static let ints: Int32 = 7
    package static let strings: Int32 = 8
  }

  /// An integer attribute.
  package init(_ name: String, _ value: Int) {
    self.init(name, Kind.int) { $0.i = Int64(value) }
  }

  /// A list of integers.
  package init(_ name: String, _ values: [Int]) {
    self.init(name, Kind.ints) { $0.ints = values.map(Int64.init) }
  }

  /// A float attribute.
  package init(_ name: String, _ value: Float) {
    self.init(name, Kind.float) { $0.f = value }
  }

  /// A list of floats.
  package init(_ name: String, _ values: [Float]) {
    self.init(name, Kind.floats) { $0.floats = values }
  }

  /// A text attribute.
  package init(_ name: String, _ value: String) {
    self.init(name, Kind.string) { $0.s = Data(value.utf8) }
  }

  /// A tensor attribute.
  package init(_ name: String, _ value: TensorProto) {
    self.init(name, Kind.tensor) { $0.t = value }
  }

  private init(_ name: String, _ kind: Int32, _ fill: (inout AttributeProto) -> Void) {
    self.init()
    self.name = name
    self.type = kind
    fill(&self)
  }
}
