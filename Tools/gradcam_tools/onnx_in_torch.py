"""A model's values by PyTorch in float64, node by node: a second opinion with autograd.

It knows the operators that the miniatures of `model_zoo` are made of, as their versions defined
them, and nothing else.
"""

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


def values(
    model: onnx.ModelProto, feeds: dict[str, np.ndarray], dtype=np.float64
) -> dict[str, torch.Tensor]:
    """Every value of the graph, floats in `dtype`; those fed ask for gradients."""

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array.astype(dtype if array.dtype.kind == "f" else array.dtype))

    found = {
        entry.name: tensor(numpy_helper.to_array(entry)) for entry in model.graph.initializer
    }
    for name, array in feeds.items():
        found[name] = tensor(array).requires_grad_(True)
    for node in model.graph.node:
        attributes = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
        inputs = [found[name] if name else None for name in node.input]
        result = _OPERATORS[node.op_type](attributes, *inputs)
        found[node.output[0]] = result
    return found


def _padded(x, pads, value=0.0):
    """Pads the last axes by ONNX's list, all the beginnings before all the ends."""
    half = len(pads) // 2
    pairs = [side for axis in reversed(range(half)) for side in (pads[axis], pads[axis + half])]
    return F.pad(x, pairs, value=value) if any(pairs) else x


def _pads(attributes, x, kernel, strides):
    mode = attributes.get("auto_pad", b"NOTSET")
    if mode not in (b"SAME_UPPER", b"SAME_LOWER"):
        return attributes.get("pads", [0] * 2 * len(kernel))
    before, after = [], []
    for side, size, stride in zip(x.shape[2:], kernel, strides):
        total = max((-(-side // stride) - 1) * stride + size - side, 0)
        first = total // 2 if mode == b"SAME_UPPER" else total - total // 2
        before.append(first)
        after.append(total - first)
    return before + after


def _conv(attributes, x, weight, bias=None):
    strides = attributes.get("strides", [1, 1])
    pads = _pads(attributes, x, weight.shape[2:], strides)
    return F.conv2d(
        _padded(x, pads), weight, bias, strides, groups=attributes.get("group", 1)
    )


def _max_pool(attributes, x):
    kernel, strides = attributes["kernel_shape"], attributes.get("strides", [1, 1])
    return F.max_pool2d(
        _padded(x, _pads(attributes, x, kernel, strides), -torch.inf), kernel, strides
    )


def _average_pool(attributes, x):
    kernel, strides = attributes["kernel_shape"], attributes.get("strides", [1, 1])
    pads = _pads(attributes, x, kernel, strides)
    sums = F.avg_pool2d(_padded(x, pads), kernel, strides, divisor_override=1)
    ones = torch.ones_like(x[:1, :1])
    inside = 1.0 if attributes.get("count_include_pad", 0) else 0.0
    return sums / F.avg_pool2d(_padded(ones, pads, inside), kernel, strides, divisor_override=1)


def _batch_norm(attributes, x, scale, bias, mean, variance):
    sides = [1, -1] + [1] * (x.dim() - 2)
    deviation = torch.sqrt(variance + attributes.get("epsilon", 1e-5)).reshape(sides)
    normal = (x - mean.reshape(sides)) / deviation
    return normal * scale.reshape(sides) + bias.reshape(sides)


def _lrn(attributes, x):
    size, alpha = attributes["size"], attributes.get("alpha", 1e-4)
    beta, offset = attributes.get("beta", 0.75), attributes.get("bias", 1.0)
    squares = F.pad(x * x, (0, 0, 0, 0, (size - 1) // 2, size // 2))
    sums = sum(squares[:, start : start + x.shape[1]] for start in range(size))
    return x / (offset + alpha / size * sums) ** beta


def _gemm(attributes, a, b, c=None):
    a = a.T if attributes.get("transA") else a
    b = b.T if attributes.get("transB") else b
    product = attributes.get("alpha", 1.0) * (a @ b)
    return product if c is None else product + attributes.get("beta", 1.0) * c


def _reshape(attributes, x, shape):
    sides = [x.shape[place] if side == 0 else int(side) for place, side in enumerate(shape.tolist())]
    return x.reshape(sides)


def _flatten(attributes, x):
    axis = attributes.get("axis", 1)
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


def _softmax(attributes, x):
    """Before operator set 13: over all axes from `axis` on, together."""
    return torch.softmax(_flatten(attributes, x), dim=1).reshape(x.shape)


def _unsqueeze(attributes, x):
    for axis in sorted(attributes["axes"]):
        x = x.unsqueeze(axis)
    return x


def _squeeze(attributes, x):
    for axis in sorted(attributes["axes"], reverse=True):
        x = x.squeeze(axis)
    return x


def _slice(attributes, x):
    axes = attributes.get("axes", list(range(len(attributes["starts"]))))
    for axis, start, end in zip(axes, attributes["starts"], attributes["ends"]):
        x = x.narrow(axis, *(lambda s: (s[0], s[1] - s[0]))(slice(start, end).indices(x.shape[axis])))
    return x


def _upsample(attributes, x, scales=None):
    factors = attributes["scales"] if scales is None else scales.tolist()
    for axis, factor in enumerate(factors):
        x = x.repeat_interleave(int(factor), dim=axis)
    return x


def _clip(attributes, x, low=None, high=None):
    low = attributes.get("min") if low is None else low
    high = attributes.get("max") if high is None else high
    return torch.clamp(x, low, high)


def _image_scaler(attributes, x):
    bias = torch.tensor(attributes["bias"], dtype=x.dtype).reshape(1, -1, 1, 1)
    return x * attributes.get("scale", 1.0) + bias


_OPERATORS = {
    "Add": lambda _, a, b: a + b,
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Clip": _clip,
    "Concat": lambda attributes, *parts: torch.cat(parts, attributes["axis"]),
    "Conv": _conv,
    "Div": lambda _, a, b: a / b,
    "Dropout": lambda _, x: x * 1,
    "Flatten": _flatten,
    "Gemm": _gemm,
    "GlobalAveragePool": lambda _, x: x.mean((2, 3), keepdim=True),
    "ImageScaler": _image_scaler,
    "LRN": _lrn,
    "LeakyRelu": lambda attributes, x: F.leaky_relu(x, attributes.get("alpha", 0.01)),
    "MatMul": lambda _, a, b: a @ b,
    "MaxPool": _max_pool,
    "Mul": lambda _, a, b: a * b,
    "PRelu": lambda _, x, slope: torch.where(x > 0, x, x * slope),
    "Pad": lambda attributes, x: _padded(x, attributes["pads"], attributes.get("value", 0.0)),
    "Relu": lambda _, x: F.relu(x),
    "Reshape": _reshape,
    "Slice": _slice,
    "Softmax": _softmax,
    "Squeeze": _squeeze,
    "Sub": lambda _, a, b: a - b,
    "Sum": lambda _, *parts: sum(parts[1:], parts[0]),
    "Transpose": lambda attributes, x: x.permute(*attributes["perm"]),
    "Unsqueeze": _unsqueeze,
    "Upsample": _upsample,
}
