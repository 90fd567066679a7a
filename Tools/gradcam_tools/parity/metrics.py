"""Metrics by the packages people use, of a map that is given."""

import contextlib
import dataclasses
import warnings
from collections.abc import Callable
from functools import partial
from unittest import mock

import numpy as np
import torch

from gradcam_tools import torchvision_compat  # noqa: F401  (declares what the packages import)

# isort: split
import quantus
from pytorch_grad_cam.metrics.cam_mult_image import (
    CamMultImageConfidenceChange, DropInConfidence, IncreaseInConfidence)
from pytorch_grad_cam.metrics import road
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from torchcam.metrics import ClassificationMetric, DeletionInsertionMetric

from gradcam_tools.parity.draws import Draws


@dataclasses.dataclass
class Judged:
    """A model, one image [1, C, H, W], the class, and the map [H, W] in 0 … 1 that is judged."""

    model: torch.nn.Module
    x: torch.Tensor
    target: int
    map: np.ndarray
    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels of the image."""

    @property
    def mask(self) -> np.ndarray:
        """The pixels of the box, [1, 1, H, W]."""
        mask = np.zeros(self.map.shape, np.int64)
        left, top, right, bottom = self.box
        mask[top:bottom, left:right] = 1
        return mask[None, None]


@dataclasses.dataclass(frozen=True)
class MetricReference:
    """A metric as the command is told it, and what a package says."""

    metric: str
    package: str
    words: str
    compute: Callable[[Judged], float]

    @property
    def name(self) -> str:
        return f"{self.metric} / {self.package}"


class _Given:
    """What torchcam takes for an extractor: it gives the map it was given."""

    def __init__(self, judged: Judged):
        self.model = judged.model
        self.map = torch.from_numpy(judged.map)[None].to(judged.x.dtype)

    def __call__(self, class_idx, scores):
        return [self.map]

    def fuse_cams(self, cams):
        return cams[0]

    def _hooks_off(self):
        return contextlib.nullcontext()


def _torchcam(metric, key: str, **options) -> Callable[[Judged], float]:
    def compute(judged: Judged) -> float:
        found = metric(_Given(judged), partial(torch.softmax, dim=-1), **options)
        found.update(judged.x, judged.target)
        return found.summary()[key]

    return compute


def _pytorch_grad_cam(metric) -> Callable[[Judged], float]:
    """A metric of pytorch-grad-cam; ROAD without noise, for its draws are not ours."""

    def compute(judged: Judged) -> float:
        targets = [ClassifierOutputSoftmaxTarget(judged.target)]
        still = mock.patch.object(torch, "randn_like", torch.zeros_like)
        with still, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (found,) = metric(judged.x.float(), judged.map[None], targets, _Single(judged.model))
        return float(found)

    return compute


class _Single(torch.nn.Module):
    """A model that takes float32 and computes in its own type: imputation gives float32."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model, self.type = model, next(iter(model.parameters())).dtype
        self.eval()

    def forward(self, x):
        return self.model(x.to(self.type))


def _quantus(metric, needs_model: bool = False) -> Callable[[Judged], float]:
    def compute(judged: Judged) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (found,) = metric(
                model=_Single(judged.model) if needs_model else None,
                x_batch=judged.x.float().numpy(), y_batch=np.array([judged.target]),
                a_batch=judged.map[None, None].astype(np.float32).copy(), s_batch=judged.mask,
                device="cpu")
        return float(found)

    return compute


SETS, PIXELS, SEED = 40, 24, 3


def _faithfulness_correlation(judged: Judged) -> float:
    """Quantus's, with sets of pixels instead of single numbers: all channels of a pixel at once.

    The sets are drawn as the command draws them: the first places of a deck that goes on being
    shuffled, place i with one of those from i on.
    """
    count = judged.map.size
    channels = judged.x.shape[1]
    size = min(PIXELS, count // 2)
    draws, deck = Draws(SEED), np.arange(count)

    def choice(features, subset, replace):
        for place in range(size):
            other = place + int(float(draws.uniform()) * (count - place))
            deck[[place, other]] = deck[[other, place]]
        return np.concatenate([deck[:size] + channel * count for channel in range(channels)])

    metric = quantus.FaithfulnessCorrelation(
        nr_runs=SETS, subset_size=size, perturb_func=_zeroed, disable_warnings=True,
        return_aggregate=False)
    with mock.patch.object(np.random, "choice", choice):
        return _quantus(metric, needs_model=True)(judged)


def _zeroed(arr: np.ndarray, indices: np.ndarray, **_) -> np.ndarray:
    changed = arr.copy()
    np.put_along_axis(changed, indices, 0, axis=-1)
    return changed


def _plain(metric, **options):
    return metric(disable_warnings=True, return_aggregate=False, **options)


METRICS = [
    MetricReference(
        "deletion steps=16", "torchcam", "DeletionInsertionMetric(steps=16), softmax",
        _torchcam(DeletionInsertionMetric, "deletion_auc", steps=16, batch_size=1)),
    MetricReference(
        "insertion steps=16 baseline=zero", "torchcam", "DeletionInsertionMetric(steps=16), softmax",
        _torchcam(DeletionInsertionMetric, "insertion_auc", steps=16, batch_size=1)),
    MetricReference(
        "average-drop", "torchcam", "ClassificationMetric, softmax",
        _torchcam(ClassificationMetric, "avg_drop")),
    MetricReference(
        "increase-in-confidence", "torchcam", "ClassificationMetric, softmax",
        _torchcam(ClassificationMetric, "conf_increase")),
    MetricReference(
        "average-drop absolute=true", "pytorch-grad-cam", "DropInConfidence, softmax",
        _pytorch_grad_cam(DropInConfidence())),
    MetricReference(
        "average-gain absolute=true", "pytorch-grad-cam",
        "the positive part of CamMultImageConfidenceChange, softmax",
        lambda judged: max(0.0, _pytorch_grad_cam(CamMultImageConfidenceChange())(judged))),
    MetricReference(
        "increase-in-confidence", "pytorch-grad-cam", "IncreaseInConfidence, softmax",
        _pytorch_grad_cam(IncreaseInConfidence())),
    MetricReference(
        "road noise=0", "pytorch-grad-cam", "ROADCombined without noise, softmax",
        _pytorch_grad_cam(road.ROADCombined())),
    MetricReference(
        f"faithfulness-correlation samples={SETS} subset={PIXELS} seed={SEED}", "Quantus",
        "FaithfulnessCorrelation of pixels, same draws", _faithfulness_correlation),
    MetricReference(
        "complexity", "Quantus", "Complexity", _quantus(_plain(quantus.Complexity))),
    MetricReference(
        "sparseness", "Quantus", "Sparseness", _quantus(_plain(quantus.Sparseness))),
    MetricReference(
        "pointing-game", "Quantus", "PointingGame", _quantus(_plain(quantus.PointingGame))),
    MetricReference(
        "energy-pointing-game", "Quantus", "RelevanceMassAccuracy",
        _quantus(_plain(quantus.RelevanceMassAccuracy))),
]
"""Every comparison, in the order of the table."""


def drawn_map(height: int, width: int, seed: int) -> np.ndarray:
    """A smooth map in 0 … 1 without two equal values: orders of equal ones are not defined alike."""
    draws = np.random.RandomState(seed)
    coarse = torch.from_numpy(draws.random_sample((1, 1, 5, 5)))
    fine = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic")[0, 0].numpy()
    order = (fine + 1e-3 * draws.random_sample(fine.shape)).ravel().argsort().argsort()
    return (order.reshape(fine.shape) / (order.size - 1)).astype(np.float32)


def box(height: int, width: int) -> tuple[int, int, int, int]:
    """A box off the middle."""
    return width // 8, height // 4, width // 2, 7 * height // 8
