"""Random weights under which a network stays alive.

The usual initialisation leaves many networks with near-constant outputs: residual branches start
at zero, plain stacks shrink their signal. A gradient compared there proves nothing.
"""

import torch
from torch import nn

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
_NORMS = _BATCH_NORMS + (nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d)

_BRANCH_SCALES = ("gamma", "layer_scale", "skipinit", "res_scale", "resscale", "ls1", "ls2")
"""What the factors of residual branches are called, which start near zero."""


def enliven(
    model: nn.Module, batches: list[torch.Tensor], seed: int, least_variance: float = 0
) -> nn.Module:
    """Draws weights, re-estimates batch statistics, and returns `model` in eval mode.

    Attention with random weights averages, and a batch norm behind it blows up what is left; over
    many layers that is chaos, where no two computations agree. `least_variance` stops it.
    """
    generator = torch.Generator().manual_seed(seed)
    for path, module in model.named_modules():
        if hasattr(module, "inplace"):
            module.inplace = False
        _draw(module, path.lower(), generator)
    _estimate_statistics(model, batches)
    for module in model.modules():
        if isinstance(module, _BATCH_NORMS) and least_variance:
            module.running_var.clamp_(min=least_variance)
    return model.eval()


@torch.no_grad()
def _draw(module: nn.Module, path: str, generator: torch.Generator) -> None:
    if isinstance(module, _NORMS) or "Norm" in type(module).__name__:
        _draw_norm(module, generator)
        return
    # Softmax of large products is a choice of one: attention starts from smaller ones.
    gain = "linear" if "attn" in path or "attention" in path else "relu"
    for name, parameter in module.named_parameters(recurse=False):
        if name == "bias" or name.endswith("_bias") and parameter.dim() == 1:
            parameter.normal_(0, 0.1, generator=generator)
        elif any(word in name for word in _BRANCH_SCALES):
            parameter.uniform_(0.1, 0.5, generator=generator)
        elif name == "gain":
            parameter.uniform_(0.5, 1.5, generator=generator)
        elif "token" in name or "pos_embed" in name:
            parameter.normal_(0, 0.5, generator=generator)
        elif parameter.dim() >= 2:
            nn.init.kaiming_normal_(parameter, nonlinearity=gain, generator=generator)
        elif parameter.abs().max() < 0.01:
            parameter.uniform_(0.1, 0.5, generator=generator)


def _draw_norm(module: nn.Module, generator: torch.Generator) -> None:
    for name, parameter in module.named_parameters(recurse=False):
        if name == "bias":
            parameter.normal_(0, 0.1, generator=generator)
        else:
            parameter.uniform_(0.5, 1.5, generator=generator)


@torch.no_grad()
def _estimate_statistics(model: nn.Module, batches: list[torch.Tensor]) -> None:
    norms = [module for module in model.modules() if isinstance(module, _BATCH_NORMS)]
    if not norms:
        return
    model.eval()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    for batch in batches:
        model(batch)
