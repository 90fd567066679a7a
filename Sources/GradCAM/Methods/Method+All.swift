extension Method {
  /// Every method, in the order of listings.
  public static let all: [Method] = layerFormulas + headPasses + photoPasses + inputGradients

  /// Methods that are a formula of a layer's feature maps and gradient.
  static let layerFormulas: [Method] = [
    .gradCAM, .cam, .gradCAMPlusPlus, .smoothGradCAMPlusPlus, .xGradCAM, .hiResCAM, .elementWise,
    .layerCAM, .eigenCAM, .eigenGradCAM, .kpcaCAM, .finerCAM, .refineCAM, .shapleyCAM, .fem,
    .randomCAM,
  ]

  /// Methods that run the part of the model after a layer again and again.
  static let headPasses: [Method] = [.ablationCAM, .reciproCAM]

  /// Methods that run the model on changed photos.
  static let photoPasses: [Method] = [
    .scoreCAM, .smoothedScoreCAM, .integratedScoreCAM, .occlusion, .rise, .kernelSHAP,
  ]

  /// Methods made of the gradient at the input.
  static let inputGradients: [Method] = [
    .gradient, .inputXGradient, .guidedBackprop, .deconvnet, .guidedGradCAM, .smoothGrad,
    .smoothGradVariance, .smoothGradSquared, .integratedGradients, .gradientSHAP, .fullGrad,
  ]
}
