import Diagnostics
import ONNXGraph

extension Method {
  /// The gradient at the input (saliency): how much the target moves with each number.
  ///
  ///     M = |∂y/∂x|        the map: the largest over the colour channels
  ///
  /// Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks: Visualising Image
  /// Classification Models and Saliency Maps", ICLR 2014 workshop, section 3.1.
  public static let gradient = Method(
    name: "gradient", title: "Gradient", source: "Simonyan et al. 2014", scope: .input,
    summary: "how much the target moves with each number of the input",
    needs: Self.floatsIn, isSigned: false,
    graphMap: { context throws(DiagnosticError) in
      ChannelReduction.largest.map(of: try context.inputGradient())
    },
    procedure: .passes(first: .inputGradient) { passes in
      passes.inputGradients.map { passes.result($0.map(abs), shown: .largest) }
    })

  /// The gradient at the input times the input: a first guess of what each number adds.
  ///
  ///     M = x ⊙ ∂y/∂x        the map: the sum over the colour channels
  ///
  /// Shrikumar et al., "Not Just a Black Box: Learning Important Features Through Propagating
  /// Activation Differences", 2016, section 3.2.
  public static let inputXGradient = Method(
    name: "input-x-gradient", title: "Input × gradient", source: "Shrikumar et al. 2016",
    scope: .input, summary: "each number of the input times the gradient there",
    needs: Self.floatsIn,
    graphMap: { context throws(DiagnosticError) in
      ChannelReduction.sum.map(of: try context.inputNumbers * context.inputGradient())
    },
    procedure: .passes(first: .inputGradient) { passes in
      passes.inputGradients.map { gradient in
        passes.result(zip(passes.photo.values, gradient).map { $0 * $1 }, shown: .sum)
      }
    })

  /// The gradient at the input where each ReLU passes only what is positive, and only where it let
  /// x through.
  ///
  ///     ReLU backwards: dy · [dy > 0] · [y > 0]        the map: the largest magnitude over colours
  ///
  /// Other activations that rectify are passed in the same spirit; `OPERATORS.md` says how each.
  /// It shows what features a network sees more than which decide the class: maps of two classes
  /// look alike (Adebayo et al. 2018).
  ///
  /// Springenberg et al., "Striving for Simplicity: The All Convolutional Net", ICLR 2015 workshop,
  /// section 3.4.
  public static let guidedBackprop = Method(
    name: "guided-backprop", title: "Guided backpropagation", source: "Springenberg et al. 2015",
    scope: .input, summary: "the gradient of what only raises the target, through active ReLUs",
    needs: Self.rectifiersIn, isSigned: false, inputRules: .guided,
    graphMap: { context throws(DiagnosticError) in
      ChannelReduction.largest.map(of: try context.inputGradient())
    },
    procedure: .passes(first: .inputGradient) { passes in
      let notes = passes.notesOfRectifiers
      return passes.inputGradients.map { passes.result($0, shown: .largest, notes: notes) }
    })

  /// The gradient at the input where each ReLU passes only what is positive, whatever x was.
  ///
  ///     ReLU backwards: dy · [dy > 0]        the map: the largest magnitude over the colours
  ///
  /// Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014.
  public static let deconvnet = Method(
    name: "deconvnet", title: "Deconvnet", source: "Zeiler and Fergus 2014", scope: .input,
    summary: "the gradient of what only raises the target, through all ReLUs",
    needs: Self.rectifiersIn, isSigned: false, inputRules: .deconvnet,
    graphMap: { context throws(DiagnosticError) in
      ChannelReduction.largest.map(of: try context.inputGradient())
    },
    procedure: .passes(first: .inputGradient) { passes in
      let notes = passes.notesOfRectifiers
      return passes.inputGradients.map { passes.result($0, shown: .largest, notes: notes) }
    })

  /// What a gradient at the input needs.
  static let floatsIn = "an input of floats"

  /// What is more than a gradient only where activations rectify.
  static let rectifiersIn = "an input of floats, ReLU or alike"
}
