/// A format in which photos are told of.
package enum AnnotationKind: String, CaseIterable, Hashable, Sendable {
  /// COCO's JSON: boxes, polygons, and masks as run lengths.
  case coco
  /// PASCAL VOC: an XML file a photo.
  case voc
  /// YOLO: a text file a photo, and a list of names.
  case yolo
  /// A table with a row a box, or a row a photo.
  case csv
  /// `boxes.json`: photos with their boxes, in one of two forms.
  case boxes
  /// A list of photos each with one class and its boxes, as `imagenet_pairs.json`.
  case pairs
}
