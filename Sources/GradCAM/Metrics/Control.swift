/// A map that knows nothing of the model: what a method must beat.
///
/// The third control, weights drawn at random, is a method: ``Method/randomCAM``.
public struct Control: Hashable, Sendable {
  /// The name on the command line and in reports, such as `centre`.
  public let name: String
  /// The name in titles.
  public let title: String
  /// What it is, in a line.
  public let summary: String

  private let values: @Sendable (PreparedPhoto, ModelInput) -> [Float]

  private init(
    name: String, title: String, summary: String,
    values: @escaping @Sendable (PreparedPhoto, ModelInput) -> [Float]
  ) {
    (self.name, self.title, self.summary) = (name, title, summary)
    self.values = values
  }

  /// Every control, in the order of listings.
  public static let all: [Control] = [.center, .edges]

  /// The control of that name, or nil.
  public static func named(_ name: String) -> Control? { all.first { $0.name == name } }

  /// Two controls are the same if they have one name.
  public static func == (a: Control, b: Control) -> Bool { a.name == b.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The map over what the model sees of a photo, at the size of the model's input.
  func heatmap(of photo: PreparedPhoto, for input: ModelInput) -> Heatmap {
    Heatmap(
      RawMap(width: input.size.width, height: input.size.height, values: values(photo, input)),
      showing: .for, view: photo.view)
  }
}

extension Control {
  /// A Gaussian around the photo's middle, a quarter of the photo's width and height wide.
  ///
  ///     exp(−½ ((x / W − ½)² + (y / H − ½)²) / σ²)        σ = ¼, at the pixels' middles
  public static let center = Control(
    name: "centre", title: "Centre", summary: "a Gaussian around the photo's middle"
  ) { photo, input in
    let view = photo.view
    func bell(_ start: Double, _ length: Double, _ photo: Int, cells: Int) -> [Float] {
      (0..<cells).map { cell in
        let place = start + (Double(cell) + 0.5) * length / Double(cells)
        let distance = (place / Double(photo) - 0.5) * 4
        return exponential(Float(-distance * distance / 2))
      }
    }
    let columns = bell(view.x, view.width, view.photo.width, cells: input.size.width)
    let rows = bell(view.y, view.height, view.photo.height, cells: input.size.height)
    return rows.flatMap { row in columns.map { $0 * row } }
  }

  /// Sobel's edge detector: how steep the photo is, as the model takes it, the root of the sum of
  /// squares over channels; the border is repeated.
  ///
  /// Sobel and Feldman, "A 3×3 Isotropic Gradient Operator for Image Processing", 1968.
  public static let edges = Control(
    name: "edges", title: "Edges", summary: "Sobel's edge detector on the photo"
  ) { photo, input in
    let (width, height) = (input.size.width, input.size.height)
    let places = ImagePlaces(of: input)
    var squares = [Float](repeating: 0, count: places.count)
    for start in places.starts {
      for channel in 0..<places.width {
        for row in 0..<height {
          let (above, below) = (max(row - 1, 0), min(row + 1, height - 1))
          for column in 0..<width {
            let (left, right) = (max(column - 1, 0), min(column + 1, width - 1))
            let at = { (row: Int, column: Int) in
              photo.values[start + (row * width + column) * places.width + channel]
            }
            let across =
              at(above, right) - at(above, left) + 2 * (at(row, right) - at(row, left))
              + at(below, right) - at(below, left)
            let down =
              at(below, left) - at(above, left) + 2 * (at(below, column) - at(above, column))
              + at(below, right) - at(above, right)
            squares[row * width + column] += across * across + down * down
          }
        }
      }
    }
    return squares.map { $0.squareRoot() }
  }
}
