"""The preset `captum`: signed, without ReLU, enlarged by repetition."""

import warnings

import numpy as np
import torch

from gradcam_tools.parity.case import ATTRIBUTION, MAP, Case, Reference, Result, single
from gradcam_tools.parity.draws import drawn_from

PRESET = "captum"


def _attribution(name: str, **arguments):
    """The values of a class that is made of the model alone."""

    def compute(case: Case) -> Result:
        import captum.attr

        return _result(getattr(captum.attr, name)(case.model), case, **arguments)

    return compute


def _result(attribution, case: Case, interleaved: bool = False, **arguments) -> Result:
    with warnings.catch_warnings(), drawn_from(case.parameters.seed, interleaved):
        warnings.simplefilter("ignore")
        values = attribution.attribute(case.x.clone(), target=case.target, **arguments)
    return Result(ATTRIBUTION, single(values))


def _layer_grad_cam(case: Case) -> Result:
    from captum.attr import LayerGradCam

    values = LayerGradCam(case.model, case.layer).attribute(case.x.clone(), target=case.target)
    return Result(MAP, single(values)[0])


def _guided_grad_cam(case: Case) -> Result:
    from captum.attr import GuidedGradCam

    return _result(GuidedGradCam(case.model, case.layer), case)


def _noise_tunnel(kind: str):
    def compute(case: Case) -> Result:
        from captum.attr import NoiseTunnel, Saliency

        return _result(
            NoiseTunnel(Saliency(case.model)), case, nt_type=kind, abs=False,
            nt_samples=case.parameters.samples, stdevs=case.deviation,
        )

    return compute


def _integrated_gradients(case: Case) -> Result:
    from captum.attr import IntegratedGradients

    values, delta = IntegratedGradients(case.model).attribute(
        case.x.clone(), target=case.target, n_steps=case.parameters.steps,
        internal_batch_size=min(case.parameters.steps, 16), return_convergence_delta=True,
    )
    return Result(ATTRIBUTION, single(values), {"residual": float(delta[0])})


def _gradient_shap(case: Case) -> Result:
    from captum.attr import GradientShap

    return _result(
        GradientShap(case.model), case, interleaved=True, baselines=torch.zeros_like(case.x),
        n_samples=case.parameters.samples, stdevs=case.deviation,
    )


def superpixels(height: int, width: int, cells: int) -> np.ndarray:
    """The number of each pixel's cell [H, W], in a grid with `cells` along the shorter side."""
    rows, columns = grid(height, width, cells)
    row = np.arange(height)[:, None] * rows // height
    return row * columns + np.arange(width)[None] * columns // width


def grid(height: int, width: int, cells: int) -> tuple[int, int]:
    """Rows and columns of cells, `cells` along the shorter side."""
    shorter = min(height, width)
    return tuple((2 * cells * side + shorter) // (2 * shorter) for side in (height, width))


def _kernel_shap(case: Case) -> Result:
    from captum.attr import KernelShap

    cells = torch.from_numpy(superpixels(*case.x.shape[2:], case.parameters.cells))[None, None]
    return _result(
        KernelShap(case.model), case, n_samples=case.parameters.samples, baselines=0,
        feature_mask=cells.expand(1, case.x.shape[1], -1, -1), perturbations_per_eval=1,
    )


def _occlusion(case: Case) -> Result:
    from captum.attr import Occlusion

    channels, patch, stride = case.x.shape[1], case.parameters.patch, case.parameters.stride
    return _result(
        Occlusion(case.model), case, sliding_window_shapes=(channels, patch, patch),
        strides=(channels, stride, stride), baselines=0, perturbations_per_eval=8,
    )


def _entry(method: str, words: str, compute, **more) -> Reference:
    return Reference(method, PRESET, words, compute, **more)


_NOISY = dict(uses=("samples", "noise", "seed"))

REFERENCES = [
    _entry("gradcam", "LayerGradCam", _layer_grad_cam),
    _entry("gradient", "Saliency", _attribution("Saliency")),
    _entry("input-x-gradient", "InputXGradient", _attribution("InputXGradient")),
    _entry("guided-backprop", "GuidedBackprop", _attribution("GuidedBackprop")),
    _entry("deconvnet", "Deconvolution", _attribution("Deconvolution")),
    _entry("guided-gradcam", "GuidedGradCam", _guided_grad_cam),
    _entry("smoothgrad", "NoiseTunnel(Saliency, smoothgrad, abs=False)",
           _noise_tunnel("smoothgrad"), **_NOISY),
    _entry("smoothgrad-variance", "NoiseTunnel(Saliency, vargrad, abs=False)",
           _noise_tunnel("vargrad"), **_NOISY),
    _entry("smoothgrad-squared", "NoiseTunnel(Saliency, smoothgrad_sq, abs=False)",
           _noise_tunnel("smoothgrad_sq"), **_NOISY),
    _entry("integrated-gradients", "IntegratedGradients(gausslegendre)", _integrated_gradients,
           uses=("steps",)),
    _entry("gradient-shap", "GradientShap(baselines=0)", _gradient_shap, **_NOISY),
    _entry("kernel-shap", "KernelShap(grid of superpixels, baselines=0)", _kernel_shap,
           uses=("samples", "cells", "seed"), passes="samples"),
    _entry("occlusion", "Occlusion(baselines=0)", _occlusion, uses=("patch", "stride"),
           passes="places"),
]
