/// Photos, with what is on them.
package struct AnnotatedSet: Sendable {
  /// In which format they are told of.
  package let kind: AnnotationKind
  /// The data set's folder, with '/' at its end.
  package let folder: String
  /// The file of annotations, relative to the folder, or how many there are.
  package let source: String
  /// The photos that can be used, in the order of the annotations.
  package let photos: [AnnotatedPhoto]
  /// What is wrong, in the order of the files.
  package let problems: [AnnotationProblem]
  /// How many pictures of the folder the annotations do not name.
  package let unnamedCount: Int
}
