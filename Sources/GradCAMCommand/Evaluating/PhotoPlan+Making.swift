import Annotations
import GradCAM

extension PhotoPlan {
  /// The photos of a set with what is looked at on them, and what could not be.
  ///
  /// Photos with nothing on them stay: they count for how right the model is.
  static func plans(
    for set: AnnotatedSet, finding finder: ClassFinder, only filters: [EvaluationFilter]
  ) -> (plans: [PhotoPlan], problems: [AnnotationProblem]) {
    var problems: [AnnotationProblem] = []
    let plans = set.photos.compactMap { photo -> PhotoPlan? in
      var groups: [(classes: [Int], title: String, objects: [AnnotatedObject])] = []
      for object in photo.objects {
        let classes = finder.classes(for: object.category)
        guard !classes.isEmpty else {
          problems.append(
            AnnotationProblem(
              .unknownLabel, at: object.place,
              "'\(object.category.title)' is none of the model's classes", .leftOut))
          continue
        }
        if let place = groups.firstIndex(where: { $0.classes == classes }) {
          groups[place].objects.append(object)
        } else {
          groups.append((classes, object.category.title, [object]))
        }
      }
      let all = groups.sorted { $0.classes.lexicographicallyPrecedes($1.classes) }.map {
        Case(classes: $0.classes, title: $0.title, objects: $0.objects)
      }
      let size = ImageSize(width: photo.size.uprightWidth, height: photo.size.uprightHeight)
      let taken = all.filter { one in
        let truth = filters.isEmpty ? nil : one.truth(of: size)
        return filters.allSatisfy { $0.takes(truth, of: size, classCount: all.count) }
      }
      // A photo whose things are all unknown, or all filtered away, has nothing to be judged by.
      let isLeft = photo.objects.isEmpty ? filters.isEmpty : !taken.isEmpty
      return isLeft
        ? PhotoPlan(photo: photo, cases: taken, present: Set(all.flatMap(\.classes))) : nil
    }
    return (plans, problems)
  }
}
