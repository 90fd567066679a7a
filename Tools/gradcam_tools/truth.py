"""What PyTorch says of one network and one input, kept so that it is computed once.

Float64 is the truth; PyTorch's own float32, computed in three ways that round differently, is the
yardstick for what rounding does to this network.
"""

import copy
import dataclasses
import json
from pathlib import Path

import numpy as np
import torch

from gradcam_tools.reference import Step, Trace, relative_error

FORMS = ("as it is", "channels last", "without oneDNN")
"""Three ways in which PyTorch itself computes in float32."""

KEPT_STEPS, KEPT_BYTES = 56, 64e6
"""How many of the last feature maps are kept, and their bytes in all."""


def _kernels(form: str):
    return torch.backends.mkldnn.flags(enabled=form != "without oneDNN")


def _single(model: torch.nn.Module, input: torch.Tensor, form: str) -> Trace:
    layout = torch.channels_last if form == "channels last" else torch.contiguous_format
    with _kernels(form):
        return Trace(model.to(memory_format=layout), input.to(memory_format=layout))


def _is_map(tensor: torch.Tensor) -> bool:
    """Whether a tensor may be a feature map or tokens, for one image."""
    sides = [side for side in tensor.shape[1:] if side > 1]
    return tensor.requires_grad and tensor.dim() >= 3 and len(sides) >= 2 and tensor.numel() > 0


def map_at(activation: np.ndarray, gradient: np.ndarray, channels: int) -> np.ndarray:
    """The raw signed map Σ_k mean(g_k) A_k of tensors [1, …] whose channels lie on that axis."""
    places = tuple(axis for axis in range(1, activation.ndim) if axis != channels % activation.ndim)
    return (gradient.mean(axis=places, keepdims=True) * activation).sum(axis=channels)


class Truth:
    """The numbers of one network and one input."""

    def __init__(self, numbers: dict, arrays: dict[str, np.ndarray]):
        self.numbers, self.arrays = numbers, arrays

    @property
    def tolerance(self) -> float:
        """How far values may stray that are still the same tensor's, by what float32 strays."""
        return max(2e-3, 10 * max(self.numbers["logitFloat32"]))

    @classmethod
    def of(
        cls, model: torch.nn.Module, input: torch.Tensor, kept: int = KEPT_STEPS, forms=FORMS
    ) -> "Truth":
        """Computes everything, and keeps that many of the last feature maps."""
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        if any(parameter.dim() > 4 for parameter in model.parameters()):
            forms = [form for form in forms if form != "channels last"]
        first = _single(model, input, forms[0])
        target = int(first.logits.argmax())
        trace = Trace(copy.deepcopy(model).double(), input.double())
        kept = _kept(trace, kept)
        steps = [trace.steps[place] for place in kept]
        gradients = trace.gradients([target], [trace.input] + [step.tensor for step in steps])
        logits = trace.logits.detach().numpy()
        arrays = {"input": gradients[0].numpy().astype(np.float32), "logits": logits}
        for place, step, gradient in zip(kept, steps, gradients[1:]):
            arrays[f"a{place}"] = step.tensor.detach().numpy().astype(np.float32)
            arrays[f"g{place}"] = gradient.numpy().astype(np.float32)
        truths = [
            (step.tensor.detach().numpy(), gradient.numpy())
            for step, gradient in zip(steps, gradients[1:])
        ]
        maps = [[map_at(*pair, axis) for axis in (1, -1)] for pair in truths]
        shapes = [list(step.tensor.shape) for step in trace.steps]
        reference = gradients[0].numpy()
        del trace, gradients, truths
        input_errors, logit_errors, map_errors = [], [], [[0.0, 0.0] for _ in kept]
        for form in forms:
            single = first if form == forms[0] else _single(copy.deepcopy(model), input, form)
            first = None
            aligned = [list(step.tensor.shape) for step in single.steps] == shapes
            tensors = [single.steps[place].tensor for place in kept] if aligned else []
            with _kernels(form):
                found = single.gradients([target], [single.input] + tensors)
            input_errors.append(relative_error(found[0].numpy(), reference))
            logit_errors.append(relative_error(single.logits.detach().numpy(), logits))
            for index, (tensor, gradient) in enumerate(zip(tensors, found[1:])):
                pair = tensor.detach().numpy(), gradient.numpy()
                for which, axis in enumerate((1, -1)):
                    error = relative_error(map_at(*pair, axis), maps[index][which])
                    map_errors[index][which] = max(map_errors[index][which], error)
            del single, tensors, found
        numbers = {
            "target": target,
            "inputFloat32": input_errors,
            "logitFloat32": logit_errors,
            "forms": list(forms),
            "steps": [
                {"place": place, "modules": step.modules, "mapFloat32": errors}
                for place, step, errors in zip(kept, steps, map_errors)
            ],
        }
        return cls(numbers, arrays)

    def save(self, path: Path) -> None:
        unfinished = path.with_name(path.name + ".part.npz")
        words = np.frombuffer(json.dumps(self.numbers).encode(), np.uint8)
        np.savez(unfinished, numbers=words, **self.arrays)
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Truth":
        arrays = dict(np.load(path))
        return cls(json.loads(arrays.pop("numbers").tobytes()), arrays)


def _kept(trace: Trace, count: int) -> list[int]:
    """The places of the last feature maps."""
    wanted, size = [], 0.0
    maps = [place for place, step in enumerate(trace.steps) if _is_map(step.tensor)]
    for place in reversed(maps[max(len(maps) - count, 0) :]):
        size += 8 * trace.steps[place].tensor.numel()
        if size > KEPT_BYTES:
            break
        wanted.append(place)
    return sorted(wanted)


def layouts(tensor: np.ndarray, shape: tuple[int, ...]):
    """The ways to read one image's tensor [1, …] as a feature map or tokens of this shape.

    Channels may come last; tokens may be a map's places in a row, with others before them.
    """
    inner = tensor[0]
    if inner.shape == shape:
        yield inner
    if len(shape) == 3 and inner.ndim == 3 and inner.transpose(2, 0, 1).shape == shape:
        yield inner.transpose(2, 0, 1)
    if len(shape) < 2:
        return
    last, count = inner.shape[-1], int(np.prod(shape[:-1]))
    if inner.shape != shape and last == shape[-1] and inner.size // last >= count:
        yield inner.reshape(-1, last)[-count:].reshape(shape)
    if inner.shape != shape and inner.shape[0] == shape[-1] and inner[0].size == count:
        yield inner.reshape(inner.shape[0], count).T.reshape(shape)
    channels, places = shape[0], int(np.prod(shape[1:]))
    rows = inner.reshape(-1, inner.shape[-1]) if inner.ndim > 2 else inner
    if inner.ndim >= 2 and rows.shape[1] == channels and rows.shape[0] >= places:
        yield rows[rows.shape[0] - places :].T.reshape(shape)
    if inner.ndim >= 2 and inner.shape[0] == channels and inner[0].size == places:
        yield inner.reshape(shape)


def as_map(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """A layer's array as the map [C, …] that the command calls it, without tokens before it."""
    if array.shape == shape:
        return array
    channels, places = shape[0], int(np.prod(shape[1:]))
    if array.shape[-1] != channels or array.size < channels * places:
        return None
    return array.reshape(-1, channels)[-places:].T.reshape(shape)


def matches(tensor: np.ndarray, activation: np.ndarray, tolerance: float) -> int | None:
    """Which of the layouts of `tensor` has the values of `activation`, rounding apart."""
    scale = max(float(np.abs(activation).max()), 1e-30)
    for which, read in enumerate(layouts(tensor, activation.shape)):
        if np.abs(read - activation).max() <= tolerance * scale:
            return which
    return None


@dataclasses.dataclass
class LayerTruth:
    """What is true of one layer, read in the shape that the command gave it."""

    activation: np.ndarray
    gradient: np.ndarray
    modules: list[str]
    float32_map_error: float


def layer_truths(truth: Truth, activation: np.ndarray) -> list[LayerTruth]:
    """All kept tensors with these values, the last first."""
    found = []
    for step in reversed(truth.numbers["steps"]):
        tensors = [truth.arrays[f"{kind}{step['place']}"] for kind in "ag"]
        which = matches(tensors[0], activation, truth.tolerance)
        if which is not None:
            pair = [list(layouts(tensor, activation.shape))[which] for tensor in tensors]
            found.append(LayerTruth(*pair, step["modules"], max(step["mapFloat32"])))
    return found


def extend(
    truth: Truth, model: torch.nn.Module, input: torch.Tensor, activation: np.ndarray
) -> bool:
    """Looks for these values in the whole forward pass, and keeps the tensors that have them."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    trace = Trace(model.double(), input.double())
    places = [
        place
        for place, step in enumerate(trace.steps)
        if step.tensor.requires_grad
        and step.tensor.dim() > 1
        and matches(step.tensor.detach().numpy(), activation, truth.tolerance) is not None
    ]
    known = {step["place"] for step in truth.numbers["steps"]}
    places = [place for place in places if place not in known]
    steps = [trace.steps[place] for place in places]
    if not steps:
        return False
    gradients = trace.gradients([truth.numbers["target"]], [step.tensor for step in steps])
    for place, step, gradient in zip(places, steps, gradients):
        truth.arrays[f"a{place}"] = step.tensor.detach().numpy().astype(np.float32)
        truth.arrays[f"g{place}"] = gradient.numpy().astype(np.float32)
        truth.numbers["steps"].append(
            {"place": place, "modules": step.modules, "mapFloat32": [0.0, 0.0]}
        )
    truth.numbers["steps"].sort(key=lambda step: step["place"])
    return True
