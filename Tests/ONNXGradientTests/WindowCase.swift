import ONNXFormat

/// One axis of a window and the input it moves over.
struct WindowAxis {
  let side: Int
  let kernel: Int
  let stride: Int
  let before: Int
  let after: Int
  let dilation: Int

  /// The positions that a window spans.
  var extent: Int { (kernel - 1) * dilation + 1 }

  /// All axes of the small space, pads asymmetric too, whose window fits its input.
  static func all(padding: (_ pad: Int, _ kernel: Int) -> Bool) -> [WindowAxis] {
    var axes: [WindowAxis] = []
    for side in 4...7 {
      for kernel in 1...3 {
        for stride in 1...3 {
          for before in 0...2 where padding(before, kernel) {
            for after in 0...2 where padding(after, kernel) {
              for dilation in kernel == 1 ? 1...1 : 1...2 {
                let axis = WindowAxis(
                  side: side, kernel: kernel, stride: stride, before: before, after: after,
                  dilation: dilation)
                if axis.extent <= side + before + after { axes.append(axis) }
              }
            }
          }
        }
      }
    }
    return axes
  }
}

/// A window over two axes: each axis of the small space beside another one of it.
struct WindowCase {
  let height: WindowAxis
  let width: WindowAxis

  /// As many cases as there are axes, so that each stands once in each place.
  static func all(padding: (_ pad: Int, _ kernel: Int) -> Bool) -> [WindowCase] {
    let axes = WindowAxis.all(padding: padding)
    // A stride without a factor in common with the count visits every axis.
    let stride = [389, 397, 401].first { !axes.count.isMultiple(of: $0) } ?? 1
    return axes.indices.map {
      WindowCase(height: axes[$0], width: axes[($0 * stride + 7) % axes.count])
    }
  }

  var sides: [Int] { [height.side, width.side] }
  var kernel: [Int] { [height.kernel, width.kernel] }

  /// The attributes; no dilations where there are none, which old operator sets do not know.
  var attributes: [AttributeProto] {
    let dilations = [height.dilation, width.dilation]
    return [
      AttributeProto("kernel_shape", kernel),
      AttributeProto("strides", [height.stride, width.stride]),
      AttributeProto("pads", [height.before, width.before, height.after, width.after]),
    ] + (dilations == [1, 1] ? [] : [AttributeProto("dilations", dilations)])
  }
}
