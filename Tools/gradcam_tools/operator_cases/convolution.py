"""Convolution and pooling."""

import math

import numpy as np
import torch.nn.functional as F

from .case import apart, case, exact, levels, torch_pads, weights


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
    conv(
        "dilation 2 stride 2",
        (1, 3, 9, 8),
        (4, 3, 3, 3),
        pads=[2, 2, 2, 2],
        dilations=[2, 2],
        strides=[2, 2],
    )
    conv("unequal pads", (1, 3, 6, 6), (4, 3, 3, 3), pads=[0, 1, 2, 0])
    conv("unequal pads stride 2", (1, 3, 6, 7), (4, 3, 3, 3), pads=[0, 0, 1, 1], strides=[2, 2])
    conv("pad larger than kernel − 1", (1, 2, 4, 4), (3, 2, 2, 2), pads=[2, 2, 2, 2])
    conv("2 groups", (2, 4, 5, 5), (6, 2, 3, 3), pads=[1, 1, 1, 1], group=2)
    conv(
        "2 groups stride 2", (2, 4, 6, 5), (6, 2, 3, 3), pads=[1, 1, 1, 1], group=2, strides=[2, 2]
    )
    conv("depthwise", (1, 5, 6, 6), (5, 1, 3, 3), pads=[1, 1, 1, 1], group=5)
    conv(
        "depthwise stride 2", (1, 5, 7, 7), (5, 1, 3, 3), pads=[1, 1, 1, 1], group=5, strides=[2, 2]
    )
    conv(
        "depthwise 5×5 stride 2",
        (1, 3, 8, 8),
        (3, 1, 5, 5),
        pads=[2, 2, 2, 2],
        group=3,
        strides=[2, 2],
    )
    conv("depthwise multiplier 2", (1, 3, 6, 6), (6, 1, 3, 3), pads=[1, 1, 1, 1], group=3)
    conv("1-dimensional", (2, 3, 9), (4, 3, 3), pads=[1, 1], strides=[2])
    conv("3-dimensional", (1, 2, 4, 4, 4), (3, 2, 3, 3, 3), pads=[1] * 6)
    w = weights(4, 3, 3, 3, seed=1)
    case(
        "Conv",
        "auto_pad SAME_UPPER stride 2",
        [(1, 3, 6, 6), w],
        lambda x, w: F.conv2d(F.pad(x, (0, 1, 0, 1)), w, stride=2),
        auto_pad="SAME_UPPER",
        strides=[2, 2],
    )
    case(
        "Conv",
        "auto_pad SAME_LOWER stride 2",
        [(1, 3, 6, 6), w],
        lambda x, w: F.conv2d(F.pad(x, (1, 0, 1, 0)), w, stride=2),
        auto_pad="SAME_LOWER",
        strides=[2, 2],
    )
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
    maximum(
        "all zero", (), [3, 3], values=exact(*np.zeros((1, 1, 6, 6))), strides=[2, 2], note=tied
    )
    maximum(
        "all negative with padding",
        (),
        [3, 3],
        values=apart(1, 2, 6, 6, low=-50, step=0.5),
        strides=[2, 2],
        pads=[1, 1, 1, 1],
    )

    average("2×2 stride 2", (2, 3, 6, 6), [2, 2], strides=[2, 2])
    average("2×2 stride 2 rows unread", (1, 2, 7, 5), [2, 2], strides=[2, 2])
    average("1×1", (1, 2, 4, 4), [1, 1])
    average("3×3 stride 1", (1, 2, 6, 6), [3, 3])
    average("3×3 stride 2", (1, 2, 9, 8), [3, 3], strides=[2, 2])
    average("3×3 pad 1 excluded", (1, 2, 6, 6), [3, 3], pads=[1, 1, 1, 1])
    average("3×3 pad 1 counted", (1, 2, 6, 6), [3, 3], pads=[1, 1, 1, 1], count_include_pad=1)
    average("3×3 stride 2 pad 1 excluded", (1, 2, 7, 8), [3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    average(
        "3×3 stride 2 pad 1 counted",
        (1, 2, 7, 8),
        [3, 3],
        strides=[2, 2],
        pads=[1, 1, 1, 1],
        count_include_pad=1,
    )
    average("2×2 stride 2 ceil", (1, 2, 5, 7), [2, 2], strides=[2, 2], ceil=1)
    average("3×3 stride 2 ceil", (1, 2, 8, 8), [3, 3], strides=[2, 2], ceil=1)
    average(
        "3×3 stride 2 pad 1 ceil excluded",
        (1, 2, 8, 8),
        [3, 3],
        strides=[2, 2],
        ceil=1,
        pads=[1, 1, 1, 1],
    )
    average(
        "3×3 stride 2 pad 1 ceil counted",
        (1, 2, 8, 8),
        [3, 3],
        strides=[2, 2],
        ceil=1,
        opset=19,
        pads=[1, 1, 1, 1],
        count_include_pad=1,
    )
    average("2×2 stride 3", (1, 2, 8, 8), [2, 2], strides=[3, 3])
    average("whole plane", (2, 3, 4, 4), [4, 4])
    case("GlobalAveragePool", "7×5", [(2, 3, 7, 5)], lambda x: x.mean((2, 3), keepdim=True))
    case("GlobalMaxPool", "distinct", [apart(2, 3, 4, 4)], lambda x: x.amax((2, 3), keepdim=True))
    case(
        "LpPool",
        "2×2 stride 2, p = 2",
        [(1, 2, 6, 6)],
        lambda x: F.lp_pool2d(x, 2, 2, 2),
        kernel_shape=[2, 2],
        strides=[2, 2],
        p=2,
    )
