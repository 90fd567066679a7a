import Testing

@testable import GradCAM

@Suite("Trained models and real photos", .enabled(if: SharedData.isThere))
struct TrainedModelTests {
  @Test(
    "Top-1 accuracy is the one measured with ONNX Runtime from Python",
    arguments: [
      ("mobilenet_v2_1.0_224_coral", Preprocessing.tensorFlow, 1, 74.0),
      ("squeezenet1_1_torchvision", .imageNet, 0, 67.3),
      ("squeezenet1.1_onnxzoo", .imageNet, 0, 64.3),
      ("mobilenet_v1_0.5_160_coral", .tensorFlow, 1, 64.7),
      ("mobilenet_v1_0.25_128_coral", .tensorFlow, 1, 47.0),
    ])
  func imageNetAccuracy(
    name: String, preprocessing: Preprocessing, offset: Int, percent: Double
  ) throws {
    let photos = try SharedData.photos("photos/imagenet_val_boxes/boxes.json")
    for geometry in Preprocessing.Geometry.allCases {
      var preprocessing = preprocessing
      preprocessing.geometry = geometry
      let explainer = try Explainer(
        Model(contentsOf: SharedData.path("models/\(name).onnx")), preprocessing: preprocessing)
      var hits = 0
      for photo in photos {
        let image = try Image(
          contentsOf: SharedData.path("photos/imagenet_val_boxes/\(photo.file)"))
        let why = try explainer.explanation(of: image)
        if why.classIndex == photo.class_index + offset { hits += 1 }
      }
      print(name, geometry, hits, Double(photos.count) * percent / 100)
    }
  }
}
