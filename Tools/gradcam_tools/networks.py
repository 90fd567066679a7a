"""The zoo: torchvision's classifiers and one member of each timm family, with seeded weights."""

import dataclasses
import zlib

import torch

from gradcam_tools.families import TIMM
from gradcam_tools.torchvision_compat import models
from gradcam_tools.weights import enliven

_TRANSFORMED = dict(aux_logits=False, transform_input=True, init_weights=False)
_PLAIN = dict(aux_logits=False, transform_input=False, init_weights=False)

_ARGUMENTS = {
    "inception_v3": _PLAIN,
    "inception_v3_transform": _TRANSFORMED,
    "googlenet": _TRANSFORMED,
} | {
    f"vgg{depth}{norm}": dict(init_weights=False)
    for depth in (11, 13, 16, 19)
    for norm in ("", "_bn")
}
"""The name of a torchvision network → what its constructor is given."""

_SIDES = {"inception_v3": 299, "inception_v3_transform": 299} | {
    f"swin_v2_{size}": 256 for size in "tsb"
}
"""Inputs of torchvision's networks that are not 224 pixels wide."""

_CHAOTIC = {
    "timm.convmixer_768_32",
    "timm.efficientvim_m1",
    "timm.halonet_h1",
    "timm.levit_128s",
}
"""Networks that amplify rounding without end unless their batch variances are kept from zero."""

_OPSETS = {("timm.volo_d1_224", "torchscript"): 18}
"""A network and an exporter that writes it from this operator set on only."""


@dataclasses.dataclass(frozen=True)
class Network:
    """One network of the zoo, and how to build it."""

    name: str
    source: str
    family: str
    constructor: str
    side: int
    parameters: int

    @property
    def seed(self) -> int:
        return zlib.crc32(self.name.encode())

    @property
    def arguments(self) -> dict:
        return _ARGUMENTS.get(self.name, {}) if self.source == "torchvision" else {}

    def opset(self, exporter: str) -> int | None:
        """The operator set that the exporter needs for it, where the usual one does not do."""
        return _OPSETS.get((self.name, exporter))

    def construct(self) -> torch.nn.Module:
        """The network as its library initialises it."""
        torch.manual_seed(self.seed)
        if self.source == "torchvision":
            return getattr(models, self.constructor)(weights=None, **self.arguments)
        from gradcam_tools.torchvision_compat import timm

        with timm.layers.set_layer_config(exportable=True):
            return timm.create_model(self.constructor, **TIMM[self.name].arguments)

    def build(self) -> torch.nn.Module:
        """The network with its seeded weights, in eval mode."""
        model = self.construct()
        few = self.source == "timm" and (self.side > 224 or self.parameters > 30e6)
        batch = torch.randn(4 if few else 8, 3, self.side, self.side)
        return enliven(model, [batch], self.seed, 0.25 if self.name in _CHAOTIC else 0)

    def sample(self, count: int = 1, draw: int = 0) -> torch.Tensor:
        """A seeded input [count, 3, side, side]; every `draw` is another."""
        generator = torch.Generator().manual_seed(self.seed ^ (1 + draw))
        return torch.randn(count, 3, self.side, self.side, generator=generator)


def _torchvision() -> list[Network]:
    import torchvision

    names = torchvision.models.list_models(module=torchvision.models)
    found = []
    for name in [*names, "inception_v3_transform"]:
        constructor = name.removesuffix("_transform")
        meta = models.get_model_weights(constructor).DEFAULT.meta
        family = f"{models.get_model_builder(constructor).__module__.split('.')[-1]}"
        side = _SIDES.get(name, 224)
        found.append(Network(name, "torchvision", family, constructor, side, meta["num_params"]))
    return found


def _timm() -> list[Network]:
    return [
        Network(name, "timm", member.family, member.constructor, member.side, member.parameters)
        for name, member in TIMM.items()
    ]


NETWORKS: dict[str, Network] = {
    each.name: each
    for each in sorted(_torchvision() + _timm(), key=lambda each: (each.parameters, each.name))
}
"""Every network of the zoo by its name, small ones first."""
