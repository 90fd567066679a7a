import Annotations
import GradCAM

/// A photo with the classes on it that maps are made for.
struct PhotoPlan: Sendable {
  /// The photo.
  let photo: AnnotatedPhoto
  /// The classes, each with what is of it.
  let cases: [Case]
  /// Every class that is on it, also of cases that are not looked at.
  let present: Set<Int>

  /// What is of one class, or of one name that means several.
  struct Case: Sendable {
    /// The classes that are meant; the most probable one is explained.
    let classes: [Int]
    /// What the annotations call it.
    let title: String
    let objects: [AnnotatedObject]
  }

  /// The photo's size, upright.
  var size: ImageSize {
    ImageSize(width: photo.size.uprightWidth, height: photo.size.uprightHeight)
  }
}

extension PhotoPlan.Case {
  /// Where it is; nil where only the class is told.
  func truth(of size: ImageSize) -> GroundTruth? {
    let boxed = objects.compactMap { object in object.box.map { (object, $0) } }
    guard !boxed.isEmpty else { return nil }
    let boxes = boxed.map { _, box in
      PointingGame.Box(left: box.left, top: box.top, right: box.right, bottom: box.bottom)
    }
    guard boxed.contains(where: { $0.0.shape != nil }) else { return GroundTruth(boxes: boxes) }
    var mask = ObjectMask(width: size.width, height: size.height)
    for (object, box) in boxed {
      mask.formUnion(
        object.shape?.mask(width: size.width, height: size.height)
          ?? ObjectMask(box, width: size.width, height: size.height))
    }
    return GroundTruth(mask: PixelMask(size: size, pixels: mask.values), boxes: boxes)
  }

  /// Where it is, as a text that changes with it.
  var fingerprint: String {
    "\(classes) " + objects.map { "\($0.box.map { "\($0)" } ?? "-") \($0.shape.hashed)" }.joined()
  }
}

extension ObjectShape? {
  /// A number that two different shapes hardly share; the same in every run.
  fileprivate var hashed: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01b3 }
    switch self {
    case .polygons(let polygons):
      for polygon in polygons {
        add(UInt64(polygon.count))
        for point in polygon {
          add(point.x.bitPattern)
          add(point.y.bitPattern)
        }
      }
    case .runs(let runs, let orientation):
      add(UInt64(orientation))
      for count in runs.counts { add(UInt64(count)) }
    case nil: break
    }
    return hash
  }
}
