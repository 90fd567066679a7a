import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@testable import GradCAM

@Suite("Trained models and real photos", .enabled(if: SharedData.isThere))
struct TrainedModelTests {
  private static let imageNet = Preprocessing.imageNetSquash
  private static let tensorFlow = Preprocessing(
    name: "tf", geometry: .squash, scale: 1 / 127.5, mean: [1])

  @Test(
    "Top-1 hits on 300 ImageNet photos are those measured from Python",
    arguments: [
      ("mobilenet_v2_1.0_224_coral", tensorFlow, 1, 222),
      ("squeezenet1_1_torchvision", imageNet, 0, 202),
      ("squeezenet1.1_onnxzoo", imageNet, 0, 193),
      ("mobilenet_v1_0.5_160_coral", tensorFlow, 1, 194),
      ("mobilenet_v1_0.25_128_coral", tensorFlow, 1, 141),
    ])
  func imageNetHits(
    name: String, preprocessing: Preprocessing, offset: Int, expected: Int
  ) throws {
    let photos = try SharedData.photos("photos/imagenet_val_boxes/boxes.json").map {
      ("photos/imagenet_val_boxes/\($0.file)", $0.class_index + offset)
    }
    let hits = try hits(name, preprocessing, photos)
    #expect(photos.count == 300)
    #expect(abs(hits - expected) <= 1)
  }

  @Test(
    "Top-1 hits on 500 CIFAR-10 photos are those measured from Python",
    arguments: [
      ("resnet20_cifar10", imageNet, 399), ("resnet56_cifar10", imageNet, 415),
      ("resnet8_cifar10_mlperftiny", Preprocessing.raw, 376),
    ])
  func cifarHits(name: String, preprocessing: Preprocessing, expected: Int) throws {
    let labels = try Labels(contentsOf: SharedData.path("labels/cifar10.txt"))
    let photos = try SharedData.names("photos/cifar10").map { file in
      let label = String(file.prefix { $0 != "_" })
      return ("photos/cifar10/\(file)", try #require(labels.classes(labelled: label).first))
    }
    let hits = try hits(name, preprocessing, photos)
    #expect(photos.count == 500)
    #expect(abs(hits - expected) <= 1)
  }

  @Test("Every model of the manifest explains a photo at its default layer")
  func allModels() throws {
    struct Entry: Decodable {
      let file: String
    }
    let data = try Data(contentsOf: URL(filePath: SharedData.path("models/manifest.json")))
    let entries = try JSONDecoder().decode([Entry].self, from: data)
    #expect(entries.count == 11)
    let photo = try Image(contentsOf: SharedData.path("photos/demo/gradcam_both.png"))
    for entry in entries {
      let model = try Model(contentsOf: SharedData.path(entry.file))
      let why = try Explainer(model, options: ExplainerOptions(threads: 1)).explanation(of: photo)
      #expect(why.layer == model.defaultLayer, "\(entry.file)")
      #expect(why.rawMap.maximum > 0 || why.rawMap.minimum < 0, "\(entry.file)")
      #expect(why.probabilities.count == model.classCount, "\(entry.file)")
    }
  }

  @Test("A model of IR 3 whose weights are inputs too reads digits")
  func digits() throws {
    let photos = try SharedData.names("photos/mnist").map { file in
      ("photos/mnist/\(file)", try #require(Int(file.prefix(1))))
    }
    #expect(try hits("mnist_cntk_onnxjs", .raw, photos) == 4)
  }

  @Test("Hits of the person detector on COCO photos are those measured from Python")
  func persons() throws {
    let photos = try SharedData.cocoPersons(atLeast: 0.005)
    #expect(photos.count == 71)
    #expect(abs(try hits("vww_mobilenet_v1_0.25_96", .unit, photos) - 57) <= 1)
  }

  private func hits(
    _ name: String, _ preprocessing: Preprocessing, _ photos: [(file: String, class: Int)]
  ) throws -> Int {
    let explainer = try Explainer(
      Model(contentsOf: SharedData.path("models/\(name).onnx")), preprocessing: preprocessing,
      options: ExplainerOptions(threads: 1))
    return try photos.count { photo in
      let image = try Image(contentsOf: SharedData.path(photo.file), convertingToSRGB: false)
      return try explainer.explanation(of: image).classIndex == photo.class
    }
  }

  @Test("The cat's map peaks on the cat and the dog's on the dog")
  func dogAndCat() throws {
    let explainer = try Explainer(
      Model(contentsOf: SharedData.path("models/mobilenet_v2_1.0_224_coral.onnx")),
      preprocessing: Self.tensorFlow, labels: .imageNet)
    let photo = try Image(contentsOf: SharedData.path("photos/demo/gradcam_both.png"))
    let why = try explainer.explanations(
      of: photo, for: [.label("tiger cat"), .label("bull mastiff")])
    // TensorFlow's classes begin with a background class.
    #expect(why.map(\.classIndex) == [283, 244])
    #expect(try #require(why[0].heatmap.peak).y > photo.height / 2)
    #expect(try #require(why[1].heatmap.peak).y < photo.height / 2)
  }

  @Test("SqueezeNet's tiger cat is the dog's head: a fault of that model, shown as it is")
  func squeezeNetFault() throws {
    let explainer = try Explainer(
      Model(contentsOf: SharedData.path("models/squeezenet1_1_torchvision.onnx")),
      preprocessing: Self.imageNet, labels: .imageNet)
    let photo = try Image(contentsOf: SharedData.path("photos/demo/gradcam_both.png"))
    let why = try explainer.explanation(of: photo, for: .label("tiger cat"))
    #expect(try #require(why.heatmap.peak).y < photo.height / 2)
  }
}
