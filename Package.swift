// swift-tools-version: 6.2

import PackageDescription

/// Every target: Swift 6 mode, warnings are errors, and an import is internal unless it says
/// otherwise, so that no module leaks what it builds on.
let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "GradCAM",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "GradCAM", targets: ["GradCAM"]),
    .executable(name: "gradcam", targets: ["GradCAMCommand"]),
  ],
  dependencies: [
    // The command's arguments, help and completions.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The ONNX file format is protobuf; unknown fields survive a round trip.
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    // What `gradcam check` is configured by is YAML, with the line of each fault.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: What goes wrong, in words
    .target(name: "Diagnostics", swiftSettings: settings),

    // MARK: Models and graphs
    .target(
      name: "ONNXFormat",
      dependencies: [
        "Diagnostics",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Schema/model.proto"],
      swiftSettings: settings),
    .target(
      name: "ONNXGraph", dependencies: ["Diagnostics", "ONNXFormat"], swiftSettings: settings),
    .target(
      name: "ONNXGradient",
      dependencies: ["Diagnostics", "ONNXFormat", "ONNXGraph"],
      swiftSettings: settings),

    // MARK: Running them
    .target(name: "COnnxRuntime"),
    .target(name: "COpenVINO"),
    .target(
      name: "ONNXSession",
      dependencies: ["COnnxRuntime", "COpenVINO", "Diagnostics", "ONNXFormat"],
      swiftSettings: settings),

    // MARK: Pictures
    .systemLibrary(
      name: "CTurboJPEG", path: "Sources/CImaging/CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CPNG", path: "Sources/CImaging/CPNG", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CWebP", path: "Sources/CImaging/CWebP", pkgConfig: "libwebp",
      providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
    .systemLibrary(
      name: "CTIFF", path: "Sources/CImaging/CTIFF", pkgConfig: "libtiff-4",
      providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
    .systemLibrary(
      name: "CEXIF", path: "Sources/CImaging/CEXIF", pkgConfig: "libexif",
      providers: [.apt(["libexif-dev"]), .brew(["libexif"])]),
    .systemLibrary(
      name: "CLCMS", path: "Sources/CImaging/CLCMS", pkgConfig: "lcms2",
      providers: [.apt(["liblcms2-dev"]), .brew(["little-cms2"])]),
    // libpng's errors jump over frames, which only C may.
    .target(name: "CPNGCodec", dependencies: ["CPNG"], path: "Sources/CImaging/CPNGCodec"),
    .target(
      name: "Imaging",
      dependencies: [
        "Diagnostics", "CTurboJPEG", "CPNGCodec", "CWebP", "CTIFF", "CEXIF", "CLCMS",
      ],
      swiftSettings: settings),

    // MARK: What is on photos
    // VOC's annotations are XML. Expat is read as a stream, tells lines, and links nothing else;
    // libxml2 would bring 30 MB of Unicode tables into every start.
    .systemLibrary(
      name: "CExpat", path: "Sources/CExpat", pkgConfig: "expat",
      providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),
    .target(
      name: "Annotations", dependencies: ["CExpat", "Diagnostics", "Imaging"],
      swiftSettings: settings),

    // MARK: The product
    // SHA-256 of the model, which every output names: OpenSSL's, CryptoKit's on Apple systems.
    // swift-crypto would compile BoringSSL, which takes longer than all the rest.
    .systemLibrary(
      name: "CLibCrypto", path: "Sources/CLibCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .target(
      name: "GradCAM",
      dependencies: [
        "Diagnostics", "ONNXFormat", "ONNXGraph", "ONNXGradient", "ONNXSession", "Imaging",
        .target(name: "CLibCrypto", condition: .when(platforms: [.linux])),
      ],
      // Code, so that the library needs no bundle beside it.
      resources: [.embedInCode("Pages/page.css"), .embedInCode("Pages/page.js")],
      swiftSettings: settings),
    // Results of an evaluation as a database that everything reads.
    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .executableTarget(
      name: "GradCAMCommand",
      dependencies: [
        "Annotations", "CSQLite", "GradCAM",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),

    .executableTarget(
      name: "gradcam-bench",
      dependencies: [
        "GradCAM",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks", exclude: ["methods.json", "results.json"], swiftSettings: settings),

    // MARK: Tests
    .target(
      name: "_TestSupport", dependencies: ["ONNXFormat", "ONNXGraph", "ONNXSession"],
      path: "Tests/_TestSupport", swiftSettings: settings),
    .testTarget(
      name: "DiagnosticsTests", dependencies: ["Diagnostics"], swiftSettings: settings),
    .testTarget(
      name: "ONNXFormatTests", dependencies: ["ONNXFormat", "_TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ONNXSessionTests", dependencies: ["ONNXSession", "_TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ONNXGraphTests", dependencies: ["ONNXGraph", "_TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ONNXGradientTests", dependencies: ["ONNXGradient", "_TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "GradCAMTests", dependencies: ["GradCAM", "_TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "CommandTests",
      dependencies: ["GradCAMCommand", "GradCAM", "Annotations", "_TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "AnnotationsTests", dependencies: ["Annotations", "Imaging", "_TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "_TestSupport"],
      exclude: ["Fixtures"], swiftSettings: settings),
  ]
)
