import Testing

@testable import Annotations

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Photos that lie beside a checkout, where they are there.
private let sharedPhotos: String? = {
  let path =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    .joined(separator: "/") + "/shared/data/photos"
  return FileManager.default.fileExists(atPath: path + "/coco/instances.json") ? path : nil
}()

@Suite("Real annotations", .enabled(if: sharedPhotos != nil))
struct SharedSetTests {
  @Test("COCO's photos and pairs are read without a problem")
  func coco() throws {
    let folder = (sharedPhotos ?? "") + "/coco"
    let set = try AnnotatedSet(in: folder, choosing: "coco")
    #expect(set.photos.count == 79)
    #expect(set.photos.map(\.objects.count).reduce(0, +) == 624)
    #expect(set.told.isEmpty)
    let pairs = try AnnotatedSet(in: folder, choosing: "pairs")
    #expect(pairs.told.isEmpty)
    #expect(pairs.photos.flatMap(\.objects).allSatisfy { $0.shape != nil })
  }

  @Test("COCO's masks cover what their records say")
  func areas() throws {
    let set = try AnnotatedSet(in: (sharedPhotos ?? "") + "/coco", choosing: "coco")
    for photo in set.photos.prefix(10) {
      for object in photo.objects {
        let (width, height) = (photo.size.uprightWidth, photo.size.uprightHeight)
        let mask = try #require(object.shape).mask(width: width, height: height)
        let box = try #require(object.box)
        #expect(mask.count > 0)
        #expect(
          Double(mask.count) <= (box.right - box.left + 2) * (box.bottom - box.top + 2),
          "\(object.place)")
      }
    }
  }

  @Test("ImageNet's boxes are read without a problem")
  func imageNet() throws {
    let set = try AnnotatedSet(in: (sharedPhotos ?? "") + "/imagenet_val_boxes")
    #expect(set.photos.count == 300)
    #expect(set.told.isEmpty)
    #expect(set.photos[0].objects.count == 8)
  }
}
