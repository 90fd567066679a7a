"""The preset `pytorch-grad-cam`: that package's maps, as it returns them."""

import contextlib
import copy
import io

import numpy as np

from gradcam_tools import torchvision_compat  # noqa: F401  (declares what the package imports)
from gradcam_tools.parity.case import ATTRIBUTION, FINISHED, MAP, Case, Reference, Result, single
from gradcam_tools.parity.draws import drawn_from

PRESET = "pytorch-grad-cam"


def _package():
    import pytorch_grad_cam

    return pytorch_grad_cam


def _target(case: Case):
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    return [ClassifierOutputTarget(case.target)]


def _run(case: Case, cam, **arguments):
    noise = io.StringIO()
    with drawn_from(case.parameters.seed), contextlib.redirect_stderr(noise):
        return cam(input_tensor=case.x.clone(), targets=_target(case), **arguments)


@contextlib.contextmanager
def _made(name: str, case: Case):
    """An object of a class, whose hooks are gone afterwards; its own way stumbles over views."""
    cam = getattr(_package(), name)(case.model, case.modules[-1:])
    try:
        yield cam
    finally:
        hooks = cam.activations_and_grads
        hooks.activations, hooks.gradients = [], []
        hooks.release()


def _finished(name: str, **arguments):
    """The map a class returns."""

    def compute(case: Case) -> Result:
        with _made(name, case) as cam:
            return Result(FINISHED, single(_run(case, cam, **arguments)))

    return compute


def _raw(name: str, **arguments):
    """The signed map a class makes before it cuts off what is negative."""

    def compute(case: Case) -> Result:
        kept = []
        with _made(name, case) as cam:
            whole = cam.get_cam_image

            def keep(*parts):
                kept.append(whole(*parts))
                return kept[-1]

            cam.get_cam_image = keep
            _run(case, cam, **arguments)
        return Result(MAP, single(kept[0]))

    return compute


def _full_grad(case: Case) -> Result:
    with contextlib.redirect_stdout(io.StringIO()):
        cam = _package().FullGrad(case.model, [])
    with cam:
        return Result(FINISHED, single(_run(case, cam)))


def _finer(case: Case) -> Result:
    with _package().FinerCAM(case.model, case.modules[-1:]) as cam:
        return Result(FINISHED, single(cam(case.x.clone(), target_idx=case.target)))


def _refine(case: Case) -> Result:
    cam = _package().RefineCAM(case.model, case.modules)
    values = single(_run(case, cam))
    for each in cam.base_cam_per_layer:
        each.activations_and_grads.release()
    return Result(FINISHED, values)


def _guided(case: Case) -> np.ndarray:
    model = _package().GuidedBackpropReLUModel(copy.deepcopy(case.model))
    return model(case.x.clone(), target_category=case.target).transpose(2, 0, 1)


def _guided_backprop(case: Case) -> Result:
    return Result(ATTRIBUTION, _guided(case))


def _guided_grad_cam(case: Case) -> Result:
    map = _finished("GradCAM")(case).values
    return Result(ATTRIBUTION, map * _guided(case))


def _entry(method: str, words: str, compute, **more) -> Reference:
    return Reference(method, PRESET, words, compute, **more)


_SMOOTH = dict(options=("--eigen-smooth",), up_to_sign=True)

REFERENCES = [
    _entry("gradcam", "GradCAM", _finished("GradCAM")),
    _entry("gradcam", "GradCAM(…, eigen_smooth=True)", _raw("GradCAM", eigen_smooth=True), **_SMOOTH),
    _entry("gradcam", "GradCAM(…, aug_smooth=True)", _finished("GradCAM", aug_smooth=True),
           options=("--augment",)),
    _entry("gradcam++", "GradCAMPlusPlus", _finished("GradCAMPlusPlus")),
    _entry("xgradcam", "XGradCAM", _finished("XGradCAM")),
    _entry("hirescam", "HiResCAM", _finished("HiResCAM")),
    _entry("elementwise", "GradCAMElementWise", _finished("GradCAMElementWise")),
    _entry("layercam", "LayerCAM", _finished("LayerCAM")),
    _entry("eigencam", "EigenCAM", _raw("EigenCAM"), up_to_sign=True),
    _entry("eigengradcam", "EigenGradCAM", _raw("EigenGradCAM"), up_to_sign=True),
    _entry("kpcacam", "KPCA_CAM", _raw("KPCA_CAM"), up_to_sign=True),
    _entry("scorecam", "ScoreCAM", _finished("ScoreCAM"), passes="channels"),
    _entry("ablationcam", "AblationCAM", _finished("AblationCAM"), passes="channels"),
    _entry("fullgrad", "FullGrad", _full_grad),
    _entry("shapleycam", "ShapleyCAM", _finished("ShapleyCAM")),
    _entry("fem", "FEM(k=2)", _finished("FEM")),
    _entry("finercam", "FinerCAM(alpha=1, comparison_categories=[1, 2, 3])", _finer),
    _entry("refinecam", "RefineCAM(base_method=GradCAMPlusPlus)", _refine, several_layers=True),
    _entry("randomcam", "RandomCAM", _finished("RandomCAM"), uses=("seed",)),
    _entry("guided-backprop", "GuidedBackpropReLUModel", _guided_backprop),
    _entry("guided-gradcam", "GuidedBackpropReLUModel times GradCAM", _guided_grad_cam),
]
