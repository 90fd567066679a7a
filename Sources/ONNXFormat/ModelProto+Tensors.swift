package import Diagnostics

extension ModelProto {
  /// Gives every tensor of the model to `body` to change: initializers and attributes, also those
  /// in the graphs that attributes hold.
  package mutating func updateTensors(
    _ body: (inout TensorProto) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) {
    try graph.updateTensors(body)
    for index in functions.indices {
      try functions[index].node.updateTensors(body)
    }
  }
}

extension GraphProto {
  /// Gives every tensor of the graph to `body` to change.
  fileprivate mutating func updateTensors(
    _ body: (inout TensorProto) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) {
    for index in initializer.indices { try body(&initializer[index]) }
    try node.updateTensors(body)
  }
}

extension [NodeProto] {
  /// Gives every tensor in the nodes' attributes to `body` to change.
  fileprivate mutating func updateTensors(
    _ body: (inout TensorProto) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) {
    for node in indices {
      for index in self[node].attribute.indices where self[node].attribute[index].holdsTensors {
        try self[node].attribute[index].updateTensors(body)
      }
    }
  }
}

extension AttributeProto {
  /// Whether there is a tensor in it, at any depth.
  fileprivate var holdsTensors: Bool { hasT || hasG || !tensors.isEmpty || !graphs.isEmpty }

  /// Gives every tensor of the attribute to `body` to change.
  fileprivate mutating func updateTensors(
    _ body: (inout TensorProto) throws(DiagnosticError) -> Void
  ) throws(DiagnosticError) {
    if hasT { try body(&t) }
    for index in tensors.indices { try body(&tensors[index]) }
    if hasG { try g.updateTensors(body) }
    for index in graphs.indices { try graphs[index].updateTensors(body) }
  }
}
