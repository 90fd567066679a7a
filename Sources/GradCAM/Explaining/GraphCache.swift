import Diagnostics
import ONNXFormat
import ONNXSession
import Synchronization

/// The graphs an explainer has loaded, each once, as many as memory allows.
///
/// Loading happens under a lock, so that two threads never load the same graph.  Where there are too
/// many, the one that was used longest ago goes, once nobody runs it any more.
final class GraphCache: Sendable {
  /// What a graph was loaded for.
  enum Key: Hashable, Sendable {
    /// An explanation, or what a method of many passes starts from.
    case explanation(ExplanationGraph.Request)
    /// Changes of a value.
    case changed(ChangedGraph.Request)
    /// The model as it is.
    case plain
  }

  private struct Entry {
    let graph: any Sendable
    var lastUse: Int
  }

  private struct Held {
    var entries: [Key: Entry] = [:]
    var uses = 0
  }

  /// How many graphs are held at most.
  let capacity: Int
  private let held = Mutex(Held())
  private let others = Mutex<GraphCache?>(nil)

  /// An empty cache.
  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// The graphs of the explainer in float32 that this one is compared with.
  var compared: GraphCache {
    others.withLock { others in
      let cache = others ?? GraphCache(capacity: capacity)
      others = cache
      return cache
    }
  }

  /// The graph for a key, made where there is none.
  func graph<Graph: Sendable>(
    for key: Key, make: () throws(DiagnosticError) -> Graph
  ) throws(DiagnosticError) -> Graph {
    try held.withLock { held throws(DiagnosticError) in
      held.uses += 1
      if let graph = held.entries[key]?.graph as? Graph {
        held.entries[key]?.lastUse = held.uses
        return graph
      }
      // What goes makes room before the new one takes it.
      while held.entries.count >= capacity,
        let oldest = held.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        held.entries[oldest.key] = nil
      }
      let graph = try make()
      held.entries[key] = Entry(graph: graph, lastUse: held.uses)
      return graph
    }
  }
}

extension Model {
  /// How many loaded graphs may take room at once: what fits into 2 GiB if each copies all weights
  /// and takes 32 MiB beside them, and at least 4, so that what one explanation runs in turn – a
  /// first run, gradients, changes at a layer or two – stays loaded however large the model.
  var graphCapacity: Int {
    let weights = file.proto.graph.initializer.reduce(0) { sum, tensor in
      let bytes = tensor.elementCount.flatMap { tensor.elementType.byteCount(of: $0) } ?? 0
      let (total, isHuge) = sum.addingReportingOverflow(bytes)
      return isHuge ? Int.max >> 1 : total
    }
    return max(4, (1 << 31) / (min(weights, 1 << 40) + (1 << 25)))
  }
}
