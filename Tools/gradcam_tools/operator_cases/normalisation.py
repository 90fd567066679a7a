"""Normalisation."""

import numpy as np
import torch.nn.functional as F

from .case import Constant, case, weights


def norms():
    scale, bias = weights(3, seed=3, shift=1), weights(3, seed=4)
    mean, variance = weights(3, seed=5), Constant(np.array([0.5, 1.2, 2.0], np.float32))

    def batch(x, s, b, m, v):
        return F.batch_norm(x, m, v, s, b, False, 0, 1e-3)

    for name, shape in [("rank 4", (2, 3, 4, 4)), ("rank 2", (4, 3)), ("rank 3", (2, 3, 5))]:
        case("BatchNormalization", name, [shape, scale, bias, mean, variance], batch, epsilon=1e-3)
    for name, axis, shape in [
        ("last axis", -1, (5,)),
        ("two axes", 2, (4, 5)),
        ("axis 1", 1, (3, 4, 5)),
    ]:
        gain, offset = weights(*shape, seed=6, shift=1), weights(*shape, seed=7)
        case(
            "LayerNormalization",
            name,
            [(2, 3, 4, 5), gain, offset],
            lambda x, g, o, shape=shape: F.layer_norm(x, shape, g, o, 1e-5),
            axis=axis,
            epsilon=1e-5,
        )
    case(
        "LayerNormalization",
        "without bias",
        [(2, 3, 5), weights(5, seed=6, shift=1)],
        lambda x, g: F.layer_norm(x, (5,), g, None, 1e-5),
        axis=-1,
        epsilon=1e-5,
    )
    case(
        "InstanceNormalization",
        "rank 4",
        [(2, 3, 4, 4), scale, bias],
        lambda x, s, b: F.instance_norm(x, weight=s, bias=b, eps=1e-4),
        epsilon=1e-4,
    )
    case(
        "GroupNormalization",
        "opset 21",
        [(2, 6, 3, 3), weights(6, seed=8, shift=1), weights(6, seed=9)],
        lambda x, s, b: F.group_norm(x, 2, s, b, 1e-5),
        opset=21,
        num_groups=2,
        epsilon=1e-5,
    )
    case(
        "GroupNormalization",
        "opset 18, a scale per group",
        [(2, 6, 3, 3), weights(2, seed=8, shift=1), weights(2, seed=9)],
        lambda x, s, b: F.group_norm(x, 2, s.repeat_interleave(3), b.repeat_interleave(3), 1e-5),
        opset=18,
        num_groups=2,
        epsilon=1e-5,
    )
    case(
        "LRN",
        "size 3",
        [(2, 6, 3, 3)],
        lambda x: F.local_response_norm(x, 3, 0.1, 0.75, 2.0),
        size=3,
        alpha=0.1,
        beta=0.75,
        bias=2.0,
    )
    case(
        "LRN",
        "size 5",
        [(1, 7, 2, 2)],
        lambda x: F.local_response_norm(x, 5, 0.2, 0.6, 1.0),
        size=5,
        alpha=0.2,
        beta=0.6,
        bias=1.0,
    )
    case("LpNormalization", "p = 2", [(3, 5)], lambda x: F.normalize(x, 2, 1), axis=1, p=2)
    case(
        "MeanVarianceNormalization",
        "per channel",
        [(2, 3, 4, 4)],
        lambda x: (x - x.mean((0, 2, 3), keepdim=True)) / x.std((0, 2, 3), False, keepdim=True),
        axes=[0, 2, 3],
    )
