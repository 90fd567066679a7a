import Annotations
import GradCAM

extension EvaluationSummary {
  /// Brings together what was found on photos.
  init(
    _ setting: Setting, _ plans: [PhotoPlan], _ records: [PhotoRecord],
    _ problems: [AnnotationProblem]
  ) {
    (self.setting, self.records) = (setting, records)
    self.problems =
      problems
      + zip(plans, records).compactMap { plan, record in
        record.failure.map {
          AnnotationProblem(.unreadablePhoto, at: plan.photo.place, $0, .leftOut)
        }
      }
    let cases = records.flatMap(\.cases)
    let parts = Self.parts(of: cases)
    values = Self.values(setting, parts)
    centers = parts.compactMap { part, cases in
      Self.value(part, 0, 0, cases.map { $0.holdsCenter.map { $0 ? 1 : 0 } })
    }
    comparisons = Self.comparisons(setting, parts.filter { $0.part.classIndex == nil })
    regions = Self.regions(setting, parts)
    accuracy = Self.accuracy(setting, plans, records)
    var pictures: [Int: Int] = [:]
    for record in records {
      for index in Set(record.cases.map(\.classIndex)) { pictures[index, default: 0] += 1 }
    }
    self.pictures = pictures
  }

  /// All cases, those whose middle is outside, and each class's.
  private static func parts(
    of cases: [PhotoRecord.Case]
  ) -> [(part: Part, cases: [PhotoRecord.Case])] {
    let outside = cases.filter { $0.holdsCenter == false }
    let classes = Dictionary(grouping: cases, by: \.classIndex).sorted { $0.key < $1.key }
    let hasBoth = !outside.isEmpty && outside.count < cases.count
    return [(.all, cases)] + (hasBoth ? [(.centerOutside, outside)] : [])
      + classes.map { (.classIndex($0.key), $0.value) }
  }
}

// MARK: - Values

extension EvaluationSummary {
  private static func value(
    _ part: Part, _ way: Int, _ metric: Int, _ found: [Double?]
  ) -> Value? {
    let numbers = found.compactMap(\.self)
    let bootstrap = BootstrapInterval(meanOf: numbers)
    return Value(
      part: part, way: way, metric: metric, count: numbers.count,
      missing: found.count - numbers.count, mean: bootstrap?.mean,
      interval: numbers.count > 1 ? bootstrap?.interval : nil)
  }

  private static func values(
    _ setting: Setting, _ parts: [(part: Part, cases: [PhotoRecord.Case])]
  ) -> [Value] {
    parts.flatMap { part, cases in
      setting.metrics.indices.flatMap { metric in
        setting.ways.indices.compactMap { way in
          value(part, way, metric, cases.map { $0.maps[way].values[metric] })
        }
      }
    }
  }
}

// MARK: - Comparisons

extension EvaluationSummary {
  /// Every method against every other way, metric by metric.
  private static func comparisons(
    _ setting: Setting, _ parts: [(part: Part, cases: [PhotoRecord.Case])]
  ) -> [Comparison] {
    let questions = parts.indices.flatMap { part in
      setting.metrics.indices.map { (part: part, metric: $0) }
    }
    var all: [Comparison] = []
    let work = OrderedWork<[Comparison]>(count: questions.count, workers: 8)
    work.run { index in
      let (part, metric) = questions[index]
      return comparisons(setting, parts[part].part, parts[part].cases, metric)
    } taking: { _, found in
      all += found
    }
    return all
  }

  private static func comparisons(
    _ setting: Setting, _ part: Part, _ cases: [PhotoRecord.Case], _ metric: Int
  ) -> [Comparison] {
    var found: [(first: Int, second: Int, test: PairedTest)] = []
    for first in setting.ways.indices where !setting.ways[first].isControl {
      for second in setting.ways.indices where second > first {
        let pairs = cases.compactMap { one -> (Double, Double)? in
          guard let a = one.maps[first].values[metric], let b = one.maps[second].values[metric]
          else { return nil }
          return (a, b)
        }
        let test = PairedTest(pairs.map(\.0), pairs.map(\.1))
        if let test, test.count > 1 { found.append((first, second, test)) }
      }
    }
    let adjusted = PairedTest.adjusted(found.map(\.test.pValue))
    return zip(found, adjusted).map { found, adjusted in
      Comparison(
        part: part, metric: metric, first: found.first, second: found.second, test: found.test,
        adjusted: adjusted)
    }
  }
}

// MARK: - Regions and accuracy

extension EvaluationSummary {
  private static func regions(
    _ setting: Setting, _ parts: [(part: Part, cases: [PhotoRecord.Case])]
  ) -> [RegionShare] {
    parts.filter { $0.part != .centerOutside }.flatMap { part, cases in
      setting.regions.indices.flatMap { region in
        setting.ways.indices.compactMap { way -> RegionShare? in
          let pairs = cases.compactMap { one -> (Double, Double)? in
            guard let evidence = one.maps[way].regions[region], let area = one.regionAreas[region]
            else { return nil }
            return (evidence, area)
          }
          guard
            let excess = BootstrapInterval(meanOf: pairs.map { $0.0 - $0.1 }),
            let evidence = BootstrapInterval(meanOf: pairs.map(\.0)),
            let area = BootstrapInterval(meanOf: pairs.map(\.1))
          else { return nil }
          return RegionShare(
            part: part, way: way, region: region, count: pairs.count, evidence: evidence.mean,
            area: area.mean, excess: excess.mean,
            interval: pairs.count > 1 ? excess.interval : nil)
        }
      }
    }
  }

  /// Of models of which each class stands for itself, whether its probability is over ½ where it is
  /// and nowhere else; of others, whether the most probable class is on the photo, where one with
  /// nothing counts for the label `none`.
  private static func accuracy(
    _ setting: Setting, _ plans: [PhotoPlan], _ records: [PhotoRecord]
  ) -> (all: Proportion, classes: [Int: Proportion]) {
    var (all, classes) = (Proportion(), [Int: Proportion]())
    func count(_ index: Int, _ isRight: Bool) {
      classes[index, default: Proportion()].add(isRight)
      all.add(isRight)
    }
    let nothing = setting.labels?.classes(labelled: "none").first
    for (plan, record) in zip(plans, records) where record.failure == nil {
      if setting.model.activation.isMultiLabel {
        for index in 0..<setting.model.classCount {
          count(index, record.holding.contains(index) == plan.present.contains(index))
        }
      } else if plan.present.isEmpty {
        if let nothing, let said = record.said { count(nothing, said == nothing) }
      } else if let said = record.said {
        all.add(plan.present.contains(said))
        for index in Set(record.cases.map(\.classIndex)) {
          classes[index, default: Proportion()].add(said == index)
        }
      }
    }
    return (all, classes)
  }
}
