"""A tiny classifier of volumes and what float64 autograd says of it."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from .tiny import image, model, node, scores

# A classifier of volumes: conv 1→3 over slices, rows and columns, ReLU, mean, linear 3→2.
VOLUME_DRAW = np.random.default_rng(23)
VOLUME_SIDES = (6, 8, 10)
VOLUME = VOLUME_DRAW.standard_normal((1, 1, *VOLUME_SIDES)).astype(np.float32)
VOLUME_WEIGHTS = {
    "volume_kernel": (VOLUME_DRAW.standard_normal((3, 1, 3, 3, 3)) * 0.4).astype(np.float32),
    "volume_bias": (VOLUME_DRAW.standard_normal(3) * 0.1).astype(np.float32),
    "volume_head": VOLUME_DRAW.standard_normal((2, 3)).astype(np.float32),
}


def volume(last=False):
    sides = ("N", *VOLUME_SIDES, 1) if last else ("N", 1, *VOLUME_SIDES)
    start = [node("Transpose", "input", "planes", perm=[0, 4, 1, 2, 3])] if last else []
    return model(
        start
        + [
            node(
                "Conv",
                f"{'planes' if last else 'input'} volume_kernel volume_bias",
                "conv",
                pads=[1] * 6,
                strides=[2, 1, 2],
            ),
            node("Relu", "conv", "feature"),
            node("GlobalAveragePool", "feature", "pooled"),
            node("Flatten", "pooled", "flat"),
            node("Gemm", "flat volume_head", "logits", transB=1),
        ],
        [image(*sides)],
        [scores("logits", ("N", 2))],
        weights=[numpy_helper.from_array(array, name) for name, array in VOLUME_WEIGHTS.items()],
    )


def write(folder: Path) -> None:
    """The volume, and what float64 autograd says of its class 1."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {key: torch.tensor(array).double() for key, array in VOLUME_WEIGHTS.items()}
    x = torch.tensor(VOLUME).double().requires_grad_()
    feature = F.conv3d(
        x, weights["volume_kernel"], weights["volume_bias"], padding=1, stride=(2, 1, 2)
    ).relu()
    logits = feature.mean((2, 3, 4)) @ weights["volume_head"].T
    gradient, input_gradient = torch.autograd.grad(logits[:, 1].sum(), [feature, x])
    mean = gradient.mean((2, 3, 4), keepdim=True)
    arrays = {
        "input": VOLUME,
        "logits": logits.detach().numpy(),
        "map": (mean * feature).sum(1).detach().numpy(),
        "layer-gradient": gradient.numpy(),
        "input-gradient": input_gradient.numpy(),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array, np.float32))
