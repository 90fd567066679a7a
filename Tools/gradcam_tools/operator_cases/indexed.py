"""Reading and writing at places, sampling at positions, attention, transforms."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from .case import Constant, Fed, case


def indexed():
    places = Constant([[0, 2, 2], [3, 1, 0]])
    case(
        "Gather",
        "indices fed",
        [(2, 4, 3), Fed(np.array([[2, 0], [-1, 2]]))],
        lambda x, i: x[:, torch.tensor([[2, 0], [3, 2]])],
        axis=1,
    )
    case("Gather", "permuted", [(2, 4), Constant([2, 0, 3, 1])], lambda x, i: x[:, i], axis=1)
    case(
        "Gather",
        "some, in another order",
        [(2, 5), Constant([4, 0, 3])],
        lambda x, i: x[:, i],
        axis=1,
    )
    case(
        "GatherElements",
        "axis 0",
        [(4, 3), Constant([[0, 2, 2], [3, 2, 0]])],
        lambda x, i: x.gather(0, i),
    )
    case(
        "GatherND",
        "a batch axis",
        [(2, 3, 4), Constant([[[1], [1]], [[2], [0]]])],
        lambda x, i: torch.stack([x[0, [1, 1]], x[1, [2, 0]]]),
        batch_dims=1,
    )
    case(
        "Compress",
        "axis 1",
        [(2, 4), Constant([True, False, True, True])],
        lambda x, k: x[:, k],
        axis=1,
    )
    case(
        "Compress",
        "flat",
        [(2, 3), Constant([False, True, False, False, True])],
        lambda x, k: x.reshape(-1)[[1, 4]],
    )
    case(
        "ScatterElements",
        "written",
        [(2, 4), Constant([[0, 2], [3, 1]]), (2, 2)],
        lambda x, i, u: x.scatter(1, i, u),
        axis=1,
    )
    case(
        "ScatterElements",
        "added",
        [(2, 4), places, (2, 3)],
        lambda x, i, u: x.scatter_add(1, i, u),
        opset=18,
        axis=1,
        reduction="add",
    )
    case(
        "ScatterND",
        "rows written",
        [(3, 2), Constant([[2], [0]]), (2, 2)],
        lambda x, i, u: x.index_copy(0, torch.tensor([2, 0]), u),
    )
    case(
        "MaxUnpool",
        "2×2",
        [(1, 2, 2, 2), Constant([[[[1, 6], [8, 15]], [[16, 22], [29, 26]]]])],
        lambda x, i: F.max_unpool2d(x, i - torch.tensor([0, 16]).reshape(1, 2, 1, 1), 2),
        opset=11,
        kernel_shape=[2, 2],
        strides=[2, 2],
    )
    grid = np.random.default_rng(3).uniform(-1.3, 1.3, (2, 3, 4, 2)).astype(np.float32)
    # The nearest neighbour's place has no slope.
    for mode in ["bilinear", "nearest", "bicubic"]:
        for padding in ["zeros", "border", "reflection"]:
            for aligned in [0, 1]:
                case(
                    "GridSample",
                    f"{mode}, {padding}, corners {aligned}",
                    [(2, 2, 5, 4), Fed(grid) if mode == "nearest" else grid],
                    lambda x, g, m=mode, p=padding, a=aligned: F.grid_sample(x, g, m, p, bool(a)),
                    mode=mode,
                    padding_mode=padding,
                    align_corners=aligned,
                )
    volume = np.random.default_rng(4).uniform(-1.1, 1.1, (1, 2, 3, 2, 3)).astype(np.float32)
    case(
        "GridSample",
        "volume",
        [(1, 2, 3, 4, 5), volume],
        lambda x, g: F.grid_sample(x, g, "bilinear", "zeros", False),
        opset=20,
        mode="linear",
    )
    for aligned in [0, 1]:
        case(
            "AffineGrid",
            f"plane, corners {aligned}",
            [(2, 2, 3), Constant([2, 1, 3, 4])],
            lambda t, s, a=aligned: F.affine_grid(t, [2, 1, 3, 4], bool(a)),
            opset=20,
            align_corners=aligned,
        )


def attentions():
    def attention(q, k, v, mask=None, causal=False, cap=0.0, scale=None):
        group = q.shape[1] // k.shape[1]
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        scores = q @ k.mT * (scale or 1 / math.sqrt(q.shape[-1]))
        if cap:
            scores = cap * torch.tanh(scores / cap)
        if causal:
            scores = scores + torch.full(scores.shape[-2:], -math.inf).triu(1)
        if mask is not None:
            scores = scores + mask
        return scores.softmax(-1) @ v

    def heads(x, count):
        return x.reshape(*x.shape[:2], count, -1).transpose(1, 2)

    q, k, v = (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3)
    case("Attention", "plain", [q, k, v], attention, opset=23)
    case("Attention", "scale", [q, k, v], lambda *x: attention(*x, scale=0.3), opset=23, scale=0.3)
    case(
        "Attention",
        "causal",
        [q, q, q],
        lambda *x: attention(*x, causal=True),
        opset=23,
        is_causal=1,
    )
    case("Attention", "bias differentiated", [q, k, v, (1, 2, 3, 5)], attention, opset=23)
    seen = np.random.default_rng(5).random((3, 5)) < 0.7
    seen[:, 0] = True
    case(
        "Attention",
        "boolean mask",
        [q, k, v, Constant(seen)],
        lambda q, k, v, m: attention(q, k, v, torch.where(m, 0.0, -math.inf)),
        opset=23,
    )
    case(
        "Attention",
        "capped, opset 24",
        [q, k, v],
        lambda *x: attention(*x, cap=0.7),
        opset=24,
        softcap=0.7,
    )
    case(
        "Attention",
        "shared keys, flat",
        [(2, 3, 16), (2, 5, 8), (2, 5, 6)],
        lambda q, k, v: attention(heads(q, 4), heads(k, 2), heads(v, 2)).transpose(1, 2).flatten(2),
        opset=23,
        q_num_heads=4,
        kv_num_heads=2,
    )
    angle = np.random.default_rng(6).uniform(0, 3, (3, 2)).astype(np.float32)
    cosine, sine = Constant(np.cos(angle)), Constant(np.sin(angle))
    order = Constant([[2, 0, 1], [0, 1, 2]])

    def rotated(x, c, s, p, paired):
        c, s = c[p][:, None], s[p][:, None]
        a, b = (x[..., 0::2], x[..., 1::2]) if paired else x.chunk(2, -1)
        first, second = a * c - b * s, a * s + b * c
        return (
            torch.stack([first, second], -1).flatten(-2)
            if paired
            else torch.cat([first, second], -1)
        )

    for paired in [0, 1]:
        case(
            "RotaryEmbedding",
            f"interleaved {paired}",
            [(2, 2, 3, 4), cosine, sine, order],
            lambda *x, i=paired: rotated(*x, i),
            opset=23,
            interleaved=paired,
        )


def transforms():
    def complex_of(x):
        return torch.view_as_complex(x.contiguous())

    case(
        "DFT",
        "one side, opset 17",
        [(2, 5, 1)],
        lambda x: torch.view_as_real(torch.fft.rfft(x[..., 0])),
        axis=1,
        onesided=1,
    )
    case(
        "DFT",
        "both sides of a plane's columns, opset 17",
        [(1, 4, 3, 2)],
        lambda x: torch.view_as_real(torch.fft.fft(complex_of(x), dim=1)),
        axis=1,
    )
    case(
        "DFT",
        "inverse, opset 20",
        [(2, 6, 2), None, Constant(np.int64(1))],
        lambda x, a: torch.view_as_real(torch.fft.ifft(complex_of(x), dim=1)),
        opset=20,
        inverse=1,
    )
    case(
        "DFT",
        "cut to a length",
        [(2, 6, 1), Constant(np.int64(4))],
        lambda x, n: torch.view_as_real(torch.fft.fft(x[..., 0], n=4)),
        axis=1,
    )
    case(
        "Col2Im",
        "overlapping",
        [(2, 8, 6), Constant([3, 4]), Constant([2, 2])],
        lambda x, *_: F.fold(x, (3, 4), (2, 2)),
        opset=18,
    )
    case(
        "Col2Im",
        "strides and pads",
        [(1, 8, 4), Constant([4, 4]), Constant([2, 2])],
        lambda x, *_: F.fold(x, (4, 4), (2, 2), padding=1, stride=3),
        opset=18,
        pads=[1, 1, 1, 1],
        strides=[3, 3],
    )
    case(
        "CenterCropPad",
        "both",
        [(1, 2, 5, 3), Constant([2, 6])],
        lambda x, s: F.pad(x[:, :, 1:3], (1, 2)),
        opset=18,
        axes=[2, 3],
    )
