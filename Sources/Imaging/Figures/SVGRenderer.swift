import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// librsvg on cairo, found at run time.
///
/// The two bring fifty libraries along, which would cost every start of the command more time than
/// all other picture libraries together; only who draws a figure loads them. No type of theirs
/// appears in a signature, so neither header is needed.
struct SVGRenderer: Sendable {
  /// An object of GLib, librsvg or cairo.
  typealias Object = UnsafeMutableRawPointer

  /// `cairo_write_func_t`.
  typealias Sink =
    @convention(c) (Object?, UnsafePointer<UInt8>?, UInt32) -> Int32

  /// The functions that are called, by their C names.
  private let rsvg_handle_new_from_data:
    @convention(c) (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<Object?>?) -> Object?
  private let rsvg_handle_render_document:
    @convention(c) (Object, Object, UnsafePointer<Double>, UnsafeMutablePointer<Object?>?) -> Int32
  private let g_object_unref: @convention(c) (Object) -> Void
  private let cairo_image_surface_create: @convention(c) (Int32, Int32, Int32) -> Object?
  private let cairo_image_surface_get_data: @convention(c) (Object) -> UnsafeMutablePointer<UInt8>?
  private let cairo_image_surface_get_stride: @convention(c) (Object) -> Int32
  private let cairo_pdf_surface_create_for_stream:
    @convention(c) (Sink, Object?, Double, Double) -> Object?
  private let cairo_pdf_surface_set_metadata:
    @convention(c) (Object, Int32, UnsafePointer<CChar>) -> Void
  private let cairo_create: @convention(c) (Object) -> Object?
  private let cairo_destroy: @convention(c) (Object) -> Void
  private let cairo_surface_finish: @convention(c) (Object) -> Void
  private let cairo_surface_flush: @convention(c) (Object) -> Void
  private let cairo_surface_status: @convention(c) (Object) -> Int32
  private let cairo_surface_destroy: @convention(c) (Object) -> Void

  /// The renderer, loaded when first asked for.
  static func loaded() throws(DiagnosticError) -> Self {
    try shared.get()
  }

  /// Loads once.
  private static let shared = Result<Self, DiagnosticError> { () throws(DiagnosticError) in
    try Self()
  }

  /// Where the library is called what.
  static let names = [
    "librsvg-2.so.2", "librsvg-2.2.dylib", "/opt/homebrew/lib/librsvg-2.2.dylib",
    "/usr/local/lib/librsvg-2.2.dylib",
  ]

  /// Loads the library and looks its functions up; those of cairo, GLib and fontconfig are found
  /// through it, because it depends on them.
  private init() throws(DiagnosticError) {
    guard let library = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first
    else { throw .noSVGLibrary }
    func function<Signature>(
      _ name: String, as type: Signature.Type = Signature.self
    ) throws(DiagnosticError) -> Signature {
      guard let address = dlsym(library, name) else { throw .oldSVGLibrary(lacking: name) }
      return unsafeBitCast(address, to: type)
    }
    rsvg_handle_new_from_data = try function("rsvg_handle_new_from_data")
    rsvg_handle_render_document = try function("rsvg_handle_render_document")
    g_object_unref = try function("g_object_unref")
    cairo_image_surface_create = try function("cairo_image_surface_create")
    cairo_image_surface_get_data = try function("cairo_image_surface_get_data")
    cairo_image_surface_get_stride = try function("cairo_image_surface_get_stride")
    cairo_pdf_surface_create_for_stream = try function("cairo_pdf_surface_create_for_stream")
    cairo_pdf_surface_set_metadata = try function("cairo_pdf_surface_set_metadata")
    cairo_create = try function("cairo_create")
    cairo_destroy = try function("cairo_destroy")
    cairo_surface_finish = try function("cairo_surface_finish")
    cairo_surface_flush = try function("cairo_surface_flush")
    cairo_surface_status = try function("cairo_surface_status")
    cairo_surface_destroy = try function("cairo_surface_destroy")

    // Without any font, text would silently be missing. Where fontconfig is not in use, the
    // system's own fonts are.
    if let address = dlsym(library, "FcConfigGetFonts") {
      typealias Fonts = @convention(c) (Object?, Int32) -> UnsafePointer<Int32>?
      let count = unsafeBitCast(address, to: Fonts.self)(nil, 0)?.pointee ?? 0
      guard count > 0 else { throw .noFonts }
    }
  }
}

// MARK: - Drawing

extension SVGRenderer {
  /// The drawing in pixels, `scale` of them for each CSS pixel.
  func image(of drawing: SVGDrawing, scale: Double) throws(DiagnosticError) -> Image {
    // cairo's images have sides below 2^15; CAIRO_FORMAT_RGB24 is 32 bits a pixel, blue lowest.
    let size = (drawing.width * scale, drawing.height * scale)
    guard size.0 > 0, size.0 < 32_767, size.1 > 0, size.1 < 32_767 else {
      throw .undrawable("it would have more than 32767 pixels on a side, or none")
    }
    let width = Int(size.0.rounded(.up)), height = Int(size.1.rounded(.up))
    guard let surface = cairo_image_surface_create(1, Int32(width), Int32(height)) else {
      throw .undrawable("cairo makes no image")
    }
    defer { cairo_surface_destroy(surface) }
    try draw(drawing.text, on: surface, width: Double(width), height: Double(height))
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else {
      throw .undrawable("cairo has no memory for \(width) × \(height) pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { pixels, count in
      for y in 0..<height {
        let row = UnsafeRawPointer(data + y * stride).assumingMemoryBound(to: UInt32.self)
        for x in 0..<width {
          let at = 3 * (y * width + x)
          pixels[at] = UInt8(truncatingIfNeeded: row[x] >> 16)
          pixels[at + 1] = UInt8(truncatingIfNeeded: row[x] >> 8)
          pixels[at + 2] = UInt8(truncatingIfNeeded: row[x])
        }
      }
      count = 3 * width * height
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// The drawing as a PDF file of one page; a CSS pixel is three quarters of a point.
  func pdf(of drawing: SVGDrawing, subject: String?) throws(DiagnosticError) -> [UInt8] {
    let (width, height) = (drawing.width * 0.75, drawing.height * 0.75)
    let bytes = UnsafeMutablePointer<[UInt8]>.allocate(capacity: 1)
    bytes.initialize(to: [])
    defer {
      bytes.deinitialize(count: 1)
      bytes.deallocate()
    }
    let sink: Sink = { state, part, count in
      state?.assumingMemoryBound(to: [UInt8].self).pointee
        .append(contentsOf: UnsafeBufferPointer(start: part, count: Int(count)))
      return 0
    }
    guard let surface = cairo_pdf_surface_create_for_stream(sink, bytes, width, height) else {
      throw .undrawable("cairo makes no PDF")
    }
    defer { cairo_surface_destroy(surface) }
    // CAIRO_PDF_METADATA_SUBJECT
    if let subject { subject.withCString { cairo_pdf_surface_set_metadata(surface, 2, $0) } }
    try draw(drawing.text, on: surface, width: width, height: height)
    cairo_surface_finish(surface)
    return bytes.pointee
  }

  /// Draws on a cairo surface.
  private func draw(
    _ svg: String, on surface: Object, width: Double, height: Double
  ) throws(DiagnosticError) {
    let bytes = Array(svg.utf8)
    guard cairo_surface_status(surface) == 0, let context = cairo_create(surface) else {
      throw .undrawable("cairo cannot make a surface of that size")
    }
    defer { cairo_destroy(context) }
    guard let handle = rsvg_handle_new_from_data(bytes, bytes.count, nil) else {
      throw .undrawable("librsvg does not take it")
    }
    defer { g_object_unref(handle) }
    guard rsvg_handle_render_document(handle, context, [0, 0, width, height], nil) != 0 else {
      throw .undrawable("librsvg stopped before the end")
    }
  }
}
