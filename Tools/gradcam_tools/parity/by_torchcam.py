"""The preset `torchcam`: maps at the layer's resolution, ReLU, then min-max."""

import contextlib

import numpy as np
import torch

from gradcam_tools.parity.case import MAP, POSITIVE, Case, Reference, Result, single
from gradcam_tools.parity.draws import drawn_from

PRESET = "torchcam"


def _run(case: Case, extractor, **arguments) -> np.ndarray:
    with drawn_from(case.parameters.seed):
        scores = case.model(case.x.clone())
        (map,) = extractor(case.target, scores, **arguments)
    return single(map)


def _positive(name: str, make=None, **arguments):
    """The scaled map of a class of torchcam."""

    def compute(case: Case) -> Result:
        import torchcam.methods

        given = {key: value(case) for key, value in arguments.items()}
        extractor = getattr(torchcam.methods, name) if make is None else make()
        with extractor(case.model, case.layer, **given) as cam:
            return Result(POSITIVE, _run(case, cam))

    return compute


def _cam(case: Case) -> Result:
    import torchcam.methods

    linear = [path for path, part in case.model.named_modules() if isinstance(part, torch.nn.Linear)]
    with torchcam.methods.CAM(case.model, case.layer, fc_layer=linear[-1]) as cam:
        return Result(MAP, _run(case, cam, normalized=False))


def _dividing():
    """GradCAMpp whose division takes effect: 0.5.0 divides a copy and throws it away."""
    import torchcam.methods

    class Dividing(torchcam.methods.GradCAMpp):
        def _get_weights(self, class_idx, scores, eps=1e-8, **more):
            self._backprop(scores, class_idx, **more)
            weights = []
            for a, g in zip(self.hook_a, self.hook_g):
                sums = (g**3 * a).flatten(2).sum(-1)[..., None, None]
                shares = torch.where(g**2 > 0, g**2 / (2 * g**2 + sums + eps), g**2)
                weights.append((shares * torch.relu(g)).flatten(2).sum(-1))
            return weights

    return Dividing


def _refine(case: Case) -> Result:
    import torchcam.methods

    with contextlib.ExitStack() as stack:
        cam = torchcam.methods.RefineCAM(case.model, case.modules, base_method=_dividing())
        stack.enter_context(cam)
        return Result(POSITIVE, _run(case, cam))


def _finer(case: Case) -> Result:
    import torchcam.methods

    with torchcam.methods.FinerCAM(case.model, case.layer) as cam:
        return Result(POSITIVE, _run(case, cam))


def _samples(case: Case) -> int:
    return case.parameters.samples


def _entry(method: str, words: str, compute, **more) -> Reference:
    return Reference(method, PRESET, words, compute, **more)


REFERENCES = [
    _entry("cam", "CAM", _cam),
    _entry("gradcam", "GradCAM", _positive("GradCAM")),
    _entry("gradcam++", "GradCAMpp, its division repaired", _positive("", _dividing)),
    _entry("smooth-gradcam++", "SmoothGradCAMpp",
           _positive("SmoothGradCAMpp", num_samples=_samples, std=lambda case: case.deviation),
           uses=("samples", "noise", "seed")),
    _entry("xgradcam", "XGradCAM", _positive("XGradCAM")),
    _entry("layercam", "LayerCAM", _positive("LayerCAM")),
    _entry("scorecam", "ScoreCAM", _positive("ScoreCAM"), passes="channels"),
    _entry("sscam", "SSCAM",
           _positive("SSCAM", num_samples=_samples, std=lambda case: case.parameters.noise),
           uses=("samples", "noise", "seed"), passes="channels"),
    _entry("iscam", "ISCAM", _positive("ISCAM", num_samples=_samples), uses=("samples",),
           passes="channels"),
    _entry("finercam", "FinerCAM(gamma=0.6, num_references=3)", _finer),
    _entry("refinecam", "RefineCAM(GradCAMpp, its division repaired)", _refine,
           several_layers=True),
]

AS_IT_IS = Reference("gradcam++", PRESET, "GradCAMpp as released", _positive("GradCAMpp"))
"""What version 0.5.0 computes; not what METHODS states."""
