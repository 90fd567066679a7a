"""Moving, picking, padding and resizing."""

import numpy as np
import onnx
import torch
import torch.nn.functional as F

from .case import Constant, case, torch_pads, weights


def shapes():
    case("Reshape", "flat", [(2, 3, 4), Constant([2, -1])], lambda x, s: x.reshape(2, -1))
    case(
        "Reshape",
        "zero copies a dimension",
        [(2, 3, 4), Constant([0, 4, -1])],
        lambda x, s: x.reshape(2, 4, 3),
    )
    case("Flatten", "axis 1", [(2, 3, 4)], lambda x: x.flatten(1))
    case("Flatten", "axis 2", [(2, 3, 4)], lambda x: x.reshape(6, 4), axis=2)
    case("Flatten", "axis 0", [(2, 3)], lambda x: x.reshape(1, 6), axis=0)
    case(
        "Transpose",
        "channels last",
        [(2, 3, 4, 5)],
        lambda x: x.permute(0, 2, 3, 1),
        perm=[0, 2, 3, 1],
    )
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
    case(
        "Concat",
        "axis 1, three",
        [(2, 2, 3), (2, 1, 3), (2, 4, 3)],
        lambda *x: torch.cat(x, 1),
        axis=1,
    )
    case("Concat", "last axis", [(2, 2), (2, 3)], lambda *x: torch.cat(x, -1), axis=-1)
    case(
        "Concat",
        "twice the same kind, one constant",
        [(2, 2), weights(2, 3, seed=17)],
        lambda *x: torch.cat(x, 1),
        axis=1,
    )
    case(
        "Split",
        "opset 13, sizes",
        [(2, 6), Constant([1, 3, 2])],
        lambda x, s: torch.split(x, [1, 3, 2], 1),
        opset=13,
        outputs=3,
        axis=1,
    )
    case(
        "Split",
        "opset 13, equal",
        [(2, 6)],
        lambda x: torch.split(x, 3, 1),
        opset=13,
        outputs=2,
        axis=1,
    )
    case(
        "Split",
        "opset 18, num_outputs, last smaller",
        [(2, 7)],
        lambda x: torch.split(x, 3, 1),
        opset=18,
        outputs=3,
        axis=1,
        num_outputs=3,
    )
    case(
        "Split",
        "opset 11",
        [(6, 2)],
        lambda x: torch.split(x, [2, 4]),
        opset=11,
        outputs=2,
        split=[2, 4],
    )

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
    case(
        "Slice",
        "without axes",
        [(4, 5), Constant([1, 0]), Constant([3, 4])],
        lambda x, *_: x[1:3, 0:4],
    )

    indices = Constant([[0, 2], [2, -1]])
    case(
        "Gather",
        "axis 1, repeated and negative",
        [(2, 4, 3), indices],
        lambda x, i: x[:, torch.tensor([[0, 2], [2, 3]])],
        axis=1,
    )
    case("Gather", "axis 0", [(4, 3), Constant([3, 1])], lambda x, i: x[[3, 1]])
    case(
        "Gather",
        "scalar index drops the axis",
        [(2, 5, 3), Constant(np.int64(0))],
        lambda x, i: x[:, 0],
        axis=1,
    )
    case(
        "Gather",
        "last axis",
        [(2, 3, 4), Constant([1, 1, 0])],
        lambda x, i: x[..., [1, 1, 0]],
        axis=-1,
    )
    case(
        "GatherElements",
        "axis 1",
        [(2, 4), Constant([[0, 2, 2], [3, 1, 0]])],
        lambda x, i: x.gather(1, i.long()),
        axis=1,
    )
    case(
        "GatherND",
        "rows",
        [(3, 4), Constant([[0, 1], [2, 3], [0, 1]])],
        lambda x, i: x[[0, 2, 0], [1, 3, 1]],
    )

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
    case(
        "Pad",
        "opset 2",
        [(1, 2, 3, 3)],
        lambda x: F.pad(x, (1, 1, 0, 2)),
        opset=9,
        pads=[0, 0, 0, 1, 0, 0, 2, 1],
        mode="constant",
        value=0.0,
    )
    case(
        "DepthToSpace",
        "DCR",
        [(1, 8, 2, 3)],
        lambda x: x.reshape(1, 2, 2, 2, 2, 3).permute(0, 3, 4, 1, 5, 2).reshape(1, 2, 4, 6),
        blocksize=2,
    )
    case(
        "DepthToSpace",
        "CRD",
        [(1, 8, 2, 3)],
        lambda x: F.pixel_shuffle(x, 2),
        blocksize=2,
        mode="CRD",
    )
    case(
        "SpaceToDepth",
        "2",
        [(1, 2, 4, 6)],
        lambda x: x.reshape(1, 2, 2, 2, 3, 2).permute(0, 3, 5, 1, 2, 4).reshape(1, 8, 2, 3),
        blocksize=2,
    )
    case("Cast", "float to float", [(2, 3)], lambda x: x * 1, to=onnx.TensorProto.FLOAT)
    case("Trilu", "lower", [(2, 4, 4)], lambda x: x.tril(), upper=0)


def resizes():
    def resize(
        name, shape, size, mode, transformation, compute, by_scale=False, opset=17, **attributes
    ):
        empty = Constant(np.zeros(0, np.float32))
        if by_scale:
            scales = [1, 1, size[0] / shape[2], size[1] / shape[3]]
            inputs = [shape, empty, Constant(np.array(scales, np.float32))]
        else:
            inputs = [shape, empty, empty, Constant([shape[0], shape[1], *size])]
        case(
            "Resize",
            name,
            inputs,
            lambda x, *_: compute(x, size),
            opset=opset,
            mode=mode,
            coordinate_transformation_mode=transformation,
            **attributes,
        )

    nearest = dict(
        mode="nearest",
        transformation="asymmetric",
        nearest_mode="floor",
        compute=lambda x, s: F.interpolate(x, s, mode="nearest"),
    )
    exactly = dict(
        mode="nearest",
        transformation="half_pixel",
        nearest_mode="round_prefer_ceil",
        compute=lambda x, s: F.interpolate(x, s, mode="nearest-exact"),
    )
    half = dict(
        mode="linear",
        transformation="half_pixel",
        compute=lambda x, s: F.interpolate(x, s, mode="bilinear"),
    )
    corners = dict(
        mode="linear",
        transformation="align_corners",
        compute=lambda x, s: F.interpolate(x, s, mode="bilinear", align_corners=True),
    )
    cubic = dict(
        mode="cubic",
        transformation="half_pixel",
        cubic_coeff_a=-0.75,
        compute=lambda x, s: F.interpolate(x, s, mode="bicubic"),
    )
    torch_half = half | dict(transformation="pytorch_half_pixel")
    for name, settings in [
        ("nearest", nearest),
        ("nearest half_pixel", exactly),
        ("linear half_pixel", half),
        ("linear align_corners", corners),
        ("linear pytorch_half_pixel", torch_half),
        ("cubic", cubic),
    ]:
        resize(f"{name} doubled", (1, 2, 3, 4), (6, 8), **settings)
        resize(f"{name} odd size", (1, 2, 4, 5), (7, 6), **settings)
        resize(f"{name} smaller", (1, 2, 6, 8), (3, 5), **settings)
    resize("nearest by scales", (1, 2, 3, 4), (6, 8), by_scale=True, **nearest)
    resize("linear by scales", (1, 2, 3, 4), (6, 8), by_scale=True, **half)
    case(
        "Upsample",
        "opset 9, nearest",
        [(1, 2, 3, 3), Constant(np.array([1, 1, 2, 2], np.float32))],
        lambda x, s: F.interpolate(x, scale_factor=2),
        opset=9,
        mode="nearest",
    )
