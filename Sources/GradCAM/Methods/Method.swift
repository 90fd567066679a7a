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
  /// The name in titles, such as `Grad-CAM`, with the smoothing asked for.
  public var title: String { isEigenSmoothed ? "\(ownTitle), eigen-smoothed" : ownTitle }
  /// Where the method was published.
  public let source: String
  /// What the method's map is made of.
  public let scope: Scope
  /// What it does, in a line.
  public let summary: String
  /// What the model must have for it, in a line; empty where any model serves.
  public let needs: String
  /// Whether its map tells what speaks for the target from what speaks against it; if not, it only
  /// tells how much a place matters.
  public let isSigned: Bool
  /// The numbers it can be tuned by; those it does not have are nil.
  public var parameters: MethodParameters

  /// Whether the first principal component stands for the sum over channels; see ``eigenSmoothed``.
  public var isEigenSmoothed = false

  /// Whether the gradient at a layer plays a part.
  public let usesGradient: Bool
  /// Whether the map is a sum over channels, which principal-component smoothing can replace.
  public let sumsChannels: Bool

  /// How the method joins layers by itself; nil where that is the caller's choice.
  public let fusion: Fusion?

  private let ownTitle: String
  /// Whether several targets may share a run.
  let servesSeveralTargets: Bool
  /// What it runs for an image.
  let cost: @Sendable (CostQuestion) -> PassCount
  /// How the first run's gradient at the input passes activations.
  let inputRules: GradientRules
  /// What the first run of a method of many passes gives as maps.
  private let mapFormula: Formula?
  /// F: where the gradient is the same at all places, the map is Σ_k g_k F_k, linear in the target.
  /// Nil for a map that is not.
  let evenFeatures: (@Sendable (MethodContext) -> Term)?
  /// How it is computed.
  let procedure: Procedure
  /// The map [T, H, W] of a method of passes as one graph, for those that can be one.
  let graphMap: (@Sendable (GraphContext) throws(DiagnosticError) -> Term)?

  /// A map of a layer's feature maps and gradient.
  typealias Formula = @Sendable (MethodContext) throws(DiagnosticError) -> Term

  /// What a method's map is made of.
  public enum Scope: String, CaseIterable, Hashable, Sendable {
    /// The feature maps of a layer: a map at the layer's resolution.
    case layer
    /// The numbers of the input: a value for each of them, or for each place.
    case input
    /// A layer's map brought to the input and joined with values there.
    case layerAndInput
    /// The photo as a whole, changed here and there; no layer plays a part.
    case photo
  }

  /// How a method is computed.
  enum Procedure: Sendable {
    /// Written after the model's graph for each layer; one run serves all targets.
    case formula(Formula)
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
    needs: String = "", usesGradient: Bool = true, sumsChannels: Bool = false,
    fusion: Fusion? = nil, servesSeveralTargets: Bool = true,
    parameters: MethodParameters = MethodParameters(), isSigned: Bool = true,
    inputRules: GradientRules = .true, mapFormula: Formula? = nil,
    evenFeatures: (@Sendable (MethodContext) -> Term)? = nil,
    cost: @escaping @Sendable (CostQuestion) -> PassCount = { _ in .oneGradient },
    graphMap: (@Sendable (GraphContext) throws(DiagnosticError) -> Term)? = nil,
    procedure: Procedure
  ) {
    (self.name, ownTitle, self.source, self.scope) = (name, title, source, scope)
    (self.summary, self.needs, self.parameters) = (summary, needs, parameters)
    (self.isSigned, self.inputRules, self.mapFormula) = (isSigned, inputRules, mapFormula)
    (self.usesGradient, self.sumsChannels) = (usesGradient, sumsChannels)
    (self.fusion, self.servesSeveralTargets) = (fusion, servesSeveralTargets)
    (self.evenFeatures, self.cost, self.graphMap) = (evenFeatures, cost, graphMap)
    self.procedure = procedure
  }

  /// The method of that name, or nil.
  public static func named(_ name: String) -> Method? { all.first { $0.name == name } }
}

extension Method: CustomStringConvertible {
  /// The name with the parameters that shape the result, such as `smoothgrad samples=25 noise=0.15`.
  public var description: String {
    let entries = parameters.entries.filter { $0.name != "batch" }
    let words = entries.map { "\($0.name)=\($0.value)" } + (isEigenSmoothed ? ["eigen-smooth"] : [])
    return ([name] + words).joined(separator: " ")
  }
}

extension Method {
  /// The formula of the maps that the graph of a first run gives.
  var layerFormula: Formula? {
    if case .formula(let formula) = procedure { formula } else { mapFormula }
  }

  /// Whether a picture of its map is clipped: where single pixels may be far larger than all others.
  ///
  /// FullGrad's channels are scaled one by one, so it has none such.
  var clipsOutliers: Bool {
    if case .graph = procedure { return false }
    return scope == .input || scope == .layerAndInput
  }

  /// Whether it gives a value for each number of the input, beside the map.
  public var givesAttribution: Bool {
    if case .graph = procedure { return false }
    return scope != .layer
  }

  /// Whether a layer plays a part.
  public var usesLayer: Bool { scope == .layer || scope == .layerAndInput }

  /// The method with the first principal component of the weighted feature maps in place of
  /// their sum, which leaves out what only some channels show.
  ///
  /// Explaining refuses it where ``sumsChannels`` is false.
  public var eigenSmoothed: Method {
    var method = self
    method.isEigenSmoothed = true
    return method
  }

  /// Two methods are the same if they have one name, the same parameters and the same smoothing.
  public static func == (a: Method, b: Method) -> Bool {
    a.name == b.name && a.parameters == b.parameters && a.isEigenSmoothed == b.isEigenSmoothed
  }

  /// Hashes the name, the parameters and the smoothing.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(parameters)
    hasher.combine(isEigenSmoothed)
  }
}
