"""The truth a gradient is measured against: PyTorch autograd in float64."""

import dataclasses
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode


@dataclasses.dataclass(eq=False)
class Step:
    """A tensor that one call of the forward pass made, and the module paths it is the output of."""

    tensor: torch.Tensor
    modules: list[str] = dataclasses.field(default_factory=list)


class _Recorder(TorchFunctionMode):
    """Keeps every differentiable tensor that a torch function returns."""

    def __init__(self):
        super().__init__()
        self.steps: list[Step] = []
        self.index: dict[int, Step] = {}

    def __torch_function__(self, function, types, arguments=(), keywords=None):
        keywords = dict(keywords or {})
        if keywords.get("inplace"):
            keywords["inplace"] = False
        result = function(*arguments, **keywords)
        for tensor in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(tensor, torch.Tensor) and tensor.requires_grad:
                self.note(tensor)
        return result

    def note(self, tensor: torch.Tensor) -> Step:
        step = self.index.get(id(tensor))
        if step is None:
            step = Step(tensor)
            self.index[id(tensor)] = step
            self.steps.append(step)
            if tensor.grad_fn is not None and "BatchNorm" in tensor.grad_fn.name():
                tensor.register_hook(_laid_out)
        return step


def _laid_out(cotangent: torch.Tensor) -> torch.Tensor:
    """A cotangent whose strides batch normalisation walks back rightly.

    On the CPU it mistakes those of a transposed view of one image, [1, C, H·W] as [1, C, H, W],
    and gives a wrong gradient without a word; finite differences and other layouts disagree.
    """
    return cotangent.contiguous()


class Trace:
    """One forward pass with all of its intermediate tensors, ready to be differentiated."""

    def __init__(self, model: nn.Module, input: torch.Tensor):
        self.input = input.detach().clone().requires_grad_(True)
        self.calls: dict[str, int] = {}
        recorder = _Recorder()
        handles = [
            module.register_forward_hook(self._hook(recorder, path))
            for path, module in model.named_modules()
            if path
        ]
        try:
            with recorder:
                self.logits = model(self.input)
        finally:
            for handle in handles:
                handle.remove()
        self.steps = recorder.steps

    def _hook(self, recorder: _Recorder, path: str) -> Callable:
        def hook(module, arguments, output):
            if isinstance(output, torch.Tensor):
                self.calls[path] = self.calls.get(path, 0) + 1
                recorder.note(output).modules.append(path)

        return hook

    def gradients(self, classes: list[int], tensors: list[torch.Tensor]) -> list[torch.Tensor]:
        """The gradient of each image's own logit, summed: no image influences another."""
        rows = torch.arange(len(classes))
        target = self.logits[rows, torch.tensor(classes)].sum()
        found = torch.autograd.grad(target, tensors, retain_graph=True, allow_unused=True)
        return [
            torch.zeros_like(tensor) if gradient is None else gradient
            for tensor, gradient in zip(tensors, found)
        ]

    def step(self, activation: np.ndarray, tolerance: float = 2e-3) -> Step | None:
        """The last step whose tensor has these values, rounding apart."""
        scale = max(float(np.abs(activation).max()), 1e-30)
        for step in reversed(self.steps):
            if tuple(step.tensor.shape) != activation.shape:
                continue
            if np.abs(step.tensor.detach().numpy() - activation).max() <= tolerance * scale:
                return step
        return None

    def output(self, path: str) -> Step | None:
        """The last output of the module at `path`."""
        for step in reversed(self.steps):
            if path in step.modules:
                return step
        return None


def relative_error(value, reference) -> float:
    """max |value − reference| / max |reference|."""
    value, reference = np.asarray(value, np.float64), np.asarray(reference, np.float64)
    return float(np.abs(value - reference).max() / max(np.abs(reference).max(), 1e-300))


def grad_cam(activation: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """The raw signed map [N, u, v] of [N, K, u, v]: Σ_k mean(g_k) A_k."""
    weights = gradient.mean(axis=(2, 3), keepdims=True)
    return (weights * activation).sum(axis=1)


def directional_check(
    model: nn.Module, input: torch.Tensor, classes: list[int], gradient: torch.Tensor, seed: int
) -> float:
    """How far a central difference along a random direction lies from the gradient, relatively."""
    generator = torch.Generator().manual_seed(seed)
    direction = torch.randn(input.shape, generator=generator, dtype=torch.float64)
    rows = torch.arange(len(classes))
    step = 1e-7

    @torch.no_grad()
    def target(x):
        return model(x)[rows, torch.tensor(classes)].sum()

    difference = (target(input + step * direction) - target(input - step * direction)) / (2 * step)
    expected = (gradient * direction).sum()
    return float((difference - expected).abs() / (gradient.norm() + 1e-30))
