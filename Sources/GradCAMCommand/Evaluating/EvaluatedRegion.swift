import GradCAM
import Imaging

/// A part of photos where evidence may be wrong.
struct EvaluatedRegion: Sendable {
  /// What it is called.
  let name: String
  private let kind: Kind

  private enum Kind: Sendable {
    case border, background, text
    /// The brightness of a picture's pixels.
    case drawn(gray: [UInt8], ImageSize)
  }

  /// The regions that there always are.
  static let customary = [
    EvaluatedRegion(name: "border", kind: .border),
    EvaluatedRegion(name: "background", kind: .background),
    EvaluatedRegion(name: "text", kind: .text),
  ]

  private init(name: String, kind: Kind) { (self.name, self.kind) = (name, kind) }

  /// A region drawn on a picture: where it is brighter than middle gray, stretched over each photo.
  init(name: String, mask: Image) {
    self.init(
      name: name, kind: .drawn(gray: mask.gray, ImageSize(width: mask.width, height: mask.height)))
  }

  /// Everything that changes it, as a text.
  var fingerprint: String {
    if case .drawn(let gray, let mask) = kind {
      "\(name) \(mask.width) \(mask.height) \(gray)"
    } else {
      name
    }
  }

  /// What each of them is, for reports.
  static let explanations = [
    "border: the outer sixteenth of each side of what the model sees",
    "background: outside everything of the class",
    "text: where short strong strokes alternate along rows, as in writing",
  ]
}

extension EvaluatedRegion {
  /// Whether its pixels depend on where the class is, and not on the photo alone.
  var dependsOnTruth: Bool {
    if case .background = kind { true } else { false }
  }

  /// Its pixels on a photo; nil where they are not known, as the background where only the class is
  /// told.
  ///
  /// - Parameter view: what the model sees of the photo; a border that is cut off is none.
  func mask(on photo: Image, seen view: PhotoView, truth: GroundTruth?) -> PixelMask? {
    let size = ImageSize(width: photo.width, height: photo.height)
    switch kind {
    case .border:
      return PixelMask(size: size, boxes: [Self.inside(view)]).inverted
    case .background: return truth?.pixels(of: size).inverted
    case .text: return PixelMask(size: size, pixels: TextDetector.pixels(of: photo))
    case .drawn(let gray, let mask):
      let pixels = (0..<size.width * size.height).map { place in
        let column = place % size.width * mask.width / size.width
        let row = place / size.width * mask.height / size.height
        return gray[row * mask.width + column] > 127
      }
      return PixelMask(size: size, pixels: pixels)
    }
  }

  /// What is left of a view without its outer sixteenth, but at least a pixel, on each side.
  private static func inside(_ view: PhotoView) -> PointingGame.Box {
    let (across, down) = (max(1, view.width / 16), max(1, view.height / 16))
    return PointingGame.Box(
      left: view.x + across, top: view.y + down, right: view.x + view.width - across,
      bottom: view.y + view.height - down)
  }
}
