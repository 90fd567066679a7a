"""A model looked at with autograd: layers, gradients there, and the head alone."""

import contextlib

import torch

from gradcam_tools.parity.case import Case


def value(case: Case, x: torch.Tensor) -> torch.Tensor:
    """y of each image [N]."""
    return case.model(x)[:, case.target]


@contextlib.contextmanager
def _hooked(module: torch.nn.Module, hook):
    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def look(case: Case, x: torch.Tensor, module=None, of=value, graph: bool = False):
    """A and g = ∂y/∂A at a layer, for each image of x; `of` says what y is."""
    kept = []
    with _hooked(module or case.layer, lambda _, __, output: kept.append(output)):
        y = of(case, x.detach().requires_grad_(True))
    (a,) = kept
    (g,) = torch.autograd.grad(y.sum(), a, create_graph=graph)
    return (a, g) if graph else (a.detach(), g.detach())


def input_gradient(case: Case, x: torch.Tensor) -> torch.Tensor:
    """∂y/∂x of each image."""
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(value(case, x).sum(), x)[0]


@torch.no_grad()
def activation(case: Case) -> torch.Tensor:
    """A [1, K, h, w]."""
    kept = []
    with _hooked(case.layer, lambda _, __, output: kept.append(output)):
        case.model(case.x)
    return kept[0]


@torch.no_grad()
def head(case: Case, activations: torch.Tensor, at_once: int = 64) -> torch.Tensor:
    """y of the part of the model behind the layer, for activations [N, K, h, w]."""
    found = []
    for part in activations.split(at_once):
        with _hooked(case.layer, lambda _, __, ___: part):
            found.append(value(case, case.x.expand(len(part), -1, -1, -1)))
    return torch.cat(found)


@torch.no_grad()
def values(case: Case, images, at_once: int = 32) -> torch.Tensor:
    """y of images that come one by one."""
    found, batch = [], []
    for image in images:
        batch.append(image)
        if len(batch) == at_once:
            found.append(value(case, torch.stack(batch)))
            batch = []
    if batch:
        found.append(value(case, torch.stack(batch)))
    return torch.cat(found)


@contextlib.contextmanager
def rectifiers(case: Case, backward):
    """Within, every ReLU hands back what `backward(cotangent, its own pullback)` says."""
    handles = [
        module.register_full_backward_hook(
            lambda _, grad_in, grad_out: (backward(grad_out[0], grad_in[0]),)
        )
        for module in case.model.modules()
        if isinstance(module, torch.nn.ReLU)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
