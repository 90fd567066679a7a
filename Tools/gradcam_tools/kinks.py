"""Whether kinks that fell on the other side by rounding account for a miss at the input.

At a kink – a rectifier's zero, two equal values under a maximum – the gradient jumps. A value
that lies nearer to one than float32 rounds may come out on either side. Then the whole gradient
changes by a known step: the cotangent there times the derivative of that value to the image. If a
found gradient strays from float64's by whole steps of values so near to a kink, and by nothing
else, it is right for the numbers that were rounded.
"""

import dataclasses

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

NEAR = 3e-6
"""How near to a kink a value lies that float32 may put on the other side, over the tensor's
largest magnitude."""

_MOST = 60
"""How many of the nearest values are looked at."""


@dataclasses.dataclass
class Kink:
    """A value near zero, or two nearly equal values under a maximum, and the result they give."""

    nearness: float
    value: torch.Tensor
    place: int
    other: int | None
    result: torch.Tensor
    result_place: int


class _Watch(TorchFunctionMode):
    """Keeps what goes into rectifiers and maxima, and what comes out."""

    def __init__(self):
        super().__init__()
        self.rectified: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.pooled: list[tuple[torch.Tensor, torch.Tensor, dict]] = []

    def __torch_function__(self, function, types, arguments=(), keywords=None):
        keywords = dict(keywords or {})
        if keywords.get("inplace"):
            keywords["inplace"] = False
        name = getattr(function, "__name__", "")
        result = function(*arguments, **keywords)
        if name == "relu":
            self.rectified.append((arguments[0], result))
        elif name in ("max_pool2d", "_max_pool2d", "boolean_dispatch", "fn"):
            names = ("kernel_size", "stride", "padding", "dilation")
            self.pooled.append((arguments[0], result, dict(zip(names, arguments[1:])) | keywords))
        return result


def _near_kinks(watch: _Watch) -> list[Kink]:
    """The values near a kink, the nearest first."""
    found = []
    for value, result in watch.rectified:
        flat = value.detach().flatten()
        scale = float(flat.abs().max()) or 1.0
        for place in torch.nonzero(flat.abs() <= NEAR * scale).flatten().tolist():
            nearness = float(flat[place].abs()) / scale
            found.append(Kink(nearness, value, place, None, result, place))
    for value, result, options in watch.pooled:
        found += _near_ties(value, result, options)
    return sorted(found, key=lambda kink: kink.nearness)[:_MOST]


def _near_ties(value: torch.Tensor, result: torch.Tensor, options: dict) -> list[Kink]:
    """Windows of a pooling whose two largest values are nearly equal, yet not the same."""
    pair = torch.nn.modules.utils._pair
    kernel = pair(options["kernel_size"])
    stride = pair(options.get("stride") or kernel)
    padding = pair(options.get("padding", 0))
    images, channels, height, width = value.shape
    numbers = torch.arange(height * width, dtype=value.dtype).reshape(1, 1, height, width)
    sides = (padding[1], padding[1], padding[0], padding[0])
    windows = [
        torch.nn.functional.pad(each.detach(), sides, value=filling)
        .unfold(2, kernel[0], stride[0])
        .unfold(3, kernel[1], stride[1])
        .flatten(-2)
        for each, filling in ((value, -torch.inf), (numbers, -1.0))
    ]
    largest, which = windows[0].topk(2, dim=-1)
    scale = float(value.detach().abs().max()) or 1.0
    gap = (largest[..., 0] - largest[..., 1]) / scale
    found = []
    for image, channel, row, column in torch.nonzero((gap > 0) & (gap <= NEAR)).tolist():
        first, second = (
            int(windows[1][0, 0, row, column, which[image, channel, row, column, each]])
            for each in (0, 1)
        )
        plane = (image * channels + channel) * height * width
        place = int(np.ravel_multi_index((image, channel, row, column), result.shape))
        nearness = float(gap[image, channel, row, column])
        found.append(Kink(nearness, value, plane + second, plane + first, result, place))
    return found


def account(
    model: torch.nn.Module, input: torch.Tensor, target: int, found: np.ndarray
) -> dict[str, float]:
    """How much of what `found` strays is left once kinks are put on the side that fits it best.

    `strays` and `left` are over the largest magnitude of the gradient; `kinks` is how many moved,
    `nearness` the farthest of them from its kink; `whole` how far their steps are from whole ones.
    """
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    input = input.double().clone().requires_grad_(True)
    watch = _Watch()
    with watch:
        logit = model.double()(input)[0, target]
    (gradient,) = torch.autograd.grad(logit, input, retain_graph=True)
    scale = float(gradient.abs().max())
    strays = (found.reshape(gradient.shape) - gradient.numpy()) / scale
    kinks, steps = _near_kinks(watch), []
    results = list({id(kink.result): kink.result for kink in kinks}.values())
    found_there = torch.autograd.grad(logit, results, retain_graph=True) if results else []
    cotangents = {id(result): each for result, each in zip(results, found_there)}
    for kink in kinks:
        cotangent = cotangents[id(kink.result)].flatten()[kink.result_place]
        one = kink.value.flatten()[kink.place]
        if kink.other is None:
            sign = -1.0 if float(one.detach()) > 0 else 1.0
        else:
            one, sign = one - kink.value.flatten()[kink.other], 1.0
        (step,) = torch.autograd.grad(one, input, retain_graph=True)
        steps.append((sign * cotangent * step / scale).numpy().ravel())
    rest, moved, whole = strays.ravel().astype(np.float64), [], 0.0
    lengths = np.array([step @ step for step in steps])
    for _ in range(len(steps)):
        gains = np.array([2 * (step @ rest) - length for step, length in zip(steps, lengths)])
        gains[moved] = -np.inf
        best = int(np.argmax(gains)) if len(gains) else 0
        if not len(gains) or gains[best] <= 1e-3 * (rest @ rest):
            break
        rest = rest - steps[best]
        moved.append(best)
    if moved:
        chosen = np.stack([steps[each] for each in moved], axis=1)
        factors = np.linalg.lstsq(chosen, strays.ravel().astype(np.float64), rcond=None)[0]
        whole = float(np.abs(factors - 1).max())
    return {
        "strays": float(np.abs(strays).max()),
        "left": float(np.abs(rest).max()),
        "kinks": len(moved),
        "looked": len(kinks),
        "nearness": max((kinks[each].nearness for each in moved), default=0.0),
        "whole": whole,
    }
