"""Small transformers whose feature maps are tokens: class tokens, registers, windows, other orders.

The layer explained is named here from the literature, and the grid from the network's own code,
not from what this project finds in the graph.
"""

import copy
import dataclasses
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch

from . import reference
from .export import EXPORTERS, export
from .probe import all_values
from .torchvision_compat import models
from .weights import enliven

import timm  # noqa: E402  after torchvision, whose operators it may need declared


@dataclasses.dataclass(frozen=True)
class Tokens:
    """A small transformer, its picture, and how its default layer's tokens are laid out."""

    make: Callable[[], torch.nn.Module]
    picture: tuple[int, int]
    layer: str
    """The module path of the default layer."""
    grid: tuple[int, int]
    prefix: int = 0
    order: Callable[[np.ndarray], np.ndarray] | None = None
    """[N, …] → [N, K, H, W], where the tokens stand in another order than row by row."""
    silent: str | None = None
    """A module behind the last attention, whose places get no gradient."""
    exporters: tuple[str, ...] = tuple(EXPORTERS)


def _timm(name: str, **arguments) -> Callable[[], torch.nn.Module]:
    return lambda: timm.create_model(name, num_classes=6, **arguments)


def _vit(name: str = "vit_tiny_patch16_224", **arguments) -> Callable[[], torch.nn.Module]:
    return _timm(
        name, img_size=(24, 32), patch_size=8, embed_dim=12, depth=2, num_heads=2, **arguments
    )


def _torchvision_vit() -> torch.nn.Module:
    model = models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=12, mlp_dim=24,
        num_classes=6,
    )  # fmt: skip
    return model


NETWORKS: dict[str, Tokens] = {
    "vit": Tokens(_vit(), (24, 32), "blocks.1.norm1", (3, 4), 1, silent="norm"),
    "vit-registers": Tokens(
        _vit(reg_tokens=4), (24, 32), "blocks.1.norm1", (3, 4), 5, silent="norm"
    ),
    "vit-average": Tokens(
        _vit(class_token=False, global_pool="avg", fc_norm=False), (24, 32), "norm", (3, 4)
    ),
    "deit-distilled": Tokens(
        _vit("deit_tiny_distilled_patch16_224"), (24, 32), "blocks.1.norm1", (3, 4), 2,
        silent="norm",
    ),
    "torchvision-vit": Tokens(
        _torchvision_vit, (32, 32), "encoder.layers.encoder_layer_1.ln_1", (4, 4), 1,
        silent="encoder.ln",
    ),
    "cait": Tokens(
        _vit("cait_xxs24_224"), (24, 32), "blocks_token_only.1.norm1", (3, 4), 1,
    ),
    "xcit": Tokens(
        _timm(
            "xcit_nano_12_p16_224", img_size=(48, 64), embed_dim=8, depth=1, num_heads=2
        ),
        (48, 64), "cls_attn_blocks.1.norm1", (3, 4), 1,
    ),
    "pit": Tokens(
        _timm(
            "pit_ti_224", img_size=(48, 64), patch_size=8, stride=8, base_dims=(6, 6), heads=(1, 2),
            depth=(1, 1),
        ),
        (48, 64), "transformers.1.blocks.0.norm1", (3, 4), 1,
    ),
    "swin": Tokens(
        _timm(
            "swin_tiny_patch4_window7_224", img_size=(16, 32), window_size=2, embed_dim=8,
            depths=(2, 1), num_heads=(2, 2),
        ),
        (16, 32), "norm", (2, 4), order=lambda a: np.moveaxis(a, 3, 1),
    ),
    "mixer": Tokens(
        lambda: timm.models.mlp_mixer.MlpMixer(
            num_classes=6, img_size=32, patch_size=8, embed_dim=12, num_blocks=2
        ),
        (32, 32), "norm", (4, 4),
    ),
    "convnext": Tokens(
        _timm("convnext_atto", dims=(4, 6, 8, 8), depths=(1, 1, 1, 1), conv_mlp=False),
        (64, 96), "stages", (2, 3), order=lambda a: a,
    ),
}  # fmt: skip


def write(folder: Path, only: list[str] | None) -> None:
    """Writes each network by each exporter, with its float64 gradients and map."""
    for name, network in NETWORKS.items():
        if only is None or name in only:
            _write(folder, name, network)


def _write(folder: Path, name: str, network: Tokens) -> None:
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    height, width = network.picture
    batches = [torch.randn(16, 3, height, width) for _ in range(2)]
    input = torch.randn(2, 3, height, width)
    model = enliven(network.make(), batches, seed)
    single = reference.Trace(model, input)
    classes = single.logits.argmax(dim=1).tolist()
    (single_gradient,) = single.gradients(classes, [single.input])
    truth = reference.Trace(copy.deepcopy(model).double(), input.double())
    step = truth.output(network.layer)
    input_gradient, gradient = truth.gradients(classes, [truth.input, step.tensor])
    activation = step.tensor.detach().numpy()
    brought = network.order or (lambda array: _row_by_row(array, network))
    arrays = {
        "input": input.numpy(),
        "logits": truth.logits.detach().numpy(),
        "layer-gradient": gradient.numpy(),
        "map": reference.grad_cam(brought(activation), brought(gradient.numpy())),
        "input-gradient": input_gradient.numpy(),
    }
    if network.silent:
        (silent,) = truth.gradients(classes, [truth.output(network.silent).tensor])
        if np.abs(silent.numpy()[:, network.prefix :]).max() > 0:
            raise SystemExit(f"{name}: places of '{network.silent}' have a gradient")
    first = None
    for exporter in network.exporters:
        place = folder / f"{name}-{exporter}"
        place.mkdir(parents=True, exist_ok=True)
        path = place / "model.onnx"
        export(model, input, path, exporter, lean=True)
        values = all_values(onnx.load(str(path)), {"input": input.numpy()})
        error = reference.relative_error(values["logits"], arrays["logits"])
        if error > 1e-4:
            raise SystemExit(f"{name}-{exporter}: logits differ by {error}")
        for key, array in arrays.items():
            _save(place / f"{key}.npy", array, first)
        limit = 1e-4 * np.abs(activation).max()
        facts = {
            "classes": classes,
            "float32InputError": reference.relative_error(single_gradient, input_gradient),
            "layer": network.layer,
            "values": [
                key
                for key, value in values.items()
                if value.shape == activation.shape and np.abs(value - activation).max() <= limit
            ],
            "grid": list(network.grid),
            "prefixTokens": network.prefix,
            "silent": network.silent,
        }
        (place / "reference.json").write_text(json.dumps(facts, indent=2) + "\n")
        first = first or place
        print(f"{name}-{exporter}: {path.stat().st_size // 1024} KiB, {facts['values']}")


def _row_by_row(array: np.ndarray, network: Tokens) -> np.ndarray:
    """[N, T, K] → [N, K, H, W]."""
    rows = np.moveaxis(array[:, network.prefix :], 2, 1)
    return rows.reshape(*rows.shape[:2], *network.grid)


def _save(path: Path, array: np.ndarray, first: Path | None) -> None:
    """Writes float32, or a link where the first exporter's folder has the same array."""
    path.unlink(missing_ok=True)
    np.save(path, np.ascontiguousarray(array, dtype=np.float32))
    if first is not None and (first / path.name).read_bytes() == path.read_bytes():
        path.unlink()
        os.symlink(os.path.join("..", first.name, path.name), path)
