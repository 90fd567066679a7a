import CLCMS

/// ICC profiles, by Little CMS.
enum ColorProfile {
  /// The picture in sRGB; nil if the profile is damaged, or not one for the picture's samples.
  ///
  /// A profile that moves no colour by more than two steps is sRGB under one of its many names:
  /// the samples then stay as they are.
  static func convert(_ picture: DecodedPicture, from profile: [UInt8]) -> DecodedPicture? {
    let (space, layout) =
      switch picture.channels {
      case 1: (cmsSigGrayData, LCMSGray8)
      case 3: (cmsSigRgbData, LCMSRGB8)
      default: (cmsSigCmykData, LCMSCMYK8)
      }
    guard let input = cmsOpenProfileFromMem(profile, cmsUInt32Number(profile.count)) else {
      return nil
    }
    defer { cmsCloseProfile(input) }
    guard cmsGetColorSpace(input) == space, let output = cmsCreate_sRGBProfile() else {
      return nil
    }
    defer { cmsCloseProfile(output) }
    guard
      let transform = cmsCreateTransform(
        input, layout, output, LCMSRGB8, cmsUInt32Number(INTENT_PERCEPTUAL), 0)
    else { return nil }
    defer { cmsDeleteTransform(transform) }
    if picture.channels == 3 && isIdentity(transform) { return picture }

    let samples = [UInt8](unsafeUninitializedCapacity: 3 * picture.width * picture.height) {
      samples, count in
      picture.samples.withUnsafeBufferPointer { from in
        guard let from = from.baseAddress, let to = samples.baseAddress else { return }
        for row in 0..<picture.height {
          cmsDoTransform(
            transform, from + row * picture.width * picture.channels,
            to + row * picture.width * 3, cmsUInt32Number(picture.width))
        }
      }
      count = 3 * picture.width * picture.height
    }
    return picture.replacingSamples(by: samples)
  }

  /// Whether a transform from RGB leaves a grid of 6 × 6 × 6 colours where it was.
  private static func isIdentity(_ transform: cmsHTRANSFORM) -> Bool {
    let levels = stride(from: UInt8(0), through: 255, by: 51)
    let grid = levels.flatMap { r in levels.flatMap { g in levels.flatMap { b in [r, g, b] } } }
    var moved = [UInt8](repeating: 0, count: grid.count)
    cmsDoTransform(transform, grid, &moved, cmsUInt32Number(grid.count / 3))
    return zip(grid, moved).allSatisfy { abs(Int($0) - Int($1)) <= 2 }
  }
}
