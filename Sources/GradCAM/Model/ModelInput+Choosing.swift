import Diagnostics
import ONNXFormat
import ONNXGraph

extension ModelInput {
  /// The input of a model that is the image, when all others are fed.
  ///
  /// - Throws: ``DiagnosticError`` where none could be, several could be and none is named, or
  ///   others are left that need to be fed.
  static func image(
    of file: ModelFile, named name: String?
  ) throws(DiagnosticError) -> ValueInfoProto {
    let stored = Set(file.proto.graph.initializer.map(\.name))
    let inputs = file.proto.graph.input.filter { !stored.contains($0.name) }
    let possible = inputs.filter(isImage)
    // [N, C, 1, 1] beside a picture is a number for each channel.
    let larger = possible.filter { input in
      input.type.tensorType.shape.dim.dropFirst().count { $0.dimValue == 1 } < 2
    }
    let images = larger.isEmpty ? possible : larger
    let input: ValueInfoProto
    if let name {
      guard let named = inputs.first(where: { $0.name == name }) else {
        throw .noImageInputNamed(name, inputs, model: file.name)
      }
      guard isImage(named) else { throw .noImage(ModelValue(named), model: file.name) }
      input = named
    } else {
      guard let first = images.first else { throw .noImageInput(inputs, model: file.name) }
      guard images.count == 1 else { throw .severalImages(inputs, images, model: file.name) }
      input = first
    }
    let others = inputs.filter { $0.name != input.name }
    guard others.isEmpty else { throw .missingInputs(others, image: input, model: file.name) }
    return input
  }

  /// Whether an input has the sides and the type of an image or volume.
  private static func isImage(_ input: ValueInfoProto) -> Bool {
    let type = ElementType(rawValue: input.type.tensorType.elemType)
    return (4...5).contains(input.type.tensorType.shape.dim.count)
      && (type.isFloatingPoint || type == .uint8)
  }
}

extension ModelInput {
  /// A model's graph with what is known of its image.
  func graph(of proto: ModelProto) -> Graph {
    Graph(
      proto, inputShapes: [name: sides], channelsLast: layout == .nhwc ? [name] : [])
  }
}
