/// A picture as its file stores it: own colour space, own orientation.
struct DecodedPicture {
  /// The file's format.
  let format: Image.Format

  /// Pixels in a row.
  let width: Int

  /// Rows.
  let height: Int

  /// 1 for gray, 3 for RGB, 4 for CMYK, where 255 is full ink.
  let channels: Int

  /// `channels × width × height` values.
  var samples: [UInt8]

  /// How the file stored colour.
  let colorModel: Image.ColorModel

  /// Bits a sample in the file.
  let bitDepth: Int

  /// The ICC profile of the file.
  var profile: [UInt8]?

  /// The EXIF orientation, 1 through 8.
  var orientation = 1
}

// MARK: - Colour

extension DecodedPicture {
  /// The same picture as RGB, in sRGB if asked for.
  ///
  /// A profile that cannot be used (damaged, or of another colour model) is passed over, as
  /// viewers do.
  func rgb(convertingToSRGB: Bool) -> Self {
    if convertingToSRGB, let profile,
      let converted = ColorProfile.convert(self, from: profile)
    {
      return converted
    }
    switch channels {
    case 1: return replacingSamples(by: Self.repeated(samples))
    case 4: return replacingSamples(by: Self.mixed(samples))
    default: return self
    }
  }

  /// The same picture with RGB samples.
  func replacingSamples(by samples: [UInt8]) -> Self {
    Self(
      format: format, width: width, height: height, channels: 3, samples: samples,
      colorModel: colorModel, bitDepth: bitDepth, profile: profile, orientation: orientation)
  }

  /// Gray in all three channels.
  private static func repeated(_ gray: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 3 * gray.count) { rgb, count in
      for i in gray.indices {
        rgb[3 * i] = gray[i]
        rgb[3 * i + 1] = gray[i]
        rgb[3 * i + 2] = gray[i]
      }
      count = 3 * gray.count
    }
  }

  /// The light that four inks leave: (1 − ink)(1 − black), rounded as Pillow rounds it.
  private static func mixed(_ inks: [UInt8]) -> [UInt8] {
    let pixels = inks.count / 4
    return [UInt8](unsafeUninitializedCapacity: 3 * pixels) { rgb, count in
      for i in 0..<pixels {
        let paper = 255 - Int32(inks[4 * i + 3])
        for channel in 0..<3 {
          // a × b / 255, rounded, without a division.
          let product = Int32(inks[4 * i + channel]) * paper + 128
          let covered = ((product >> 8) + product) >> 8
          rgb[3 * i + channel] = UInt8(clamping: paper - covered)
        }
      }
      count = 3 * pixels
    }
  }
}

// MARK: - Orientation

extension DecodedPicture {
  /// The image turned upright; samples must be RGB.
  func upright(name: String) -> Image {
    let source = Image.Source(
      name: name, format: format, colorModel: colorModel, bitDepth: bitDepth,
      hasColorProfile: profile != nil, orientation: orientation)
    guard (2...8).contains(orientation) else {
      return Image(width: width, height: height, pixels: samples, source: source)
    }
    // Where the upright image's top-left pixel lies in the file, and how far one step to the right
    // and one step down lead there.
    let right = width - 1, bottom = height - 1
    let (x, y, stepRight, stepDown) =
      switch orientation {
      case 2: (right, 0, (-1, 0), (0, 1))
      case 3: (right, bottom, (-1, 0), (0, -1))
      case 4: (0, bottom, (1, 0), (0, -1))
      case 5: (0, 0, (0, 1), (1, 0))
      case 6: (0, bottom, (0, -1), (1, 0))
      case 7: (right, bottom, (0, -1), (-1, 0))
      default: (right, 0, (0, 1), (-1, 0))
      }
    let turned = orientation >= 5
    let (newWidth, newHeight) = turned ? (height, width) : (width, height)
    let alongRow = 3 * (stepRight.0 + stepRight.1 * width)
    let alongColumn = 3 * (stepDown.0 + stepDown.1 * width)
    let pixels = [UInt8](unsafeUninitializedCapacity: samples.count) { pixels, count in
      samples.withUnsafeBufferPointer { samples in
        for row in 0..<newHeight {
          var from = 3 * (x + y * width) + row * alongColumn
          for to in row * newWidth..<(row + 1) * newWidth {
            for channel in 0..<3 { pixels[3 * to + channel] = samples[from + channel] }
            from += alongRow
          }
        }
      }
      count = samples.count
    }
    return Image(width: newWidth, height: newHeight, pixels: pixels, source: source)
  }
}
