"""What `make parity` looks at: full-size networks with drawn weights, and trained models."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from PIL import Image
from torch import nn

from gradcam_tools.export import export
from gradcam_tools.networks import NETWORKS
from gradcam_tools.parity.onnx_module import Capped, OnnxModule


@dataclasses.dataclass
class Subject:
    """One model: as a module, as a file, and where it is looked at."""

    model: nn.Module
    x: torch.Tensor
    target: int
    layers: list[str]
    """Module paths, the one looked at last."""
    path: Path
    names: list[str]
    """The same layers as the command is told them."""
    capped: bool = False
    """Whether it has ReLUs with a cap, which pytorch-grad-cam's guided backpropagation replaces
    by ones without."""
    biased: bool = True
    """Whether its layers with a bias are modules FullGrad looks for."""


LAYERS = {
    "resnet18": ["layer3", "layer4"],
    "resnet50": ["layer3", "layer4"],
    "vgg11": ["features.10", "features"],
    "densenet121": ["features.denseblock3", "features"],
    "mobilenet_v2": ["features.13", "features"],
}
"""Networks with drawn weights → the layers that are looked at."""

_MOBILE = "MobilenetV1_MobilenetV1_Conv2d_{0}_pointwise_Relu6__MobilenetV1_MobilenetV1_Conv2{1}_relu6"

TRAINED = {
    "resnet8_cifar10_mlperftiny": [
        "model_activation_4_Relu__model_add_1_add_relu",
        "model_activation_6_Relu__model_add_2_add_relu",
    ],
    "resnet20_cifar10": ["/layer2/layer2.2/Relu_1_output_0", "/layer3/layer3.2/Relu_1_output_0"],
    "mobilenet_v1_0.25_128_coral": [_MOBILE.format(7, "d"), _MOBILE.format(13, "")],
    "squeezenet1_1_torchvision": [
        "/features/features.9/Concat_output_0", "/features/features.12/Concat_output_0",
    ],
}
"""Trained models → the values that are looked at."""

POOLED = {"resnet18", "resnet50", "mobilenet_v2"}
"""Networks whose looked at layer is followed by means and one linear layer: CAM's kind."""


BRANCHES = {"resnet50": 0.3}
"""Networks in which drawn weights amplify rounding → what their residual branches are scaled by.

As they are drawn, PyTorch's own float32 strays from its float64 by 1e-3 there.
"""


@torch.no_grad()
def _calmed(model: nn.Module, factor: float) -> nn.Module:
    for name, part in model.named_modules():
        if factor != 1 and name.endswith("bn3"):
            part.weight.mul_(factor)
            part.bias.mul_(factor)
    return model


def _unwrapped(model: nn.Module) -> nn.Module:
    """The network with every ReLU a module, none in place, and caps that count as ReLUs."""
    for parent in list(model.modules()):
        for name, part in list(parent.named_children()):
            if isinstance(part, nn.ReLU6):
                setattr(parent, name, Capped())
    if type(model).__name__ == "DenseNet":
        return _DenseNet(model)
    return model.eval()


class _DenseNet(nn.Module):
    """A DenseNet whose last ReLU is a module: in place, as it is, it changes what hooks saw."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.features, self.classifier, self.relu = model.features, model.classifier, nn.ReLU()
        self.eval()

    def forward(self, x):
        return self.classifier(self.relu(self.features(x)).mean((2, 3)))


def drawn(name: str, cache: Path) -> Subject:
    """A network of the zoo with its drawn weights."""
    network = NETWORKS[name]
    torch.manual_seed(network.seed)
    model = _unwrapped(_calmed(network.build(), BRANCHES.get(name, 1)))
    x = network.sample()
    path = cache / "models" / f"{name}.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        export(model, x, path, "torchscript")
    with torch.no_grad():
        target = int(model(x)[0].argmax())
    return Subject(
        model, x, target, LAYERS[name], path, LAYERS[name],
        capped=any(isinstance(part, Capped) for part in model.modules()),
    )


def trained(name: str, data: Path) -> Subject:
    """A model of the shared data, node by node, and a photo."""
    path = data / "models" / f"{name}.onnx"
    model = OnnxModule(path).eval()
    side = onnx.load(str(path)).graph.input[0].type.tensor_type.shape.dim[-1].dim_value
    photo = Image.open(data / "photos" / "demo" / "gradcam_both.png").convert("RGB")
    values = np.asarray(photo.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    values = values if "mlperftiny" in name else values / 127.5 - 1
    x = torch.from_numpy(values.transpose(2, 0, 1).copy())[None]
    with torch.no_grad():
        target = int(model(x)[0].argmax())
    names = TRAINED[name]
    return Subject(
        model, x, target, [model.path(value) for value in names], path, names,
        capped=model.capped, biased=False,
    )


def subjects(cache: Path, data: Path) -> dict[str, Callable[[], Subject]]:
    """Every subject by its name; the trained ones where the shared data are."""
    found = {name: lambda name=name: drawn(name, cache) for name in LAYERS}
    if data.is_dir():
        found |= {name: lambda name=name: trained(name, data) for name in TRAINED}
    return found
