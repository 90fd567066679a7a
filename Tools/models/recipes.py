"""What differs between the models: drawing, network, sizes, training set and exporter."""

import dataclasses
import functools
import pathlib
from collections.abc import Callable

import numpy as np
import torch

import candlesticks
import lots
import pages
import xrays
from dataset import CACHE
from networks import ChartNet, chest_net, lot_net, page_net

MODELS = pathlib.Path(__file__).resolve().parents[2] / "Models"


@dataclasses.dataclass(frozen=True)
class Primer:
    """Easier pictures of the same classes for the first passes."""

    example: Callable
    size: tuple[int, int]
    training: int
    epochs: int


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One model from drawing to export."""

    name: str
    """The model's folder and file name."""
    labels: list[str]
    size: tuple[int, int]
    """Width and height of the input."""
    mean: tuple[float, ...]
    std: tuple[float, ...]
    """A value a channel."""
    multi_label: bool
    network: Callable
    example: Callable
    """`example(seed, number)`: a picture as an array at the input size and its target row."""
    held_out: Callable
    """`held_out(seed, count, folder)`: writes full-size pictures and `boxes.json`."""
    training: int
    """How many pictures the network is trained on, all of seed 1."""
    epochs: int
    rate: float
    mirrored: bool
    """Whether pictures may be mirrored left to right while training."""
    exporter: str
    """The exporter of the file that ships: `dynamo` or `torchscript`."""

    shows: dict[str, str] = dataclasses.field(default_factory=dict)
    """What speaks for a class where that has another name: `car` for `high traffic`."""
    beside: tuple[str, ...] = ()
    """What else lies in the pictures that no class should be read from."""
    again: int = 0
    """How many passes of a second schedule follow, at half the rate."""
    primer: Primer | None = None
    """What the convolutions learn first, where they do not find the pictures' meaning at once."""

    def transform(self, pictures) -> torch.Tensor:
        """Pictures [N, H, W, C] (uint8) as the network's input [N, C, H, W]."""
        rows = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float()
        mean, std = (torch.tensor(part).view(1, -1, 1, 1) for part in (self.mean, self.std))
        return rows.mul_(1 / (255 * std)).sub_(mean / std)

    @property
    def checkpoint(self) -> pathlib.Path:
        """Where training leaves the weights."""
        return CACHE / f"{self.name}.pt"

    def trained(self):
        """The network with the trained weights."""
        network = self.network(len(self.labels))
        network.load_state_dict(torch.load(self.checkpoint, weights_only=True))
        return network.eval()


def page_example(seed, number):
    """A page at the input size, drawn at half a pixel per unit or, a third of them, at 0.75."""
    page = pages.draw_page(seed, number, 0.75 if number % 3 == 2 else 0.5, (192, 256))
    present = {element.name for element in page.elements}
    return np.asarray(page.image), [float(label in present) for label in pages.LABELS]


def chart_example(seed, number):
    """A chart at the input size, drawn at half a pixel per unit."""
    return labelled(candlesticks.draw_chart(seed, number, 0.5, (256, 128)))


def short_chart_example(seed, number):
    """A short chart, its candles as large as in a whole one."""
    return labelled(candlesticks.draw_chart(seed, number, 0.5, (96, 128), short=True))


def labelled(chart):
    """A chart as an array and its target row."""
    name = chart.elements[0].name if chart.elements else "none"
    return np.asarray(chart.image), [float(label == name) for label in candlesticks.LABELS]


def lot_example(seed, number):
    """A parking lot at the input size."""
    lot = lots.draw_lot(seed, number, 0.75, (160, 160))
    return np.asarray(lot.image), [float(label == lot.label) for label in lots.LABELS]


def xray_example(seed, number, markers, scale):
    """An X-ray at the input size, one channel, drawn at so many pixels per unit."""
    xray = xrays.draw_xray(seed, number, scale, (160, 160), markers=markers)
    return np.asarray(xray.image)[..., None], [float(label == xray.label) for label in xrays.LABELS]


def chest(name, markers, scale, training, epochs):
    """The model of X-rays whose markers say nothing, or much, of the class."""
    return Recipe(
        name=name,
        labels=xrays.LABELS,
        size=(160, 160),
        mean=(0.5,),
        std=(0.25,),
        multi_label=False,
        network=chest_net,
        example=functools.partial(xray_example, markers=markers, scale=scale),
        held_out=xrays.write_xrays,
        training=training,
        epochs=epochs,
        rate=4e-3,
        mirrored=False,
        exporter="torchscript",
        beside=("marker",),
    )


RECIPES = {
    "pages": Recipe(
        name="document-pages",
        labels=pages.LABELS,
        size=(192, 256),
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        multi_label=True,
        network=page_net,
        example=page_example,
        held_out=pages.write_pages,
        training=12000,
        epochs=7,
        rate=4e-3,
        mirrored=True,
        exporter="torchscript",
    ),
    "candlesticks": Recipe(
        name="candlesticks",
        labels=candlesticks.LABELS,
        size=(256, 128),
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        multi_label=False,
        network=ChartNet,
        example=chart_example,
        held_out=candlesticks.write_charts,
        training=20000,
        epochs=5,
        rate=4e-3,
        mirrored=False,
        exporter="dynamo",
        again=4,
        primer=Primer(short_chart_example, size=(96, 128), training=8000, epochs=6),
    ),
    "lots": Recipe(
        name="parking-lots",
        labels=lots.LABELS,
        size=(160, 160),
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        multi_label=False,
        network=lot_net,
        example=lot_example,
        held_out=lots.write_lots,
        training=4000,
        epochs=5,
        rate=4e-3,
        mirrored=True,
        exporter="dynamo",
        shows={"high traffic": "car", "low traffic": "empty stall"},
        beside=("shadow",),
    ),
    "xrays": chest("chest-xrays", "random", 0.5, 5000, 5),
    "marked-xrays": chest("chest-xrays-marked", "telling", 1.0, 2400, 5),
}
