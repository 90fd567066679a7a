"""Single operators with gradients from float64 autograd: a manifest and one binary.

Each row is one node. Its model, inputs, outputs, cotangents and expected gradients are byte ranges
of the binary; the expected output is checked against ONNX Runtime before it is written.
"""

import dataclasses
import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

from .probe import session
from .reference import relative_error


@dataclasses.dataclass
class Case:
    """One node: its inputs in order, and the same computation in PyTorch."""

    name: str
    op: str
    opset: int
    inputs: list
    compute: Callable
    attributes: dict
    outputs: int
    note: str


CASES: list[Case] = []


class Constant:
    """An input that the graph holds as an initializer; not differentiated."""

    def __init__(self, values, dtype=None):
        self.array = np.asarray(values, dtype=dtype or _default_type(values))


class Fed:
    """An input fed at run time that has no gradient, such as a condition."""

    def __init__(self, array):
        self.array = np.asarray(array)


def _default_type(values):
    kind = np.asarray(values).dtype.kind
    return {"i": np.int64, "b": np.bool_}.get(kind, np.float32)


def case(op, name, inputs, compute, opset=17, outputs=1, note="", **attributes):
    """Adds a row. Array shapes among `inputs` are drawn at random; `None` is an input left out."""
    full = f"{op}: {name}"
    generator = np.random.default_rng(zlib.crc32(full.encode()))
    drawn = [
        generator.standard_normal(entry).astype(np.float32) if isinstance(entry, tuple) else entry
        for entry in inputs
    ]
    CASES.append(Case(full, op, opset, drawn, compute, attributes, outputs, note))


def weights(*shape, seed=0, scale=0.5, shift=0.0):
    generator = np.random.default_rng(1000 + seed)
    return Constant((generator.standard_normal(shape) * scale + shift).astype(np.float32))


def exact(*rows):
    """An input with chosen values."""
    return np.asarray(rows, dtype=np.float32)


def apart(*shape, seed=0, low=0.0, step=0.37):
    """An input whose entries all differ by at least `step`, in random order."""
    generator = np.random.default_rng(seed)
    return (generator.permutation(math.prod(shape)) * step + low).reshape(shape).astype(np.float32)


def levels(*shape, seed=0, count=3):
    """An input with many equal entries."""
    return np.random.default_rng(seed).integers(0, count, shape).astype(np.float32)


def positive(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.2, 3, shape).astype(np.float32)


# MARK: Convolution and pooling


def convolutions():
    def conv(name, shape, weight, bias=True, **attributes):
        spatial = len(shape) - 2
        parameters = [weights(*weight, seed=1)] + ([weights(weight[0], seed=2)] if bias else [])
        pads = attributes.get("pads", [0] * 2 * spatial)
        stride = attributes.get("strides", [1] * spatial)
        dilation = attributes.get("dilations", [1] * spatial)
        group = attributes.get("group", 1)
        function = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[spatial]

        def compute(x, w, b=None):
            padded = F.pad(x, torch_pads(pads))
            return function(padded, w, b, stride, 0, dilation, group)

        case("Conv", name, [shape, *parameters], compute, **attributes)

    conv("1×1", (2, 4, 3, 3), (5, 4, 1, 1))
    conv("1×1 without bias", (2, 4, 3, 3), (5, 4, 1, 1), bias=False)
    conv("3×3 same", (2, 3, 5, 6), (4, 3, 3, 3), pads=[1, 1, 1, 1])
    conv("3×3 valid", (1, 3, 5, 6), (4, 3, 3, 3))
    conv("3×3 stride 2", (2, 3, 7, 6), (4, 3, 3, 3), pads=[1, 1, 1, 1], strides=[2, 2])
    conv("3×3 stride 2 rows unread", (1, 2, 8, 8), (3, 2, 3, 3), strides=[2, 2])
    conv("7×7 stride 2 pad 3", (1, 3, 11, 11), (4, 3, 7, 7), pads=[3, 3, 3, 3], strides=[2, 2])
    conv("2×2 stride 2", (1, 3, 6, 6), (4, 3, 2, 2), strides=[2, 2])
    conv("4×4 stride 4", (1, 3, 9, 8), (4, 3, 4, 4), strides=[4, 4])
    conv("1×1 stride 2", (1, 3, 5, 6), (4, 3, 1, 1), strides=[2, 2])
    conv("1×7", (1, 3, 8, 8), (4, 3, 1, 7), pads=[0, 3, 0, 3])
    conv("7×1", (1, 3, 8, 8), (4, 3, 7, 1), pads=[3, 0, 3, 0])
    conv("stride 2 by 1", (1, 3, 7, 5), (4, 3, 3, 3), pads=[1, 1, 1, 1], strides=[2, 1])
    conv("stride 3 larger than kernel", (1, 2, 9, 9), (3, 2, 2, 2), strides=[3, 3])
    conv("dilation 2", (1, 3, 8, 8), (4, 3, 3, 3), pads=[2, 2, 2, 2], dilations=[2, 2])
    conv("dilation 2 stride 2", (1, 3, 9, 8), (4, 3, 3, 3), pads=[2, 2, 2, 2], dilations=[2, 2], strides=[2, 2])
    conv("unequal pads", (1, 3, 6, 6), (4, 3, 3, 3), pads=[0, 1, 2, 0])
    conv("unequal pads stride 2", (1, 3, 6, 7), (4, 3, 3, 3), pads=[0, 0, 1, 1], strides=[2, 2])
    conv("pad larger than kernel − 1", (1, 2, 4, 4), (3, 2, 2, 2), pads=[2, 2, 2, 2])
    conv("2 groups", (2, 4, 5, 5), (6, 2, 3, 3), pads=[1, 1, 1, 1], group=2)
    conv("2 groups stride 2", (2, 4, 6, 5), (6, 2, 3, 3), pads=[1, 1, 1, 1], group=2, strides=[2, 2])
    conv("depthwise", (1, 5, 6, 6), (5, 1, 3, 3), pads=[1, 1, 1, 1], group=5)
    conv("depthwise stride 2", (1, 5, 7, 7), (5, 1, 3, 3), pads=[1, 1, 1, 1], group=5, strides=[2, 2])
    conv("depthwise 5×5 stride 2", (1, 3, 8, 8), (3, 1, 5, 5), pads=[2, 2, 2, 2], group=3, strides=[2, 2])
    conv("depthwise multiplier 2", (1, 3, 6, 6), (6, 1, 3, 3), pads=[1, 1, 1, 1], group=3)
    conv("1-dimensional", (2, 3, 9), (4, 3, 3), pads=[1, 1], strides=[2])
    conv("3-dimensional", (1, 2, 4, 4, 4), (3, 2, 3, 3, 3), pads=[1] * 6)
    w = weights(4, 3, 3, 3, seed=1)
    case("Conv", "auto_pad SAME_UPPER stride 2", [(1, 3, 6, 6), w],
         lambda x, w: F.conv2d(F.pad(x, (0, 1, 0, 1)), w, stride=2), auto_pad="SAME_UPPER", strides=[2, 2])
    case("Conv", "auto_pad SAME_LOWER stride 2", [(1, 3, 6, 6), w],
         lambda x, w: F.conv2d(F.pad(x, (1, 0, 1, 0)), w, stride=2), auto_pad="SAME_LOWER", strides=[2, 2])
    case("Conv", "auto_pad VALID", [(1, 3, 6, 6), w], lambda x, w: F.conv2d(x, w), auto_pad="VALID")


def pools():
    def maximum(name, shape, kernel, values=None, ceil=0, **attributes):
        pads = attributes.get("pads", [0, 0, 0, 0])
        stride = attributes.get("strides", [1, 1])
        dilation = attributes.get("dilations", [1, 1])
        x = apart(*shape) if values is None else values

        def compute(x):
            padded = F.pad(x, torch_pads(pads), value=-math.inf)
            return F.max_pool2d(padded, kernel, stride, 0, dilation, bool(ceil))

        if ceil:
            attributes["ceil_mode"] = 1
        case("MaxPool", name, [x], compute, kernel_shape=kernel, **attributes)

    def average(name, shape, kernel, ceil=0, opset=17, **attributes):
        pads = attributes.get("pads", [0, 0, 0, 0])
        stride = attributes.get("strides", [1, 1])
        counted = bool(attributes.get("count_include_pad", 0))

        def compute(x):
            return F.avg_pool2d(x, kernel, stride, pads[:2], bool(ceil), counted)

        if ceil:
            attributes["ceil_mode"] = 1
        case("AveragePool", name, [shape], compute, opset=opset, kernel_shape=kernel, **attributes)

    maximum("2×2 stride 2", (2, 3, 6, 6), [2, 2], strides=[2, 2])
    maximum("2×2 stride 2 rows unread", (1, 2, 7, 5), [2, 2], strides=[2, 2])
    maximum("3×3 stride 2 pad 1", (2, 3, 8, 7), [3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    maximum("3×3 stride 2", (1, 2, 9, 9), [3, 3], strides=[2, 2])
    maximum("3×3 stride 2 ceil", (1, 2, 8, 8), [3, 3], strides=[2, 2], ceil=1)
    maximum("2×2 stride 2 ceil", (1, 2, 5, 7), [2, 2], strides=[2, 2], ceil=1)
    maximum("3×3 stride 1 pad 1", (1, 2, 6, 6), [3, 3], pads=[1, 1, 1, 1])
    maximum("3×3 stride 1 pad 1 ceil", (1, 2, 6, 6), [3, 3], pads=[1, 1, 1, 1], ceil=1)
    maximum("5×5 stride 1 pad 2", (1, 2, 7, 7), [5, 5], pads=[2, 2, 2, 2])
    maximum("2×2 stride 3", (1, 2, 8, 8), [2, 2], strides=[3, 3])
    maximum("dilation 2", (1, 2, 8, 8), [2, 2], dilations=[2, 2])
    maximum("dilation 2 stride 2", (1, 2, 9, 9), [3, 3], dilations=[2, 2], strides=[2, 2])
    maximum("unequal pads", (1, 2, 7, 7), [3, 3], strides=[2, 2], pads=[0, 1, 1, 0])
    maximum("1×3", (1, 2, 5, 8), [1, 3], strides=[1, 2], pads=[0, 1, 0, 1])
    tied = "the whole cotangent goes to the first maximum in row-major order"
    for name, kernel, extra in [
        ("ties 2×2 stride 2", [2, 2], dict(strides=[2, 2])),
        ("ties 3×3 stride 2 pad 1", [3, 3], dict(strides=[2, 2], pads=[1, 1, 1, 1])),
        ("ties 3×3 stride 1 pad 1", [3, 3], dict(pads=[1, 1, 1, 1])),
        ("ties 3×3 stride 2 ceil", [3, 3], dict(strides=[2, 2], ceil=1)),
        ("ties dilation 2", [2, 2], dict(dilations=[2, 2])),
    ]:
        maximum(name, (), kernel, values=levels(2, 2, 8, 8), note=tied, **extra)
    maximum("all zero", (), [3, 3], values=exact(*np.zeros((1, 1, 6, 6))), strides=[2, 2], note=tied)
    maximum("all negative with padding", (), [3, 3], values=apart(1, 2, 6, 6, low=-50, step=0.5),
            strides=[2, 2], pads=[1, 1, 1, 1])

    average("2×2 stride 2", (2, 3, 6, 6), [2, 2], strides=[2, 2])
    average("2×2 stride 2 rows unread", (1, 2, 7, 5), [2, 2], strides=[2, 2])
    average("1×1", (1, 2, 4, 4), [1, 1])
    average("3×3 stride 1", (1, 2, 6, 6), [3, 3])
    average("3×3 stride 2", (1, 2, 9, 8), [3, 3], strides=[2, 2])
    average("3×3 pad 1 excluded", (1, 2, 6, 6), [3, 3], pads=[1, 1, 1, 1])
    average("3×3 pad 1 counted", (1, 2, 6, 6), [3, 3], pads=[1, 1, 1, 1], count_include_pad=1)
    average("3×3 stride 2 pad 1 excluded", (1, 2, 7, 8), [3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    average("3×3 stride 2 pad 1 counted", (1, 2, 7, 8), [3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
            count_include_pad=1)
    average("2×2 stride 2 ceil", (1, 2, 5, 7), [2, 2], strides=[2, 2], ceil=1)
    average("3×3 stride 2 ceil", (1, 2, 8, 8), [3, 3], strides=[2, 2], ceil=1)
    average("3×3 stride 2 pad 1 ceil excluded", (1, 2, 8, 8), [3, 3], strides=[2, 2], ceil=1,
            pads=[1, 1, 1, 1])
    average("3×3 stride 2 pad 1 ceil counted", (1, 2, 8, 8), [3, 3], strides=[2, 2], ceil=1, opset=19,
            pads=[1, 1, 1, 1], count_include_pad=1)
    average("2×2 stride 3", (1, 2, 8, 8), [2, 2], strides=[3, 3])
    average("whole plane", (2, 3, 4, 4), [4, 4])
    case("GlobalAveragePool", "7×5", [(2, 3, 7, 5)], lambda x: x.mean((2, 3), keepdim=True))
    case("GlobalMaxPool", "distinct", [apart(2, 3, 4, 4)], lambda x: x.amax((2, 3), keepdim=True))
    case("LpPool", "2×2 stride 2, p = 2", [(1, 2, 6, 6)], lambda x: F.lp_pool2d(x, 2, 2, 2),
         kernel_shape=[2, 2], strides=[2, 2], p=2)


def torch_pads(pads):
    """ONNX pads, all beginnings then all ends, as F.pad wants them: last axis first."""
    count = len(pads) // 2
    return [pads[axis + count * end] for axis in reversed(range(count)) for end in (0, 1)]


# MARK: Normalisation


def norms():
    scale, bias = weights(3, seed=3, shift=1), weights(3, seed=4)
    mean, variance = weights(3, seed=5), Constant(np.array([0.5, 1.2, 2.0], np.float32))

    def batch(x, s, b, m, v):
        return F.batch_norm(x, m, v, s, b, False, 0, 1e-3)

    for name, shape in [("rank 4", (2, 3, 4, 4)), ("rank 2", (4, 3)), ("rank 3", (2, 3, 5))]:
        case("BatchNormalization", name, [shape, scale, bias, mean, variance], batch, epsilon=1e-3)
    for name, axis, shape in [("last axis", -1, (5,)), ("two axes", 2, (4, 5)), ("axis 1", 1, (3, 4, 5))]:
        gain, offset = weights(*shape, seed=6, shift=1), weights(*shape, seed=7)
        case("LayerNormalization", name, [(2, 3, 4, 5), gain, offset],
             lambda x, g, o, shape=shape: F.layer_norm(x, shape, g, o, 1e-5), axis=axis, epsilon=1e-5)
    case("LayerNormalization", "without bias", [(2, 3, 5), weights(5, seed=6, shift=1)],
         lambda x, g: F.layer_norm(x, (5,), g, None, 1e-5), axis=-1, epsilon=1e-5)
    case("InstanceNormalization", "rank 4", [(2, 3, 4, 4), scale, bias],
         lambda x, s, b: F.instance_norm(x, weight=s, bias=b, eps=1e-4), epsilon=1e-4)
    case("GroupNormalization", "opset 21", [(2, 6, 3, 3), weights(6, seed=8, shift=1), weights(6, seed=9)],
         lambda x, s, b: F.group_norm(x, 2, s, b, 1e-5), opset=21, num_groups=2, epsilon=1e-5)
    case("GroupNormalization", "opset 18, a scale per group",
         [(2, 6, 3, 3), weights(2, seed=8, shift=1), weights(2, seed=9)],
         lambda x, s, b: F.group_norm(x, 2, s.repeat_interleave(3), b.repeat_interleave(3), 1e-5),
         opset=18, num_groups=2, epsilon=1e-5)
    case("LRN", "size 3", [(2, 6, 3, 3)], lambda x: F.local_response_norm(x, 3, 0.1, 0.75, 2.0),
         size=3, alpha=0.1, beta=0.75, bias=2.0)
    case("LRN", "size 5", [(1, 7, 2, 2)], lambda x: F.local_response_norm(x, 5, 0.2, 0.6, 1.0),
         size=5, alpha=0.2, beta=0.6, bias=1.0)
    case("LpNormalization", "p = 2", [(3, 5)], lambda x: F.normalize(x, 2, 1), axis=1, p=2)
    case("MeanVarianceNormalization", "per channel", [(2, 3, 4, 4)],
         lambda x: (x - x.mean((0, 2, 3), keepdim=True)) / x.std((0, 2, 3), False, keepdim=True),
         axes=[0, 2, 3])


# MARK: Elementwise


def elementwise():
    edges = exact([-4, -3, -2.5, -1, -0.5, 0, 0.5, 1, 2.5, 3, 4, 6, 7])
    smooth = {
        "Sigmoid": torch.sigmoid, "Tanh": torch.tanh, "Softplus": F.softplus, "Softsign": F.softsign,
        "Exp": torch.exp, "Sin": torch.sin, "Cos": torch.cos, "Atan": torch.atan, "Neg": torch.neg,
        "Erf": torch.erf, "Mish": F.mish, "HardSwish": F.hardswish, "Selu": F.selu, "Abs": torch.abs,
        "Relu": torch.relu, "Identity": lambda x: x * 1, "Sinh": torch.sinh, "Cosh": torch.cosh,
    }
    for op, function in smooth.items():
        opset = 18 if op == "Mish" else 17
        case(op, "random", [(2, 3, 4)], function, opset=opset)
        if op in {"Relu", "Abs", "HardSwish", "Selu", "Mish"}:
            case(op, "at its kinks", [edges], function, opset=opset)
    for op, function in {"Log": torch.log, "Sqrt": torch.sqrt, "Reciprocal": torch.reciprocal}.items():
        case(op, "positive", [positive(2, 3, 4)], function)
    for op, function in {"Floor": torch.floor, "Ceil": torch.ceil, "Round": torch.round, "Sign": torch.sign}.items():
        case(op, "flat almost everywhere", [(2, 5)], lambda x, f=function: f(x) + 0 * x)
    case("Gelu", "exact", [(2, 3, 4)], F.gelu, opset=20)
    case("Gelu", "tanh", [(2, 3, 4)], lambda x: F.gelu(x, approximate="tanh"), opset=20, approximate="tanh")
    case("HardSigmoid", "PyTorch's slope", [edges], lambda x: F.hardsigmoid(x), alpha=1 / 6, beta=0.5)
    case("HardSigmoid", "default slope", [(2, 7)], lambda x: (0.2 * x + 0.5).clamp(0, 1))
    case("LeakyRelu", "default", [edges], lambda x: F.leaky_relu(x, 0.01))
    case("LeakyRelu", "0.2", [(2, 3, 4)], lambda x: F.leaky_relu(x, 0.2), alpha=0.2)
    case("Elu", "default", [edges], F.elu)
    case("Elu", "alpha 0.5", [(2, 3, 4)], lambda x: F.elu(x, 0.5), alpha=0.5)
    case("Celu", "alpha 2", [(2, 3, 4)], lambda x: F.celu(x, 2.0), alpha=2.0)
    case("ThresholdedRelu", "0.3", [(2, 3, 4)], lambda x: F.threshold(x, 0.3, 0.0), alpha=0.3)
    case("PRelu", "a slope per channel", [(2, 3, 4, 4), weights(3, 1, 1, seed=10)],
         lambda x, s: F.prelu(x, s.reshape(-1)))
    case("PRelu", "one slope, at zero", [edges, weights(1, seed=11)], lambda x, s: F.prelu(x, s))
    at_bounds = "an input equal to a bound lets the cotangent pass, as torch.clamp does"
    low, high = Constant(np.float32(-1)), Constant(np.float32(2.5))
    case("Clip", "both bounds", [edges, low, high], lambda x, a, b: x.clamp(-1, 2.5), note=at_bounds)
    case("Clip", "from 0 to 6", [(3, 9), Constant(np.float32(0)), Constant(np.float32(6))],
         lambda x, a, b: x.clamp(0, 6))
    case("Clip", "only a lower bound", [edges, low], lambda x, a: x.clamp(min=-1), note=at_bounds)
    case("Clip", "only an upper bound", [edges, None, high], lambda x, b: x.clamp(max=2.5), note=at_bounds)
    case("Clip", "opset 6", [(3, 9)], lambda x: x.clamp(-0.5, 0.5), opset=7, min=-0.5, max=0.5)

    for op, function in {"Add": torch.add, "Sub": torch.sub, "Mul": torch.mul}.items():
        case(op, "same shape", [(2, 3, 4), (2, 3, 4)], function)
        case(op, "broadcast second", [(2, 3, 4, 4), (3, 1, 1)], function)
        case(op, "broadcast both", [(2, 1, 4), (3, 1)], function)
        case(op, "scalar", [(2, 3), ()], function)
        case(op, "constant", [(2, 3, 4), weights(4, seed=12)], function)
    case("Mul", "with itself broadcast over the plane", [(2, 3, 4, 4), (2, 3, 1, 1)], torch.mul)
    case("Div", "same shape", [(2, 3, 4), positive(2, 3, 4)], torch.div)
    case("Div", "broadcast divisor", [(2, 3, 4), positive(2, 3, 1)], torch.div)
    case("Div", "broadcast dividend", [(3, 1), positive(2, 3, 4)], torch.div)
    case("Div", "constant divisor", [(2, 3, 4), Constant(np.float32(1.41421356))], torch.div)
    case("Div", "constant dividend", [Constant(np.float32(2)), positive(2, 3)], torch.div)
    for exponent in (2.0, 0.5, 3.0, -1.0, 1.0, 0.0):
        case("Pow", f"exponent {exponent:g}", [positive(2, 3, 4), Constant(np.float32(exponent))],
             lambda x, e, p=exponent: x**p + 0 * x)
    case("Pow", "square of negatives and zero", [exact([-2, -0.5, 0, 1.5]), Constant(np.float32(2))],
         lambda x, e: x**2)
    case("Pow", "base and exponent", [positive(2, 3), (2, 3)], torch.pow)
    shared = "equal entries share the cotangent equally, as torch.minimum and torch.maximum do"
    for op, function in {"Min": torch.minimum, "Max": torch.maximum}.items():
        case(op, "two", [(2, 3, 4), (2, 3, 4)], function)
        case(op, "broadcast", [(2, 3, 4), (4,)], function)
        case(op, "ties", [exact([0, 1, 2, 2]), exact([1, 1, 0, 2])], function, note=shared)
        case(op, "constant", [(2, 6), Constant(np.float32(0.1))], function)
        case(op, "three", [(2, 3), (2, 3), (2, 3)], lambda a, b, c, f=function: f(f(a, b), c))
    case("Sum", "three, broadcast", [(2, 3), (3,), (2, 1)], lambda a, b, c: a + b + c)
    case("Mean", "three", [(2, 3), (2, 3), (2, 3)], lambda a, b, c: (a + b + c) / 3)
    condition = np.random.default_rng(5).integers(0, 2, (2, 3, 4)).astype(bool)
    case("Where", "same shape", [Fed(condition), (2, 3, 4), (2, 3, 4)], torch.where)
    case("Where", "broadcast", [Fed(condition[0, :, :1]), (2, 3, 4), (4,)], torch.where)
    case("Where", "constant branch", [Fed(condition), (2, 3, 4), Constant(np.float32(-9))], torch.where)
    case("Dropout", "at inference", [(2, 3, 4)], lambda x: x * 1, opset=13)
    case("Dropout", "opset 7", [(2, 3, 4)], lambda x: x * 1, opset=7, ratio=0.5)
    case("Softmax", "last axis", [(2, 3, 5)], lambda x: x.softmax(-1))
    case("Softmax", "axis 1", [(2, 3, 5)], lambda x: x.softmax(1), axis=1)
    case("Softmax", "opset 11, from axis 1 on", [(2, 3, 5)],
         lambda x: x.reshape(2, 15).softmax(1).reshape(2, 3, 5), opset=11, axis=1)
    case("LogSoftmax", "last axis", [(2, 3, 5)], lambda x: x.log_softmax(-1))
    case("LogSoftmax", "axis 1", [(2, 3, 5)], lambda x: x.log_softmax(1), axis=1)


# MARK: Reductions and products


def reductions():
    axes = Constant([2, 3])
    functions = {
        "ReduceMean": lambda x, d, k: x.mean(d, keepdim=k),
        "ReduceSum": lambda x, d, k: x.sum(d, keepdim=k),
        "ReduceL2": lambda x, d, k: x.norm(2, d, keepdim=k),
        "ReduceL1": lambda x, d, k: x.abs().sum(d, keepdim=k),
        "ReduceSumSquare": lambda x, d, k: (x * x).sum(d, keepdim=k),
        "ReduceLogSumExp": lambda x, d, k: x.logsumexp(d, keepdim=k),
    }
    for op, function in functions.items():
        case(op, "opset 18, kept", [(2, 3, 4, 4), axes], lambda x, a, f=function: f(x, (2, 3), True), opset=18)
        case(op, "opset 18, dropped", [(2, 3, 4, 4), axes], lambda x, a, f=function: f(x, (2, 3), False),
             opset=18, keepdims=0)
        case(op, "opset 11, kept", [(2, 3, 4, 4)], lambda x, f=function: f(x, (2, 3), True), opset=11, axes=[2, 3])
    case("ReduceMean", "opset 17, negative axis", [(2, 3, 5)], lambda x: x.mean(-1), axes=[-1], keepdims=0)
    case("ReduceMean", "every axis", [(2, 3, 5)], lambda x: x.mean(), keepdims=0)
    case("ReduceSum", "opset 13, axis 1", [(2, 3, 5), Constant([1])], lambda x, a: x.sum(1, keepdim=True), opset=13)
    for op, function in {"ReduceMax": torch.amax, "ReduceMin": torch.amin}.items():
        case(op, "distinct", [apart(2, 3, 4), Constant([1])], lambda x, a, f=function: f(x, 1, True), opset=18)
    case("CumSum", "axis 1", [(2, 5), Constant(np.int64(1))], lambda x, a: x.cumsum(1))


def products():
    case("MatMul", "matrices", [(3, 4), (4, 5)], torch.matmul)
    case("MatMul", "batched", [(2, 3, 4), (2, 4, 5)], torch.matmul)
    case("MatMul", "constant right", [(2, 3, 4), weights(4, 5, seed=13)], torch.matmul)
    case("MatMul", "constant left", [weights(5, 3, seed=13), (2, 3, 4)], torch.matmul)
    case("MatMul", "batch broadcast left", [(3, 4), (2, 4, 5)], torch.matmul)
    case("MatMul", "batch broadcast right", [(2, 6, 3, 4), (6, 4, 5)], torch.matmul)
    case("MatMul", "batch broadcast both", [(2, 1, 3, 4), (1, 6, 4, 5)], torch.matmul)
    case("MatMul", "vector right", [(2, 3, 4), (4,)], torch.matmul)
    case("MatMul", "vector left", [(4,), (2, 4, 5)], torch.matmul)
    case("MatMul", "vectors", [(4,), (4,)], torch.matmul)
    w, bias = weights(5, 4, seed=14), weights(5, seed=15)
    case("Gemm", "transB with bias", [(3, 4), w, bias], lambda x, w, b: x @ w.T + b, transB=1)
    case("Gemm", "transB without bias", [(3, 4), w], lambda x, w: x @ w.T, transB=1)
    case("Gemm", "plain", [(3, 5), w, Constant(np.ones(4, np.float32))], lambda x, w, b: x @ w + b)
    case("Gemm", "transA", [(5, 3), w], lambda x, w: x.T @ w, transA=1)
    case("Gemm", "transA transB", [(4, 3), w], lambda x, w: x.T @ w.T, transA=1, transB=1)
    case("Gemm", "alpha and beta", [(3, 4), w, bias], lambda x, w, b: 0.5 * (x @ w.T) + 2 * b,
         transB=1, alpha=0.5, beta=2.0)
    case("Gemm", "every input differentiated", [(3, 4), (4, 5), (5,)],
         lambda a, b, c: 0.5 * (a @ b) + 2 * c, alpha=0.5, beta=2.0)
    case("Gemm", "both differentiated, transposed", [(4, 3), (5, 4)], lambda a, b: a.T @ b.T, transA=1, transB=1)
    for equation, shapes in [
        ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]),
        ("bhid,bhjd->bhij", [(1, 2, 3, 4), (1, 2, 5, 4)]),
        ("nchw,kc->nkhw", [(2, 3, 2, 2), (5, 3)]),
        ("ij,jk->ik", [(3, 4), (4, 5)]),
    ]:
        case("Einsum", equation, shapes, lambda *x, e=equation: torch.einsum(e, *x), equation=equation)
    case("ConvTranspose", "2×2 stride 2", [(1, 3, 4, 4), weights(3, 4, 2, 2, seed=16)],
         lambda x, w: F.conv_transpose2d(x, w, stride=2), strides=[2, 2])
    case("ConvTranspose", "3×3 stride 2 pad 1 output padding 1",
         [(1, 3, 4, 4), weights(3, 4, 3, 3, seed=16)],
         lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=1, output_padding=1),
         strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])
    case("ConvTranspose", "2 groups", [(1, 4, 4, 4), weights(4, 2, 3, 3, seed=16)],
         lambda x, w: F.conv_transpose2d(x, w, groups=2), group=2)


# MARK: Shapes


def shapes():
    case("Reshape", "flat", [(2, 3, 4), Constant([2, -1])], lambda x, s: x.reshape(2, -1))
    case("Reshape", "zero copies a dimension", [(2, 3, 4), Constant([0, 4, -1])], lambda x, s: x.reshape(2, 4, 3))
    case("Flatten", "axis 1", [(2, 3, 4)], lambda x: x.flatten(1))
    case("Flatten", "axis 2", [(2, 3, 4)], lambda x: x.reshape(6, 4), axis=2)
    case("Flatten", "axis 0", [(2, 3)], lambda x: x.reshape(1, 6), axis=0)
    case("Transpose", "channels last", [(2, 3, 4, 5)], lambda x: x.permute(0, 2, 3, 1), perm=[0, 2, 3, 1])
    case("Transpose", "reversed", [(2, 3, 4)], lambda x: x.permute(2, 1, 0))
    case("Squeeze", "opset 13", [(2, 3, 1, 1), Constant([2, 3])], lambda x, a: x[:, :, 0, 0])
    case("Squeeze", "opset 11", [(2, 3, 1, 1)], lambda x: x[:, :, 0, 0], opset=11, axes=[2, 3])
    case("Squeeze", "every axis", [(1, 3, 1)], lambda x: x.squeeze())
    case("Unsqueeze", "opset 13", [(2, 3), Constant([0, 3])], lambda x, a: x[None, :, :, None])
    case("Unsqueeze", "opset 11", [(2, 3)], lambda x: x[:, :, None, None], opset=11, axes=[2, 3])
    case("Expand", "ones", [(2, 1, 4), Constant([2, 3, 4])], lambda x, s: x.expand(2, 3, 4))
    case("Expand", "new axis", [(3, 1), Constant([2, 3, 4])], lambda x, s: x.expand(2, 3, 4))
    case("Expand", "to a smaller shape", [(2, 3), Constant([1, 1])], lambda x, s: x * 1)
    case("Tile", "twice and thrice", [(2, 3), Constant([2, 3])], lambda x, r: x.repeat(2, 3))
    case("Concat", "axis 1, three", [(2, 2, 3), (2, 1, 3), (2, 4, 3)], lambda *x: torch.cat(x, 1), axis=1)
    case("Concat", "last axis", [(2, 2), (2, 3)], lambda *x: torch.cat(x, -1), axis=-1)
    case("Concat", "twice the same kind, one constant", [(2, 2), weights(2, 3, seed=17)],
         lambda *x: torch.cat(x, 1), axis=1)
    case("Split", "opset 13, sizes", [(2, 6), Constant([1, 3, 2])], lambda x, s: torch.split(x, [1, 3, 2], 1),
         opset=13, outputs=3, axis=1)
    case("Split", "opset 13, equal", [(2, 6)], lambda x: torch.split(x, 3, 1), opset=13, outputs=2, axis=1)
    case("Split", "opset 18, num_outputs, last smaller", [(2, 7)], lambda x: torch.split(x, 3, 1), opset=18,
         outputs=3, axis=1, num_outputs=3)
    case("Split", "opset 11", [(6, 2)], lambda x: torch.split(x, [2, 4]), opset=11, outputs=2, split=[2, 4])

    def sliced(name, shape, starts, ends, axes, steps, compute):
        constants = [Constant(values) for values in (starts, ends, axes, steps)]
        case("Slice", name, [shape, *constants], lambda x, *_: compute(x))

    far = 2**31 - 1
    sliced("one axis", (2, 6, 3), [1], [4], [1], [1], lambda x: x[:, 1:4])
    sliced("two axes", (2, 6, 5), [1, 2], [far, 4], [1, 2], [1, 1], lambda x: x[:, 1:, 2:4])
    sliced("step 2", (2, 7), [1], [far], [1], [2], lambda x: x[:, 1::2])
    sliced("step 3, end before the last", (2, 8), [0], [6], [1], [3], lambda x: x[:, 0:6:3])
    sliced("reversed", (2, 5), [-1], [-far], [1], [-1], lambda x: x.flip(1))
    sliced("step −2", (2, 7), [5], [0], [1], [-2], lambda x: x[:, [5, 3, 1]])
    sliced("negative start", (2, 6), [-3], [far], [-1], [1], lambda x: x[:, -3:])
    case("Slice", "opset 9", [(2, 6)], lambda x: x[:, 1:5], opset=9, starts=[1], ends=[5], axes=[1])
    case("Slice", "without axes", [(4, 5), Constant([1, 0]), Constant([3, 4])], lambda x, *_: x[1:3, 0:4])

    indices = Constant([[0, 2], [2, -1]])
    case("Gather", "axis 1, repeated and negative", [(2, 4, 3), indices],
         lambda x, i: x[:, torch.tensor([[0, 2], [2, 3]])], axis=1)
    case("Gather", "axis 0", [(4, 3), Constant([3, 1])], lambda x, i: x[[3, 1]])
    case("Gather", "scalar index drops the axis", [(2, 5, 3), Constant(np.int64(0))], lambda x, i: x[:, 0], axis=1)
    case("Gather", "last axis", [(2, 3, 4), Constant([1, 1, 0])], lambda x, i: x[..., [1, 1, 0]], axis=-1)
    case("GatherElements", "axis 1", [(2, 4), Constant([[0, 2, 2], [3, 1, 0]])],
         lambda x, i: x.gather(1, i.long()), axis=1)
    case("GatherND", "rows", [(3, 4), Constant([[0, 1], [2, 3], [0, 1]])], lambda x, i: x[[0, 2, 0], [1, 3, 1]])

    def padded(name, shape, pads, mode, value=None, opset=17):
        extra = [] if value is None else [Constant(np.float32(value))]
        kind = {"edge": "replicate", "wrap": "circular"}.get(mode, mode)

        def compute(x, *_):
            amounts = torch_pads(pads)
            if mode == "constant":
                return F.pad(x, amounts, value=value or 0.0)
            return F.pad(x, amounts[:4], mode=kind)

        case("Pad", name, [shape, Constant(pads), *extra], compute, mode=mode, opset=opset)

    plane = [0, 0, 1, 2, 0, 0, 2, 1]
    padded("constant", (1, 2, 4, 4), plane, "constant")
    padded("constant value", (1, 2, 4, 4), plane, "constant", 3.5)
    padded("constant, channels too", (1, 2, 3, 3), [0, 1, 0, 0, 0, 2, 1, 1], "constant")
    padded("cropping", (1, 2, 5, 5), [0, 0, -1, 0, 0, 0, -1, 1], "constant")
    padded("reflect", (1, 2, 4, 4), plane, "reflect")
    padded("edge", (1, 2, 4, 4), plane, "edge")
    padded("wrap", (1, 2, 4, 4), plane, "wrap", opset=19)
    case("Pad", "opset 2", [(1, 2, 3, 3)], lambda x: F.pad(x, (1, 1, 0, 2)), opset=9,
         pads=[0, 0, 0, 1, 0, 0, 2, 1], mode="constant", value=0.0)
    case("DepthToSpace", "DCR", [(1, 8, 2, 3)],
         lambda x: x.reshape(1, 2, 2, 2, 2, 3).permute(0, 3, 4, 1, 5, 2).reshape(1, 2, 4, 6), blocksize=2)
    case("DepthToSpace", "CRD", [(1, 8, 2, 3)], lambda x: F.pixel_shuffle(x, 2), blocksize=2, mode="CRD")
    case("SpaceToDepth", "2", [(1, 2, 4, 6)],
         lambda x: x.reshape(1, 2, 2, 2, 3, 2).permute(0, 3, 5, 1, 2, 4).reshape(1, 8, 2, 3), blocksize=2)
    case("Cast", "float to float", [(2, 3)], lambda x: x * 1, to=onnx.TensorProto.FLOAT)
    case("Trilu", "lower", [(2, 4, 4)], lambda x: x.tril(), upper=0)


def resizes():
    def resize(name, shape, size, mode, transformation, compute, by_scale=False, opset=17, **attributes):
        empty = Constant(np.zeros(0, np.float32))
        if by_scale:
            scales = [1, 1, size[0] / shape[2], size[1] / shape[3]]
            inputs = [shape, empty, Constant(np.array(scales, np.float32))]
        else:
            inputs = [shape, empty, empty, Constant([shape[0], shape[1], *size])]
        case("Resize", name, inputs, lambda x, *_: compute(x, size), opset=opset, mode=mode,
             coordinate_transformation_mode=transformation, **attributes)

    nearest = dict(mode="nearest", transformation="asymmetric", nearest_mode="floor",
                   compute=lambda x, s: F.interpolate(x, s, mode="nearest"))
    exactly = dict(mode="nearest", transformation="half_pixel", nearest_mode="round_prefer_ceil",
                   compute=lambda x, s: F.interpolate(x, s, mode="nearest-exact"))
    half = dict(mode="linear", transformation="half_pixel",
                compute=lambda x, s: F.interpolate(x, s, mode="bilinear"))
    corners = dict(mode="linear", transformation="align_corners",
                   compute=lambda x, s: F.interpolate(x, s, mode="bilinear", align_corners=True))
    cubic = dict(mode="cubic", transformation="half_pixel", cubic_coeff_a=-0.75,
                 compute=lambda x, s: F.interpolate(x, s, mode="bicubic"))
    torch_half = half | dict(transformation="pytorch_half_pixel")
    for name, settings in [
        ("nearest", nearest), ("nearest half_pixel", exactly), ("linear half_pixel", half),
        ("linear align_corners", corners), ("linear pytorch_half_pixel", torch_half), ("cubic", cubic),
    ]:
        resize(f"{name} doubled", (1, 2, 3, 4), (6, 8), **settings)
        resize(f"{name} odd size", (1, 2, 4, 5), (7, 6), **settings)
        resize(f"{name} smaller", (1, 2, 6, 8), (3, 5), **settings)
    resize("nearest by scales", (1, 2, 3, 4), (6, 8), by_scale=True, **nearest)
    resize("linear by scales", (1, 2, 3, 4), (6, 8), by_scale=True, **half)
    case("Upsample", "opset 9, nearest", [(1, 2, 3, 3), Constant(np.array([1, 1, 2, 2], np.float32))],
         lambda x, s: F.interpolate(x, scale_factor=2), opset=9, mode="nearest")


# MARK: Writing


class _Binary:
    def __init__(self):
        self.bytes = bytearray()

    def add(self, data: bytes) -> dict:
        self.bytes += b"\0" * (-len(self.bytes) % 8)
        offset = len(self.bytes)
        self.bytes += data
        return {"offset": offset, "bytes": len(data)}

    def array(self, array: np.ndarray) -> dict:
        array = np.asarray(array)
        kind = {"f": np.float32, "i": np.int64, "b": np.bool_}[array.dtype.kind]
        facts = {"type": np.dtype(kind).name, "shape": list(array.shape)}
        return facts | self.add(np.ascontiguousarray(array, kind).tobytes())


def write(folder: Path) -> None:
    """Writes `operators.json` and `operators.bin`."""
    for section in (convolutions, pools, norms, elementwise, reductions, products, shapes, resizes):
        section()
    binary = _Binary()
    rows, refused = [], []
    for entry in CASES:
        try:
            rows.append(_row(entry, binary))
        except _Disagreement as disagreement:
            refused.append(f"{entry.name}: {disagreement}")
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "operators.bin").write_bytes(bytes(binary.bytes))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "operators.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(rows)} operator cases, {len(binary.bytes) // 1024} KiB")
    for line in refused:
        print(f"  refused {line}")
    if refused:
        raise SystemExit(1)


class _Disagreement(Exception):
    pass


def _row(entry: Case, binary: _Binary) -> dict:
    names, arrays, feeds, initializers, infos = [], {}, {}, [], []
    differentiable = []
    for position, given in enumerate(entry.inputs):
        if given is None:
            names.append("")
            continue
        name = f"x{position}"
        names.append(name)
        arrays[name] = array = given if isinstance(given, np.ndarray) else np.asarray(
            getattr(given, "array", given))
        if isinstance(given, Constant):
            initializers.append(numpy_helper.from_array(array, name))
            continue
        feeds[name] = array
        infos.append(helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape))
        if not isinstance(given, Fed):
            differentiable.append(name)
    outputs = [f"y{index}" for index in range(entry.outputs)]
    node = helper.make_node(entry.op, names, outputs, name=entry.op, **entry.attributes)
    float_output = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph([node], "operator", infos, float_output, initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", entry.opset)],
        ir_version=4 if entry.opset < 11 else 8 if entry.opset < 20 else 10)
    try:
        found = session(model.SerializeToString()).run(outputs, feeds)
    except Exception as error:
        raise _Disagreement(f"ONNX Runtime: {str(error)[:300]}") from error

    tensors = {
        name: torch.tensor(array, dtype=torch.float64 if array.dtype.kind == "f" else None)
        for name, array in arrays.items()
    }
    for name in differentiable:
        tensors[name].requires_grad_(True)
    results = entry.compute(*(tensors[name] for name in names if name))
    results = results if isinstance(results, (tuple, list)) else [results]
    generator = np.random.default_rng(zlib.crc32(entry.name.encode()) ^ 1)
    cotangents = []
    for value, result in zip(found, results, strict=True):
        if value.shape != tuple(result.shape):
            raise _Disagreement(f"shape {tuple(result.shape)}, ONNX Runtime gives {value.shape}")
        error = relative_error(value, result.detach().numpy())
        if error > 2e-6:
            raise _Disagreement(f"values differ by {error:.1e}")
        cotangents.append(generator.standard_normal(value.shape).astype(np.float32))
    target = sum(
        (result * torch.tensor(cotangent, dtype=torch.float64)).sum()
        for result, cotangent in zip(results, cotangents)
    )
    gradients = torch.autograd.grad(target, [tensors[name] for name in differentiable])
    if not all(torch.isfinite(gradient).all() for gradient in gradients):
        raise _Disagreement("a gradient is not finite")
    row = {
        "name": entry.name,
        "op": entry.op,
        "opset": entry.opset,
        "attributes": entry.attributes,
        "model": binary.add(model.SerializeToString()),
        "inputs": [{"name": name} | binary.array(array) for name, array in feeds.items()],
        "outputs": [
            {"name": name} | binary.array(result.detach().numpy())
            for name, result in zip(outputs, results)
        ],
        "cotangents": [
            {"of": name} | binary.array(cotangent) for name, cotangent in zip(outputs, cotangents)
        ],
        "gradients": [
            {"of": name} | binary.array(gradient.numpy())
            for name, gradient in zip(differentiable, gradients)
        ],
    }
    return row | ({"note": entry.note} if entry.note else {})
