import Diagnostics
import ONNXFormat

/// Writes out a model's calls of its own functions, so that rules and shapes see their nodes.
///
/// A function of another operator set than the model's stays a call where the set's version could
/// matter, for the same operator may mean something else there.
struct FunctionInlining {
  /// The most nodes that calls may be written out to; the largest exports have some thousands.
  static let nodeLimit = 1 << 17
  /// The most bytes of copied nodes.
  static let byteLimit = 1 << 28
  /// How deep calls may nest.
  static let depthLimit = 64

  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  private let functions: [Key: FunctionProto]
  private let sizes: [Key: Int]
  private var names: NameScope
  private var nodesLeft = Self.nodeLimit
  private var bytesLeft = Self.byteLimit
  /// The functions being written out, outermost first.
  private var open: [Key] = []

  /// Writes out all calls; the functions go.
  static func apply(to model: inout ModelProto) throws(DiagnosticError) {
    guard !model.functions.isEmpty else { return }
    var pass = FunctionInlining(model)
    let before = model.graph.node
    model.graph.node = try pass.inlined(before)
    let called = Set(model.graph.node.flatMap(\.calledDomains))
    for function in pass.functions.values {
      for needed in function.opsetImport
      where !model.opsetImport.contains(where: { $0.domain.normal == needed.domain.normal }) {
        model.opsetImport.append(needed)
      }
    }
    // A function that is still called somewhere stays, with all it may call.
    if called.isDisjoint(with: model.functions.map(\.domain.normal)) { model.functions = [] }
  }

  private init(_ model: ModelProto) {
    var functions: [Key: FunctionProto] = [:]
    for function in model.functions where Self.fits(function, model) {
      let key = Key(
        domain: function.domain.normal, name: function.name, overload: function.overload)
      functions[key] = functions[key] ?? function
    }
    self.functions = functions
    sizes = functions.mapValues { $0.encodedSize ?? .max }
    names = NameScope(of: model.graph)
  }

  /// Whether a function's nodes mean the same in the model's own operator sets.
  private static func fits(_ function: FunctionProto, _ model: ModelProto) -> Bool {
    function.opsetImport.allSatisfy { needed in
      let own = model.opsetImport.first { $0.domain.normal == needed.domain.normal }
      return own.map { $0.version == needed.version } ?? true
    }
  }
}

// MARK: - Writing out

extension FunctionInlining {
  /// Nodes with their calls written out, also in the graphs they hold.
  private mutating func inlined(_ nodes: [NodeProto]) throws(DiagnosticError) -> [NodeProto] {
    var result: [NodeProto] = []
    result.reserveCapacity(nodes.count)
    for node in nodes {
      let key = Key(domain: node.domain.normal, name: node.opType, overload: node.overload)
      if let function = functions[key] {
        result += try body(of: function, key, for: node)
      } else {
        var node = node
        try node.updateSubgraphs { graph throws(DiagnosticError) in
          graph.node = try inlined(graph.node)
        }
        result.append(node)
      }
    }
    return result
  }

  /// A function's nodes as a call means them.
  private mutating func body(
    of function: FunctionProto, _ key: Key, for call: NodeProto
  ) throws(DiagnosticError) -> [NodeProto] {
    guard !open.contains(key) else { throw .recursiveFunction(function) }
    nodesLeft -= function.node.count
    let (left, overflow) = bytesLeft.subtractingReportingOverflow(sizes[key] ?? .max)
    bytesLeft = left
    guard nodesLeft >= 0, !overflow, bytesLeft >= 0, open.count < Self.depthLimit else {
      throw .hugeFunctions(limit: Self.nodeLimit)
    }
    let label = call.name.isEmpty ? call.output(at: 0) ?? call.opType : call.name
    var renamed: [String: String] = [:]
    for (place, name) in function.input.enumerated() { renamed[name] = call.input(at: place) ?? "" }
    let made = function.node.flatMap(\.madeNames)
    let ownOutputs = Set(function.node.flatMap(\.output))
    var copies: [(from: String, to: String)] = []
    for (place, name) in function.output.enumerated() {
      guard let actual = call.output(at: place) else { continue }
      // A result that is an input or stands twice among the results is copied.
      if ownOutputs.contains(name), renamed[name] == nil {
        renamed[name] = actual
      } else {
        copies.append((name, actual))
      }
    }
    for name in made where renamed[name] == nil { renamed[name] = names.fresh("\(label)/\(name)") }
    var nodes = function.node
    for index in nodes.indices {
      nodes[index].rename(renamed)
      nodes[index].bindAttributes(of: call, defaults: function.attributeProto)
      nodes[index].name = names.fresh(
        "\(label)/\(nodes[index].name.isEmpty ? nodes[index].opType : nodes[index].name)")
      if nodes[index].metadataProps.isEmpty { nodes[index].metadataProps = call.metadataProps }
    }
    for copy in copies {
      let source = renamed[copy.from] ?? copy.from
      nodes.append(
        NodeProto("Identity", [source], [copy.to], name: names.fresh("\(label)/\(copy.to)")))
    }
    open.append(key)
    defer { open.removeLast() }
    return try inlined(nodes)
  }
}

extension NodeProto {
  /// Gives attributes that stand for a function's the values of a call, else their defaults;
  /// without either they go.
  fileprivate mutating func bindAttributes(of call: NodeProto, defaults: [AttributeProto]) {
    attribute = attribute.compactMap { attribute in
      guard !attribute.refAttrName.isEmpty else { return attribute }
      guard
        var bound = call.attribute(attribute.refAttrName)
          ?? defaults.first(where: { $0.name == attribute.refAttrName })
      else { return nil }
      bound.name = attribute.name
      return bound
    }
    updateSubgraphs { graph in
      for index in graph.node.indices {
        graph.node[index].bindAttributes(of: call, defaults: defaults)
      }
    }
  }

  /// The domains of the node and of the nodes in the graphs it holds.
  fileprivate var calledDomains: [String] {
    [domain.normal] + subgraphs.flatMap { $0.node.flatMap(\.calledDomains) }
  }
}

extension String {
  /// A domain by one of its names.
  fileprivate var normal: String { self == "ai.onnx" ? "" : self }
}
