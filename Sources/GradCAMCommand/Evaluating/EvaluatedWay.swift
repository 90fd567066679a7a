import GradCAM

/// A way to make a map that is judged: a method at a layer, or a control.
struct EvaluatedWay: Sendable {
  /// What it is called, differently from all others.
  let title: String
  /// The name of the method or control, as on the command line.
  let name: String
  /// What the method is tuned by; the control's name.
  let settings: String
  /// Where maps are taken; none for what uses no layer.
  let layers: [Layer]
  /// Whether it knows nothing of what it is held against.
  let isControl: Bool
  /// How the map is made.
  let making: Making

  /// The kinds.
  enum Making: Sendable {
    /// By an explainer of its own, whose loaded graphs no other way pushes out.
    case explaining(Explainer, ExplanationOptions)
    case control(Control)
  }
}

extension EvaluatedWay {
  /// Every method at every layer, then the controls.
  ///
  /// - Parameter layers: names; the default layer unless given.
  static func list(
    methods: [ExplanationOptions], layers: [String],
    making explainer: () throws(DiagnosticError) -> Explainer
  ) throws(DiagnosticError) -> [EvaluatedWay] {
    var ways: [EvaluatedWay] = []
    let several = layers.count > 1
    for options in methods {
      for name in options.method.usesLayer && several ? layers.map({ [$0] }) : [layers] {
        let own = try explainer()
        // Methods without layers are not told of any.
        let names = options.method.usesLayer ? name : []
        let found = try own.model.layers(named: names, for: options.method)
        let title = options.method.title + (several && !names.isEmpty ? " at \(names[0])" : "")
        ways.append(
          EvaluatedWay(
            title: title, name: options.method.name, settings: options.method.description,
            layers: found, isControl: options.method.name == Method.randomCAM.name,
            making: .explaining(own, options)))
      }
    }
    if !ways.contains(where: \.isControl) {
      do throws(DiagnosticError) {
        ways.append(try randomCAM(at: Array(layers.prefix(1)), explainer()))
      } catch {
        // A model without feature maps has no Random-CAM, and is only explained without layers.
        if methods.contains(where: \.method.usesLayer) { throw error }
      }
    }
    var seen: Set<String> = []
    ways = ways.filter { seen.insert($0.fingerprint).inserted }
    return ways.filter { !$0.isControl } + ways.filter(\.isControl)
      + Control.all.map {
        EvaluatedWay(
          title: $0.title, name: $0.name, settings: $0.name, layers: [], isControl: true,
          making: .control($0))
      }
  }

  /// The control whose channel weights are drawn at random.
  private static func randomCAM(
    at layers: [String], _ explainer: Explainer
  ) throws(DiagnosticError) -> EvaluatedWay {
    EvaluatedWay(
      title: Method.randomCAM.title, name: Method.randomCAM.name,
      settings: Method.randomCAM.description,
      layers: try explainer.model.layers(named: layers, for: .randomCAM), isControl: true,
      making: .explaining(explainer, ExplanationOptions(method: .randomCAM, evidence: .for)))
  }

  /// Everything that changes its maps, as a text.
  var fingerprint: String {
    var text = "\(name) \(settings) \(layers.map(\.valueName))"
    if case .explaining(_, let options) = making {
      text += " \(options.preset.name) \(options.evidence) \(options.isAugmented) \(options.shifts)"
    }
    return text
  }
}
