"""A few small networks by both PyTorch exporters in operator sets from 11 to the newest."""

import copy
import json
import shutil
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import nn

from . import reference
from .export import export
from .probe import session
from .small import SmallResNet, _convnext, _mobilenet_v3_small
from .torchvision_compat import models  # noqa: F401  declares what torchvision lacks
from torchvision.models.resnet import BasicBlock
from .weights import enliven

ALL = {"torchscript": (11, 13, 17), "dynamo": (18, 21, 23, 25)}
"""Each exporter's operator sets; 18 is what the second writes by itself."""

ENDS = {"torchscript": (11,), "dynamo": (25,)}
"""The oldest and the newest, where those between write the same."""


class Attention(nn.Module):
    fused = True
    """Whether attention is one call; operator sets before 14 cannot hold that."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        parts = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4).unbind(0)
        if self.fused:
            x = F.scaled_dot_product_attention(q, k, v)
        else:
            scores = q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5
            x = scores.softmax(dim=-1) @ v
        return self.proj(x.transpose(1, 2).reshape(batch, tokens, width))


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """Patches, a class token, positions, blocks, and a head that reads the class token."""

    def __init__(self, side=32, patch=8, width=12, heads=3, depth=2, classes=6):
        super().__init__()
        self.patch_embed = nn.Conv2d(3, width, patch, patch)
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.2)
        self.pos_embed = nn.Parameter(torch.randn(1, (side // patch) ** 2 + 1, width) * 0.2)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


class Mixed(nn.Module):
    """Activations, norms and resampling whose forms changed between operator sets."""

    def __init__(self, classes=6):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2, 1)
        self.norm = nn.GroupNorm(2, 8)
        self.down = nn.Conv2d(8, 8, 3, 2, 1)
        self.mix = nn.Conv2d(16, 12, 1)
        self.act = nn.Mish()
        self.head = nn.Linear(12, classes)

    def forward(self, x):
        x = F.silu(self.norm(self.stem(F.pad(x, (0, 1, 0, 1)))))
        y = F.gelu(self.down(x), approximate="tanh")
        y = F.interpolate(y, scale_factor=2.0, mode="nearest")[:, :, :12, :12]
        x = self.act(self.mix(torch.cat([x[:, :, :12, :12], F.hardtanh(y, -1.0, 1.0)], 1)))
        return self.head(x.mean((2, 3)))


NETWORKS = {
    "resnet18": (
        lambda: SmallResNet(BasicBlock, [4, 6, 8, 8], [1, 1, 1, 2]), 40, "layer4",
        ("layer4[-1]", "layer4.0", "model.layer3"), ENDS,
    ),
    "mobilenet_v3_small": (
        _mobilenet_v3_small, 32, "features", ("features[-1]", "features[-2]"),
        ENDS,
    ),
    "convnext_tiny": (
        _convnext, 40, "features", ("features[-1][-1]", "features[-2]"),
        {"torchscript": (11,), "dynamo": (23,)},
    ),
    "vit": (
        VisionTransformer, 32, "blocks[-1].norm1",
        ("blocks.1.norm1", "blocks[0]", "module.blocks[-2].norm1", "patch_embed"), ALL,
    ),
    "mixed": (Mixed, 24, "act", ("mix", "norm"), ALL),
}
"""How to make each, its input's side, its default layer, other names, operator sets."""


def write(folder: Path, only: list[str] | None) -> None:
    for name in NETWORKS:
        if only is None or name in only:
            _write_network(folder, name)


def _write_network(folder: Path, name: str) -> None:
    make, side, layer, names, exports = NETWORKS[name]
    seed = zlib.crc32(f"opsets {name}".encode())
    torch.manual_seed(seed)
    batches = [torch.randn(16, 3, side, side) for _ in range(2)]
    input = torch.randn(2, 3, side, side)
    model = enliven(make(), batches, seed)
    single = reference.Trace(model, input)
    classes = single.logits.argmax(dim=1).tolist()
    (rough,) = single.gradients(classes, [single.input])
    truth = reference.Trace(copy.deepcopy(model).double(), input.double())
    step = truth.output(_path(layer, model))
    at_layer, at_input = truth.gradients(classes, [step.tensor, truth.input])
    rounding = reference.relative_error(rough, at_input)
    logits = truth.logits.detach().numpy()
    first = None
    for exporter, opsets in exports.items():
        for opset in opsets:
            place = folder / f"pytorch-{name}-{exporter}{opset}"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            path = place / "model.onnx"
            Attention.fused = opset >= 14
            export(model, input, path, exporter, lean=True, opset=opset)
            Attention.fused = True
            written = onnx.load(str(path))
            (found,) = session(path).run(["logits"], {"input": input.numpy()})
            if not reference.relative_error(found, logits) < 1e-4:
                raise SystemExit(f"{place.name}: logits differ")
            arrays = {
                "input": input.numpy(),
                "logits": logits,
                "layer-gradient": at_layer.numpy(),
                "input-gradient": at_input.numpy(),
            }
            for key, array in arrays.items():
                _write_array(place / f"{key}.npy", array, first)
            facts = {
                "network": name,
                "producer": f"pytorch {exporter}",
                "opset": written.opset_import[0].version,
                "seed": seed,
                "input": "input",
                "output": "logits",
                "classes": classes,
                "float32InputError": rounding,
                "isChannelsLast": False,
                "defaultLayer": layer,
                "defaultShape": list(step.tensor.shape),
                "names": {
                    typed: list(truth.output(_path(typed, model)).tensor.shape[1:])
                    for typed in names
                },
            }
            (place / "reference.json").write_text(json.dumps(facts, indent=2) + "\n")
            first = first or place
            kinds = sorted({node.op_type for node in written.graph.node})
            print(f"{place.name}: opset {facts['opset']}, {path.stat().st_size // 1024} KiB, "
                  f"{' '.join(kinds)}", flush=True)


def _path(typed: str, model: nn.Module) -> str:
    """The module path that a name with indices means."""
    module, path = model, []
    for part in typed.replace("[", ".[").split("."):
        if part in ("model", "module") and not path:
            continue
        if part.startswith("["):
            children = [name for name, _ in module.named_children()]
            part = children[int(part.strip("[]"))]
        module = module.get_submodule(part)
        path.append(part)
    return ".".join(path)


def _write_array(path: Path, array: np.ndarray, first: Path | None) -> None:
    """Writes float32, or a link where the first folder has the same array."""
    np.save(path, np.ascontiguousarray(array, np.float32))
    if first is not None and (first / path.name).read_bytes() == path.read_bytes():
        path.unlink()
        path.symlink_to(Path("..") / first.name / path.name)
