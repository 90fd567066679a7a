"""Exports torchvision's classifiers with random weights that keep them alive.

    python Tools/zoo.py [NAMES…] [--exporter torchscript|dynamo|both] [--output DIR]

A model that is already there is left alone, so an interrupted run goes on where it stopped.
"""

import argparse
import gc
import time
import zlib
from pathlib import Path

import torch

from gradcam_tools.export import EXPORTERS, export
from gradcam_tools.torchvision_compat import models
from gradcam_tools.weights import enliven

ROOT = Path(__file__).resolve().parent.parent
ZOO = ROOT / ".cache" / "zoo"

_TRANSFORMED = dict(aux_logits=False, transform_input=True, init_weights=False)
_PLAIN = dict(aux_logits=False, transform_input=False, init_weights=False)

NETWORKS: dict[str, tuple[str, dict]] = {
    "resnet18": ("resnet18", {}),
    "resnet50": ("resnet50", {}),
    "resnext50_32x4d": ("resnext50_32x4d", {}),
    "vgg11": ("vgg11", dict(init_weights=False)),
    "vgg16": ("vgg16", dict(init_weights=False)),
    "vgg11_bn": ("vgg11_bn", dict(init_weights=False)),
    "vgg16_bn": ("vgg16_bn", dict(init_weights=False)),
    "densenet121": ("densenet121", {}),
    "efficientnet_b0": ("efficientnet_b0", {}),
    "efficientnet_v2_s": ("efficientnet_v2_s", {}),
    "mobilenet_v2": ("mobilenet_v2", {}),
    "mobilenet_v3_small": ("mobilenet_v3_small", {}),
    "mobilenet_v3_large": ("mobilenet_v3_large", {}),
    "inception_v3": ("inception_v3", _PLAIN),
    "inception_v3_transform": ("inception_v3", _TRANSFORMED),
    "googlenet": ("googlenet", _TRANSFORMED),
    "squeezenet1_0": ("squeezenet1_0", {}),
    "squeezenet1_1": ("squeezenet1_1", {}),
    "alexnet": ("alexnet", {}),
    "mnasnet1_0": ("mnasnet1_0", {}),
    "shufflenet_v2_x1_0": ("shufflenet_v2_x1_0", {}),
    "regnet_x_400mf": ("regnet_x_400mf", {}),
    "regnet_y_400mf": ("regnet_y_400mf", {}),
    "convnext_tiny": ("convnext_tiny", {}),
}
"""The name of a zoo model → torchvision's constructor and its arguments."""

SMOOTH = {"efficientnet_b0", "efficientnet_v2_s", "convnext_tiny"}
"""Networks without kinks: rounding cannot flip a branch, so their gradients agree closely."""


def side(name: str) -> int:
    """The side of the input that a network was designed for."""
    return 299 if name.startswith("inception") else 224


def build(name: str) -> torch.nn.Module:
    """The network with its seeded weights, in eval mode."""
    constructor, arguments = NETWORKS[name]
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    model = getattr(models, constructor)(weights=None, **arguments)
    batch = torch.randn(8, 3, side(name), side(name))
    return enliven(model, [batch], seed)


def sample(name: str, count: int = 1, draw: int = 0) -> torch.Tensor:
    """A seeded input [count, 3, H, W]; every `draw` is another."""
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()) ^ (1 + draw))
    return torch.randn(count, 3, side(name), side(name), generator=generator)


def place(folder: Path, name: str, exporter: str) -> Path:
    """Where a zoo model lies."""
    return folder / f"{name}-{exporter}.onnx"


def ensure(
    folder: Path, name: str, exporters: list[str], model: torch.nn.Module | None = None
) -> list[Path]:
    """Exports what is missing, and returns every exporter's file."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [place(folder, name, exporter) for exporter in exporters]
    if not all(path.exists() for path in paths):
        model = model or build(name)
        for exporter, path in zip(exporters, paths):
            if not path.exists():
                began = time.monotonic()
                export(model, sample(name, 2), path, exporter)
                megabytes = path.stat().st_size / 1e6
                seconds = time.monotonic() - began
                print(f"{path.name}: {megabytes:.1f} MB, {seconds:.0f} s", flush=True)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--exporter", choices=[*EXPORTERS, "both"], default="both")
    parser.add_argument("--output", type=Path, default=ZOO, help="folder, .cache/zoo by default")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in NETWORKS:
            parser.error(f"no network named '{name}'; there are {', '.join(NETWORKS)}")
    exporters = list(EXPORTERS) if arguments.exporter == "both" else [arguments.exporter]
    for name in arguments.names or NETWORKS:
        ensure(arguments.output, name, exporters)
        gc.collect()


if __name__ == "__main__":
    main()
