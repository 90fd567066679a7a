import Diagnostics
import ONNXSession
import Synchronization

/// The graphs an explainer has loaded, each once.
///
/// Loading happens under a lock, so that two threads never load the same graph.
final class GraphCache: Sendable {
  private let graphs = Mutex<[ExplanationGraph.Request: ExplanationGraph]>([:])
  private let changed = Mutex<[ChangedGraph.Request: ChangedGraph]>([:])
  private let plain = Mutex<Session?>(nil)
  private let others = Mutex<GraphCache?>(nil)

  /// The graphs of the explainer in float32 that this one is compared with.
  var compared: GraphCache {
    others.withLock { others in
      let cache = others ?? GraphCache()
      others = cache
      return cache
    }
  }

  /// The graph for a request, made where there is none yet.
  func graph(
    for request: ExplanationGraph.Request,
    make: () throws(DiagnosticError) -> ExplanationGraph
  ) throws(DiagnosticError) -> ExplanationGraph {
    try graphs.withLock { graphs throws(DiagnosticError) in
      if let graph = graphs[request] { return graph }
      let graph = try make()
      graphs[request] = graph
      return graph
    }
  }

  /// The graph for a change of a value, made where there is none yet.
  func changedGraph(
    for request: ChangedGraph.Request,
    make: () throws(DiagnosticError) -> ChangedGraph
  ) throws(DiagnosticError) -> ChangedGraph {
    try changed.withLock { graphs throws(DiagnosticError) in
      if let graph = graphs[request] { return graph }
      let graph = try make()
      graphs[request] = graph
      return graph
    }
  }

  /// The session of the model as it is, made where there is none yet.
  func plainSession(
    make: () throws(DiagnosticError) -> Session
  ) throws(DiagnosticError) -> Session {
    try plain.withLock { plain throws(DiagnosticError) in
      if let session = plain { return session }
      let session = try make()
      plain = session
      return session
    }
  }
}
