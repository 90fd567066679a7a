"""Random weights under which a network stays alive.

The usual initialisation leaves many networks with near-constant outputs: residual branches start
at zero, plain stacks shrink their signal. A gradient compared there proves nothing.
"""

import torch
from torch import nn

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
_NORMS = _BATCH_NORMS + (nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d)


def enliven(model: nn.Module, batches: list[torch.Tensor], seed: int) -> nn.Module:
    """Draws weights, re-estimates batch statistics, and returns `model` in eval mode."""
    generator = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
        _draw(module, generator)
    _estimate_statistics(model, batches)
    return model.eval()


@torch.no_grad()
def _draw(module: nn.Module, generator: torch.Generator) -> None:
    if isinstance(module, _NORMS):
        if module.weight is not None:
            module.weight.uniform_(0.5, 1.5, generator=generator)
            module.bias.normal_(0, 0.1, generator=generator)
        return
    for name, parameter in module.named_parameters(recurse=False):
        if name == "bias":
            parameter.normal_(0, 0.1, generator=generator)
        elif name == "layer_scale":
            parameter.uniform_(0.1, 0.5, generator=generator)
        elif parameter.dim() >= 2:
            nn.init.kaiming_normal_(parameter, nonlinearity="relu", generator=generator)


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
