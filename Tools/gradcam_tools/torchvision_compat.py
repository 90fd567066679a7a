"""The one place that imports torchvision, and timm, which imports it.

A torchvision built for another flavour of torch cannot load its compiled operators, and its Python
part then fails on import because it registers shapes for operators nobody declared. Classification
models need none of them, so declaring the two is enough.
"""

import torch

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_LIBRARY = torch.library.Library("torchvision", "FRAGMENT")


def _declare_missing_operators() -> None:
    for name in ("nms", "qnms"):
        try:
            torch._C._dispatch_find_schema_or_throw(f"torchvision::{name}", "")
        except RuntimeError:
            _LIBRARY.define(name + _SIGNATURE)


try:
    import torchvision
except RuntimeError:
    _declare_missing_operators()
    import torchvision

models = torchvision.models
__all__ = ["torchvision", "models", "timm"]


def __getattr__(name: str):
    """timm, when it is first asked for: most tools do without it."""
    if name == "timm":
        import timm

        return timm
    raise AttributeError(name)
