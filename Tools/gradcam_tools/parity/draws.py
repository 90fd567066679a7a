"""Random draws that project and packages share: the numbers of `RandomState(seed)`.

The order of the draws of each method stands in Tools/PARITY.md.
"""

import contextlib
from unittest import mock

import numpy as np
import torch


class Draws:
    """A stream of draws."""

    def __init__(self, seed: int):
        self._state = np.random.RandomState(seed)

    def normal(self, *shape: int) -> torch.Tensor:
        """Standard normal draws in C order, float32."""
        return torch.from_numpy(self._state.standard_normal(shape).astype(np.float32))

    def uniform(self, *shape: int) -> np.ndarray:
        """Even draws of 0 ..< 1 in C order."""
        return self._state.random_sample(shape)

    def choice(self, weights: np.ndarray) -> int:
        """An index, as likely as its weight says: the first whose running sum passes one draw."""
        sums = np.cumsum(np.asarray(weights, np.float64) / np.sum(weights, dtype=np.float64))
        return int(np.searchsorted(sums, self.uniform(), side="right"))


@contextlib.contextmanager
def drawn_from(seed: int, factor_after_each_copy: bool = False):
    """Within, the packages draw from `RandomState(seed)`.

    Gradient SHAP draws a factor after each noisy copy, where captum draws all copies first.
    """
    draws = Draws(seed)
    factors: list[float] = []

    def normal(mean, deviations):
        copies = torch.zeros_like(deviations)
        for copy, deviation in zip(copies, deviations):
            if deviation.flatten()[0] > 0:
                copy += draws.normal(*copy.shape) * deviation
            if factor_after_each_copy:
                factors.append(float(draws.uniform()))
        return mean + copies

    def uniform(low, high, size):
        if factors:
            return low + (high - low) * np.array([factors.pop(0) for _ in range(size)])
        return low + (high - low) * draws.uniform(*np.atleast_1d(size))

    def choice(options, size):
        if options != 1:
            raise ValueError("references have one baseline")
        return np.zeros(size, int)

    def sample(distribution, shape):
        return draws.normal(*shape) * distribution.scale

    def size(categorical):
        return torch.tensor(draws.choice(categorical.probs.double().numpy()))

    with (
        mock.patch("torch.normal", normal),
        mock.patch("torch.randn", lambda *shape, **_: draws.normal(*shape)),
        mock.patch("torch.distributions.Normal.sample", sample),
        mock.patch("torch.distributions.Categorical.sample", size),
        mock.patch("numpy.random.uniform", uniform),
        mock.patch("numpy.random.choice", choice),
    ):
        yield
