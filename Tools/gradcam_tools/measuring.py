"""One network, exported, explained by the built command and compared with PyTorch."""

import json
from pathlib import Path

import numpy as np

from gradcam_tools.command import Explained, Failure, explain, finished
from gradcam_tools.operators_on_path import operators_on_path
from gradcam_tools.reference import relative_error
from gradcam_tools.truth import LayerTruth, Truth, as_map, map_at

TOLERANCE = 1e-5
"""max |Δ| / max |reference| that float32 arithmetic in another order is allowed."""

FURTHER_INPUTS = 4
"""How many more inputs decide where the input gradient missed at one."""


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

    def at_layer(self, layer: str | None, find) -> None:
        """The default layer's gradient and map; `find` gives the true layers for an activation."""
        saves = ["npy", "gradient-npy", "activation-npy"]
        done = explain(
            self.command, self.model, self.input, self.truth.numbers["target"], layer, saves,
            self.limit,
        )
        self._note(done)
        activation, gradient = (done.arrays[f"{kind}-npy"] for kind in ("activation", "gradient"))
        activation, gradient = _single(activation), _single(gradient)
        self.activation = activation
        truths: list[LayerTruth] = find(activation)
        if not truths:
            raise Failure(
                f"no PyTorch tensor has the values of layer '{self.found['layer']}' "
                f"{self.found['shape']}"
            )
        errors = [_error(gradient, each.gradient) for each in truths]
        best = truths[int(np.argmin(errors))]
        self.found["modules"] = sorted({name for each in truths for name in each.modules})
        self.found["layerError"] = min(errors)
        if np.abs(best.gradient).max() == 0:
            self.failures.append(f"the gradient at layer '{self.found['layer']}' is zero")
        found = done.arrays["npy"]
        shape = tuple(self.found["shape"])
        pair = [as_map(array, shape) for array in (best.activation, best.gradient)]
        if pair[0] is not None:
            map = map_at(pair[0][None], pair[1][None], 1)
            self.found["mapError"] = _error(found, map)
            self.found["mapFloat32"] = best.float32_map_error
            if self.found["mapError"] > max(2 * best.float32_map_error, TOLERANCE):
                self.failures.append("the map misses")
        if not self.found["layerError"] <= TOLERANCE:
            self.failures.append("the gradient at the layer misses 1e-5")

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

    def input_error(self, input: np.ndarray, truth: Truth) -> float:
        done = explain(
            self.command, self.model, input, truth.numbers["target"], "input", ["gradient-npy"],
            self.limit,
        )
        return _error(done.arrays["gradient-npy"], truth.arrays["input"])


def allowed_at_input(truth: Truth) -> float:
    """Twice what PyTorch's own float32 strays, or the tolerance."""
    return max(2 * max(truth.numbers["inputFloat32"]), TOLERANCE)


def _single(array: np.ndarray) -> np.ndarray:
    """Without a first side of one image."""
    return array[0] if array.ndim == 4 and array.shape[0] == 1 else array


def _error(found: np.ndarray, reference: np.ndarray) -> float:
    if found.size != reference.size:
        raise Failure(f"an array {list(found.shape)} was written, not {list(reference.shape)}")
    return relative_error(found.reshape(reference.shape), reference)
