"""One network, exported, explained by the built command and compared with PyTorch."""

import json
from pathlib import Path

import numpy as np

from gradcam_tools.command import Explained, Failure, explain, finished
from gradcam_tools.operators_on_path import operators_on_path
from gradcam_tools.reference import relative_error
from gradcam_tools.truth import LayerTruth, Truth, as_map, layer_truths, map_at

TOLERANCE = 1e-5
"""max |Δ| / max |reference| that float32 arithmetic in another order is allowed."""

FURTHER_INPUTS = 4
"""How many more inputs decide where the gradient at the input, or the map, missed at one."""


class Measurement:
    """What is found of one network and exporter, as far as it gets."""

    def __init__(self, command: Path, model: Path, input: np.ndarray, truth: Truth, limit: float):
        self.command, self.model, self.input, self.truth = command, model, input, truth
        self.limit = limit
        self.found: dict = {}
        self.failures: list[str] = []
        self.activation: np.ndarray | None = None

    def inspect(self) -> None:
        """What the command says of the model before running it."""
        words, _, _ = finished([self.command, "doctor", self.model, "--json"], self.limit)
        said = json.loads(words)["model"]
        self.found["withoutRule"] = said.get("withoutRule") or []
        self.found["nodes"] = said["format"]["nodes"]
        self.found["operatorsToInput"] = operators_on_path(self.model)
        if said.get("default"):
            self.found["default"] = said["default"]["name"]
            value = said["default"].get("value")
            self.found["operatorsToLayer"] = operators_on_path(self.model, value)

    def at_layer(self, find) -> None:
        """The default layer's gradient and map; `find` gives the true layers for an activation."""
        done = self._explained(self.input, self.truth)
        self._note(done)
        self.activation = _single(done.arrays["activation-npy"])
        best, error, modules = self._nearest(done, find)
        self.found["modules"] = modules
        self.found["layerError"] = error
        if np.abs(best.gradient).max() == 0:
            self.failures.append(f"the gradient at layer '{self.found['layer']}' is zero")
        map_error = _map_error(done, best)
        if map_error is not None:
            self.found["mapError"] = map_error
            self.found["mapFloat32"] = best.float32_map_error
        if not self.found["layerError"] <= TOLERANCE:
            self.failures.append("the gradient at the layer misses 1e-5")

    def map_ratio(self, input: np.ndarray, truth: Truth) -> float:
        """The map's error at another input, over what is allowed there."""
        done = self._explained(input, truth)
        best, _, _ = self._nearest(done, lambda activation: layer_truths(truth, activation))
        return _map_error(done, best) / allowed(best.float32_map_error)

    def _explained(self, input: np.ndarray, truth: Truth) -> Explained:
        saves = ["npy", "gradient-npy", "activation-npy"]
        target = truth.numbers["target"]
        return explain(self.command, self.model, input, target, None, saves, self.limit)

    def _nearest(self, done: Explained, find) -> tuple[LayerTruth, float, list[str]]:
        """Of the true layers with an explained one's values that of the nearest gradient, how near
        it is, and the modules of all."""
        activation, gradient = (
            _single(done.arrays[f"{kind}-npy"]) for kind in ("activation", "gradient")
        )
        truths: list[LayerTruth] = find(activation)
        if not truths:
            raise Failure(
                f"no PyTorch tensor has the values of layer '{done.explanation['layer']}' "
                f"{done.explanation['layerShape']}"
            )
        errors = [_error(gradient, each.gradient) for each in truths]
        modules = sorted({name for each in truths for name in each.modules})
        return truths[int(np.argmin(errors))], min(errors), modules

    def _note(self, done: Explained) -> None:
        said = done.explanation
        logits = self.truth.arrays["logits"]
        target = self.truth.numbers["target"]
        self.found |= {
            "layer": said["layer"],
            "shape": said["layerShape"],
            "milliseconds": said["milliseconds"],
            "seconds": round(done.seconds, 2),
            "peak": done.peak,
            "notes": said.get("notes", []),
            "logitError": float(
                abs(said["logit"] - logits.reshape(-1)[target]) / np.abs(logits).max()
            ),
            "logitFloat32": max(self.truth.numbers["logitFloat32"]),
        }
        if self.found["logitError"] > max(2 * self.found["logitFloat32"], 5 * TOLERANCE):
            self.failures.append("the logit misses")

    def at_input(self) -> None:
        """The gradient at the input."""
        self.found["inputError"] = self.input_error(self.input, self.truth)
        self.found["inputFloat32"] = max(self.truth.numbers["inputFloat32"])

    def input_ratio(self, input: np.ndarray, truth: Truth) -> float:
        """The error at another input, over what is allowed there."""
        return self.input_error(input, truth) / allowed_at_input(truth)

    def input_error(self, input: np.ndarray, truth: Truth) -> float:
        return _error(self.input_gradient(input, truth), truth.arrays["input"])

    def input_gradient(self, input: np.ndarray, truth: Truth) -> np.ndarray:
        done = explain(
            self.command, self.model, input, truth.numbers["target"], "input", ["gradient-npy"],
            self.limit,
        )
        return done.arrays["gradient-npy"]


def allowed(float32_error: float) -> float:
    """Twice what PyTorch's own float32 strays, or the tolerance."""
    return max(2 * float32_error, TOLERANCE)


def allowed_at_input(truth: Truth) -> float:
    """What the gradient at the input may stray."""
    return allowed(max(truth.numbers["inputFloat32"]))


def _map_error(done: Explained, layer: LayerTruth) -> float | None:
    """How far the map strays, where the layer's values are one."""
    shape = tuple(done.explanation["layerShape"])
    activation, gradient = (as_map(each, shape) for each in (layer.activation, layer.gradient))
    if activation is None:
        return None
    return _error(done.arrays["npy"], map_at(activation[None], gradient[None], 1))


def _single(array: np.ndarray) -> np.ndarray:
    """Without a first side of one image."""
    return array[0] if array.ndim == 4 and array.shape[0] == 1 else array


def _error(found: np.ndarray, reference: np.ndarray) -> float:
    if found.size != reference.size:
        raise Failure(f"an array {list(found.shape)} was written, not {list(reference.shape)}")
    return relative_error(found.reshape(reference.shape), reference)
