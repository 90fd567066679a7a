import Imaging

/// Which pixels an object covers.
package enum ObjectShape: Hashable, Sendable {
  /// Those whose middles lie within one of some outlines.
  case polygons([[ObjectPoint]])
  /// Those that runs tell, on the picture as the orientation has it stored.
  case runs(RunLengths, orientation: Int)
}

extension ObjectShape {
  /// The pixels of the upright picture, which has that size.
  package func mask(width: Int, height: Int) -> ObjectMask {
    switch self {
    case .polygons(let polygons):
      var mask = ObjectMask(width: width, height: height)
      for polygon in polygons { mask.formUnion(ObjectMask(polygon, width: width, height: height)) }
      return mask
    case .runs(let runs, let orientation):
      return ObjectMask(runs).upright(
        StoredSize(width: runs.width, height: runs.height, orientation: orientation))
    }
  }
}
