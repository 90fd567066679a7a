"""Further forms of operators, and operators that ONNX Runtime stores."""

import numpy as np
import torch
import torch.nn.functional as F

from .case import Constant, case, exact, weights


def forms():
    """Further forms of operators that have rows elsewhere."""
    case(
        "ReduceProd", "no zero", [(2, 3, 4), Constant([1])], lambda x, a: x.prod(1, True), opset=18
    )
    zeros = exact([1.5, 0, 2, -1], [0, 0, 3, 4], [1, 2, 3, -4])
    case("ReduceProd", "zeros", [zeros], lambda x: x.prod(1), axes=[1], keepdims=0)
    case(
        "ReduceL2",
        "zero row",
        [exact([0, 0, 0], [1, 2, -2])],
        lambda x: torch.linalg.vector_norm(x, dim=1, keepdim=True),
        axes=[1],
        note="no gradient where all is zero",
    )
    levels = exact([1, 3, 3, 2], [2, 2, 2, 2])
    case(
        "ReduceMax",
        "ties",
        [levels],
        lambda x: x.amax(1, True),
        axes=[1],
        note="the cotangent is shared evenly",
    )
    case(
        "Max",
        "ties within",
        [levels, exact([1, 3, 2, 4], [2, 1, 2, 5])],
        torch.maximum,
        note="each input gets half",
    )
    case(
        "Min",
        "ties within",
        [levels, exact([1, 3, 2, 4], [2, 1, 2, 5])],
        torch.minimum,
        note="each input gets half",
    )
    case(
        "GlobalMaxPool",
        "ties",
        [np.stack([levels, levels[::-1]])[None].astype(np.float32)],
        lambda x: F.adaptive_max_pool2d(x, 1),
        note="the first maximum, as PyTorch's adaptive pooling",
    )
    case(
        "Clip",
        "bounds differentiated",
        [(2, 5), exact(-0.5)[0], exact(0.4)[0]],
        lambda x, a, b: torch.clamp(x, a, b),
    )
    case(
        "Pad",
        "value differentiated",
        [(2, 3), Constant([0, 1, 1, 2]), exact(0.5)[0]],
        lambda x, p, v: torch.cat(
            [torch.cat([v.expand(2, 1), x, v.expand(2, 2)], 1), v.expand(1, 6)]
        ),
    )
    case("Mod", "fmod", [(2, 4), exact([0.7, 0.3, 1.1, -0.4])], torch.fmod, fmod=1)
    case("Shrink", "soft", [(2, 5)], lambda x: F.softshrink(x, 0.4), lambd=0.4, bias=0.4)
    case("CastLike", "float", [(2, 3), Constant([0.0])], lambda x, t: x * 1)
    case(
        "LpPool",
        "p = 3",
        [(1, 2, 5, 5)],
        lambda x: F.avg_pool2d(x.abs() ** 3, 2, 1).mul(4) ** (1 / 3),
        kernel_shape=[2, 2],
        p=3,
    )
    case(
        "LpPool",
        "p = 1",
        [(1, 2, 5, 5)],
        lambda x: F.avg_pool2d(x.abs(), 2, 1).mul(4),
        kernel_shape=[2, 2],
        p=1,
    )
    case(
        "GlobalLpPool",
        "p = 3",
        [(1, 2, 3, 4)],
        lambda x: x.abs().pow(3).sum((2, 3), True).pow(1 / 3),
        p=3,
    )
    case("LpNormalization", "p = 1", [(2, 3, 4)], lambda x: F.normalize(x, 1, 1), axis=1, p=1)
    case(
        "Einsum",
        "...ij,...jk->...ik",
        [(2, 3, 4), (2, 4, 5)],
        torch.matmul,
        equation="...ij,...jk->...ik",
    )
    case("Einsum", "ij->j", [(2, 3)], lambda x: x.sum(0), equation="ij->j")
    case(
        "Einsum",
        "bij,bj",
        [(2, 3, 4), (2, 4)],
        lambda a, b: torch.einsum("bij,bj", a, b),
        equation="bij,bj",
    )
    case(
        "LayerNormalization",
        "parameters differentiated",
        [(2, 3, 4), (4,), (4,)],
        lambda x, g, o: F.layer_norm(x, (4,), g, o, 1e-5),
        axis=-1,
        epsilon=1e-5,
    )
    case(
        "BatchNormalization",
        "parameters differentiated",
        [(2, 3, 4), (3,), (3,), (3,), exact([0.5, 1.2, 2.0])[0]],
        lambda x, s, b, m, v: (x - m[:, None]) / (v[:, None] + 1e-3).sqrt() * s[:, None]
        + b[:, None],
        epsilon=1e-3,
    )
    case(
        "BatchNormalization",
        "not spatial, opset 7",
        [
            (4, 3),
            *(weights(3, seed=n) for n in (3, 4, 5)),
            Constant(np.array([0.5, 1.2, 2.0], np.float32)),
        ],
        lambda x, s, b, m, v: (x - m) / (v + 1e-5).sqrt() * s + b,
        opset=7,
        spatial=0,
    )
    for name, size, attributes in [("smaller", (3, 4), {}), ("larger", (9, 7), {})]:
        for mode, torch_mode in [("linear", "bilinear"), ("cubic", "bicubic")]:
            case(
                "Resize",
                f"{mode} antialiased {name}",
                [(1, 2, 7, 9), None, None, Constant([1, 2, *size])],
                lambda x, *_, m=torch_mode, s=size: F.interpolate(x, s, mode=m, antialias=True),
                opset=18,
                mode=mode,
                coordinate_transformation_mode="half_pixel",
                antialias=1,
                exclude_outside=1,
                cubic_coeff_a=-0.5,
            )


def convolutions_of_two():
    """Convolutions whose weight is differentiated too, on one, two and three axes."""
    for rank, function in [(1, F.conv1d), (2, F.conv2d), (3, F.conv3d)]:
        sides = (6, 5, 4)[:rank]
        kernel = (3, 2, 2)[:rank]
        case(
            "Conv",
            f"weight differentiated, {rank} axes",
            [(2, 4, *sides), (6, 2, *kernel), (6,)],
            lambda x, w, b, f=function: f(x, w, b, stride=2, padding=1, groups=2),
            strides=[2] * rank,
            pads=[1] * 2 * rank,
            group=2,
        )
    for rank, function in [
        (1, F.conv_transpose1d),
        (2, F.conv_transpose2d),
        (3, F.conv_transpose3d),
    ]:
        sides = (4, 3, 3)[:rank]
        kernel = (3, 2, 2)[:rank]
        case(
            "ConvTranspose",
            f"weight differentiated, {rank} axes",
            [(2, 4, *sides), (4, 3, *kernel), (6,)],
            lambda x, w, b, f=function: f(x, w, b, stride=2, padding=1, groups=2, output_padding=1),
            strides=[2] * rank,
            pads=[1] * 2 * rank,
            output_padding=[1] * rank,
            group=2,
        )
    case(
        "ConvTranspose",
        "SAME_UPPER",
        [(1, 2, 4, 5), weights(2, 3, 3, 3, seed=20)],
        lambda x, w: F.conv_transpose2d(x, w, stride=2)[:, :, :8, :10],
        strides=[2, 2],
        auto_pad="SAME_UPPER",
    )
    case(
        "ConvTranspose",
        "output shape",
        [(1, 2, 4, 4), weights(2, 3, 3, 3, seed=20)],
        lambda x, w: F.conv_transpose2d(x, w, stride=2)[:, :, 1:, 1:],
        strides=[2, 2],
        output_shape=[8, 8],
    )


def stored():
    """Operators that ONNX Runtime writes when it stores an optimised model."""
    domain = "com.microsoft."
    case(domain + "Gelu", "exact", [(2, 3)], F.gelu)
    tanh = lambda x, b: F.gelu(x + b, approximate="tanh")  # noqa: E731
    case(domain + "FastGelu", "with bias", [(2, 3), (3,)], tanh)
    case(domain + "BiasGelu", "with bias", [(2, 3), (3,)], lambda x, b: F.gelu(x + b))
    case(
        domain + "QuickGelu", "1.702", [(2, 3)], lambda x: x * torch.sigmoid(1.702 * x), alpha=1.702
    )
    case(
        domain + "FusedMatMul",
        "turned and scaled",
        [(2, 3, 4), (2, 5, 4)],
        lambda a, b: 0.5 * a @ b.mT,
        transB=1,
        alpha=0.5,
    )
    w, bias = weights(4, 3, 3, 3, seed=21), weights(4, seed=22)
    for name, function, extra in [
        ("Relu", torch.relu, {}),
        ("LeakyRelu", lambda y: F.leaky_relu(y, 0.2), {"activation_params": [0.2]}),
        ("Clip", lambda y: y.clamp(-0.3, 0.6), {"activation_params": [-0.3, 0.6]}),
        ("HardSigmoid", lambda y: (0.25 * y + 0.4).clamp(0, 1), {"activation_params": [0.25, 0.4]}),
    ]:
        case(
            domain + "FusedConv",
            name,
            [(1, 3, 5, 5), w, bias],
            lambda x, w, b, f=function: f(F.conv2d(x, w, b, padding=1)),
            pads=[1, 1, 1, 1],
            activation=name,
            **extra,
        )
    case(
        domain + "SkipLayerNormalization",
        "with bias",
        [(1, 3, 4), (1, 3, 4), weights(4, seed=23, shift=1), weights(4, seed=24), (4,)],
        lambda x, s, g, o, b: F.layer_norm(x + s + b, (4,), g, o, 1e-5),
        epsilon=1e-5,
    )
