"""What is explained, and what a reference gives for it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import torch


@dataclasses.dataclass
class Parameters:
    """The options of the command, under the command's names; the noise is a share of the range."""

    samples: int = 4
    noise: float = 0.15
    steps: int = 8
    seed: int = 7
    patch: int = 4
    stride: int = 2
    cells: int = 4

    def options(self, names: tuple[str, ...]) -> list[str]:
        """These as options of the command line."""
        return [word for name in names for word in (f"--{name}", str(getattr(self, name)))]


@dataclasses.dataclass
class Case:
    """One image [1, C, H, W], the class that is explained, and the modules that are looked at."""

    model: torch.nn.Module
    x: torch.Tensor
    target: int
    layers: list[str]
    parameters: Parameters = dataclasses.field(default_factory=Parameters)

    @property
    def layer(self) -> torch.nn.Module:
        """The last layer, for methods that look at one."""
        return self.model.get_submodule(self.layers[-1])

    @property
    def modules(self) -> list[torch.nn.Module]:
        return [self.model.get_submodule(path) for path in self.layers]

    @property
    def range(self) -> float:
        """The image's largest less its smallest number."""
        return float(self.x.max() - self.x.min())

    @property
    def deviation(self) -> float:
        """The standard deviation of noise on the image."""
        return self.parameters.noise * self.range


MAP, POSITIVE, FINISHED, ATTRIBUTION = "map", "positive", "finished", "attribution"
"""The kinds of results: a signed map [h, w] at the layer's resolution; one after ReLU and min-max;
a finished map [H, W] in 0 … 1 at the input's size; a value for each number of the input [C, H, W]."""


@dataclasses.dataclass
class Result:
    """What a reference gives, as the package gives it."""

    kind: str
    values: np.ndarray
    measures: dict[str, float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Reference:
    """How one method is computed under one preset."""

    method: str
    preset: str
    words: str
    """Package, class and arguments, for the table."""
    compute: Callable[[Case], Result]
    uses: tuple[str, ...] = ()
    """The parameters that play a part."""
    up_to_sign: bool = False
    passes: str = "few"
    """`few`, or what the number of forward passes grows with: `channels`, `places`, `samples`."""
    options: tuple[str, ...] = ()
    """Further options of the command."""
    several_layers: bool = False

    @property
    def name(self) -> str:
        """The method with its further options, as one word."""
        return "".join([self.method, *(f" {option}" for option in self.options)])


def single(array) -> np.ndarray:
    """An array without its first axis of one."""
    values = array.detach().numpy() if isinstance(array, torch.Tensor) else np.asarray(array)
    if values.shape[0] != 1:
        raise ValueError(f"expected one image, got {values.shape}")
    return values[0]
