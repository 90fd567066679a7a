import Diagnostics
import ONNXGraph

/// A way to find which places of a photo made a target's value.
///
/// Methods are values; the formula of each stands above its code.  Some are written into the
/// model's graph whole; others run the model several times.
///
/// ```swift
/// var method = Method.smoothGrad
/// method.parameters.samples = 100
/// let why = try explainer.explanation(of: photo, using: method)
/// ```
public struct Method: Hashable, Sendable {
  /// The name on the command line and in reports, such as `gradcam`.
  public let name: String
  /// The name in titles, such as `Grad-CAM`.
  public let title: String
  /// Where the method was published.
  public let source: String
  /// What the method's map is made of.
  public let scope: Scope
  /// What it does, in a line.
  public let summary: String
  /// What the model must have for it, in a line; empty where any model serves.
  public let needs: String
  /// The numbers it can be tuned by; those it does not have are nil.
  public var parameters: MethodParameters

  /// What it runs for an image.
  let cost: @Sendable (CostQuestion) -> PassCount
  /// How it is computed.
  let procedure: Procedure

  /// What a method's map is made of.
  public enum Scope: String, CaseIterable, Hashable, Sendable {
    /// The feature maps of a layer: a map at the layer's resolution.
    case layer
    /// The numbers of the input: a value for each of them.
    case input
    /// A layer's map brought to the input and joined with values there.
    case layerAndInput
    /// The photo as a whole, changed here and there; no layer plays a part.
    case photo
  }

  /// How a method is computed.
  enum Procedure: Sendable {
    /// Written after the model's graph for each layer; one run serves all targets.
    case formula(@Sendable (MethodContext) throws(DiagnosticError) -> Term)
    /// Written after the model's graph with gradients of its own choice.
    case graph(@Sendable (GraphContext) throws(DiagnosticError) -> [Term])
    /// A first run of a graph, which gives what is asked for, and then what the method needs.
    case passes(
      first: ExplanationGraph.Wants,
      @Sendable (MethodPasses) throws(DiagnosticError) -> [MethodResult])
  }

  /// Makes a method.
  init(
    name: String, title: String, source: String, scope: Scope = .layer, summary: String = "",
    needs: String = "", parameters: MethodParameters = MethodParameters(),
    cost: @escaping @Sendable (CostQuestion) -> PassCount = { _ in .oneGradient },
    procedure: Procedure
  ) {
    (self.name, self.title, self.source, self.scope) = (name, title, source, scope)
    (self.summary, self.needs, self.parameters) = (summary, needs, parameters)
    (self.cost, self.procedure) = (cost, procedure)
  }

  /// The method of that name, or nil.
  public static func named(_ name: String) -> Method? { all.first { $0.name == name } }
}

extension Method {
  /// Two methods are the same if they have one name and the same parameters.
  public static func == (a: Method, b: Method) -> Bool {
    a.name == b.name && a.parameters == b.parameters
  }

  /// Hashes the name and the parameters.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(parameters)
  }
}
