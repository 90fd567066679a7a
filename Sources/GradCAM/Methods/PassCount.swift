/// What a method runs for one image and one target, counted before it starts.
public struct PassCount: Hashable, Sendable {
  /// Images that run through the whole model.
  public var forward = 0
  /// Images for which the gradient is computed too.
  public var gradient = 0
  /// Feature maps that run through the part of the model after the layer.
  public var head = 0

  /// Makes a count.
  public init(forward: Int = 0, gradient: Int = 0, head: Int = 0) {
    (self.forward, self.gradient, self.head) = (forward, gradient, head)
  }

  /// One run with the gradient.
  static let oneGradient = PassCount(gradient: 1)
  /// One run without.
  static let oneForward = PassCount(forward: 1)

  /// How many images run, all told.
  public var total: Int { forward + gradient + head }

  /// The count in words, such as "1 gradient, 2048 runs of the head".
  public var text: String {
    let parts = [
      (forward, "run", "runs"), (gradient, "gradient", "gradients"),
      (head, "run of the head", "runs of the head"),
    ]
    let words = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
    return words.isEmpty ? "none" : words.joined(separator: ", ")
  }
}

/// What a method's cost depends on.
public struct CostQuestion: Sendable {
  /// Channels, height and width of the layer.
  public let layer: [Int]
  /// The size of the image the model takes.
  public let image: ImageSize
  /// The method's parameters.
  public let parameters: MethodParameters
  /// Whether the logits are an affine function of the layer, so that one gradient says what any
  /// change of it does.
  public let isAffineBehind: Bool
}

extension Method {
  /// Whether the method runs the model again and again for one image.
  public var needsManyPasses: Bool {
    let image = ImageSize(width: 224, height: 224)
    return passCount(layer: [512, 7, 7], image: image).total > 4
  }

  /// What the method runs for one image and one target.
  public func passCount(at layer: Layer, of model: Model) -> PassCount {
    cost(
      CostQuestion(
        layer: layer.shape, image: model.input.size, parameters: parameters,
        isAffineBehind: model.isAffine(after: layer)))
  }

  /// The same for any model whose layer has a shape (channels, height, width).
  ///
  /// - Parameters:
  ///   - layer: channels, height, width.
  ///   - image: the size of the model's input.
  ///   - isAffineBehind: whether the logits are an affine function of the layer.
  public func passCount(
    layer: [Int], image: ImageSize, isAffineBehind: Bool = false
  ) -> PassCount {
    cost(
      CostQuestion(
        layer: layer, image: image, parameters: parameters, isAffineBehind: isAffineBehind))
  }
}
