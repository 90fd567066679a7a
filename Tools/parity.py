"""Compares the built command's gradients with PyTorch's float64 autograd, at full size.

    python Tools/parity.py [NAMES…] [--exporter torchscript|dynamo|both] [--json FILE]

For every network and exporter: the gradient at the default layer, the raw Grad-CAM map, the logit,
and the gradient at the input, each as max |Δ| / max |reference|. The gradient at the default layer
is held to 1e-5. Forward rounding grows with depth, and kinks (ReLU, max-pooling) amplify it in the
input gradient: where PyTorch's own float32 strays further, the rest is held to twice that, or to
just that at the input of a network without kinks. Which branches flip is chance, so where the input
gradient misses, the median of five inputs decides.
"""

import argparse
import copy
import dataclasses
import gc
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
import zoo
from gradcam_tools.export import EXPORTERS
from gradcam_tools.reference import Trace, grad_cam, relative_error

TOLERANCE = 1e-5
"""max |Δ| / max |reference| that float32 arithmetic in another order is allowed."""

warnings.filterwarnings("ignore", message="TF32 acceleration")

FURTHER_INPUTS = 4
"""How many more inputs decide where one missed."""

COLUMNS = {
    "network": 24,
    "exporter": 12,
    "layer": 22,
    "layerError": 12,
    "mapError": 10,
    "mapFloat32": 12,
    "logitError": 12,
    "logitFloat32": 14,
    "inputError": 12,
    "inputFloat32": 14,
    "verdict": 7,
}
"""What the table shows; `…Float32` is the same error of PyTorch's own float32."""


class Failure(Exception):
    """The command failed, or what it wrote cannot be compared."""


@dataclasses.dataclass
class Single:
    """A float32 trace, and how PyTorch was asked to compute it."""

    trace: Trace
    form: str

    @classmethod
    def made(cls, model: torch.nn.Module, input: torch.Tensor, form: str) -> "Single":
        layout = torch.channels_last if form == "channels last" else torch.contiguous_format
        model = copy.deepcopy(model).to(memory_format=layout)
        with _kernels(form):
            return cls(Trace(model, input.to(memory_format=layout)), form)

    def gradient(self, target: int, tensor: torch.Tensor) -> np.ndarray:
        with _kernels(self.form):
            (gradient,) = self.trace.gradients([target], [tensor])
        return gradient.contiguous().numpy()


FORMS = ("as it is", "channels last", "without oneDNN")
"""Three ways in which PyTorch itself computes in float32; each rounds differently."""


def _kernels(form: str):
    return torch.backends.mkldnn.flags(enabled=form != "without oneDNN")


class Reference:
    """One network's truth: a float64 trace, and how far PyTorch's float32 strays from it."""

    def __init__(self, model: torch.nn.Module, input: torch.Tensor):
        self.singles = [Single.made(model, input, form) for form in FORMS]
        self.target = int(self.singles[0].trace.logits.argmax())
        self.trace = Trace(copy.deepcopy(model).double(), input.double())
        (gradient,) = self.trace.gradients([self.target], [self.trace.input])
        self.input_gradient = gradient.numpy()
        self.logits = self.trace.logits.detach().numpy()

    def float32_input_error(self) -> float:
        return max(
            relative_error(single.gradient(self.target, single.trace.input), self.input_gradient)
            for single in self.singles
        )

    def float32_logit_error(self) -> float:
        return max(
            relative_error(single.trace.logits.detach().numpy(), self.logits)
            for single in self.singles
        )

    def layer(self, name: str, activation: np.ndarray) -> "LayerReference":
        """What is true of the tensor that `name` is, else of the one with these values."""
        step = self.trace.output(name)
        if step is None or not _same(step.tensor.detach().numpy(), activation):
            step = self.trace.step(activation)
        if step is None:
            raise Failure(f"no PyTorch tensor has the values of layer '{name}'")
        (gradient,) = self.trace.gradients([self.target], [step.tensor])
        map = grad_cam(step.tensor.detach().numpy(), gradient.numpy())
        place = self.trace.steps.index(step)
        errors = []
        for single in self.singles:
            tensor = single.trace.steps[place].tensor
            found = grad_cam(
                tensor.detach().contiguous().numpy(), single.gradient(self.target, tensor)
            )
            errors.append(relative_error(found, map))
        return LayerReference(gradient.numpy(), map, max(errors))


@dataclasses.dataclass
class LayerReference:
    """The gradient and the raw map at a layer, and how far PyTorch's float32 map strays."""

    gradient: np.ndarray
    map: np.ndarray
    float32_map_error: float


def _same(tensor: np.ndarray, activation: np.ndarray) -> bool:
    return tensor.shape == activation.shape and relative_error(activation, tensor) < 1e-2


def explain(
    command: Path,
    model: Path,
    input: Path,
    target: int,
    layer: str | None,
    saves: str,
    folder: Path,
):
    """Runs the command once, and returns its one explanation with the arrays it wrote."""
    line = [str(command), "explain", str(model), str(input), "--target", str(target)]
    line += ["--layer", layer] if layer else []
    line += ["--save", saves, "--json", "-o", str(folder)]
    done = subprocess.run(line, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        words = done.stderr.strip() or f"exit status {done.returncode}"
        raise Failure(words)
    (explanation,) = json.loads(done.stdout)["explanations"]
    files = explanation["files"]
    missing = [kind for kind in saves.split(",") if kind not in files]
    if missing:
        raise Failure(f"the command names no file for '{missing[0]}': {files}")
    return explanation, {kind: _batched(_load(folder, files[kind])) for kind in saves.split(",")}


def _load(folder: Path, name: str) -> np.ndarray:
    path = Path(name)
    return np.load(path if path.exists() else folder / path.name)


def _batched(array: np.ndarray) -> np.ndarray:
    """[C, H, W] as [1, C, H, W], and a map [H, W] as [1, H, W]."""
    return array[None] if array.ndim in (2, 3) and array.shape[0] != 1 else array


@dataclasses.dataclass
class InputReference:
    """An input with the gradient there, and how far PyTorch's float32 gradient strays."""

    input: torch.Tensor
    target: int
    gradient: np.ndarray
    float32_error: float


class FurtherInputs:
    """More inputs of one network, each worked out when it is first asked for."""

    def __init__(self, name: str, model: torch.nn.Module):
        self.name, self.model = name, model
        self.known: list[InputReference] = []

    def __iter__(self):
        for draw in range(1, 1 + FURTHER_INPUTS):
            if len(self.known) < draw:
                input = zoo.sample(self.name, draw=draw)
                truth = Reference(self.model, input)
                self.known.append(
                    InputReference(
                        input, truth.target, truth.input_gradient, truth.float32_input_error()
                    )
                )
            yield self.known[draw - 1]


def confirm(command: Path, row: dict, model: Path, further: FurtherInputs) -> None:
    """Lets the median of several inputs decide on a row that missed at one input only.

    Rounding may flip a branch in one image, and by chance one that weighs more than those that
    PyTorch's own rounding flips there.
    """
    ratios = [row["inputError"] / _allowed_input(row["network"], row["inputFloat32"])]
    for each in further:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            np.save(folder / "input.npy", each.input.numpy())
            found = explain(
                command, model, folder / "input.npy", each.target, "input", "gradient-npy", folder
            )[1]["gradient-npy"]
        error = _error(found, each.gradient)
        ratios.append(error / _allowed_input(row["network"], each.float32_error))
    row["inputRatios"] = ratios
    row["verdict"] = "PASS" if np.median(ratios) <= 1 else "FAIL"


def _allowed_input(name: str, float32_error: float) -> float:
    return max(float32_error if name in zoo.SMOOTH else 2 * float32_error, TOLERANCE)


def compare(command: Path, name: str, exporter: str, model: Path, truth: Reference) -> dict:
    """One row of the table."""
    row = {"network": name, "exporter": exporter}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.save(folder / "input.npy", truth.trace.input.detach().numpy().astype(np.float32))
        at_layer, arrays = explain(
            command,
            model,
            folder / "input.npy",
            truth.target,
            None,
            "npy,gradient-npy,activation-npy",
            folder / "layer",
        )
        _, at_input = explain(
            command,
            model,
            folder / "input.npy",
            truth.target,
            "input",
            "gradient-npy",
            folder / "input",
        )
    row["layer"] = at_layer["layer"]
    found = arrays["activation-npy"]
    layer = truth.layer(row["layer"], found.reshape(-1, *found.shape[-3:]))
    reference = truth.input_gradient
    single = {
        "map": layer.float32_map_error,
        "logit": truth.float32_logit_error(),
        "input": truth.float32_input_error(),
    }
    row["layerError"] = _error(arrays["gradient-npy"], layer.gradient)
    row["mapError"] = _error(arrays["npy"], layer.map)
    row["logitError"] = float(
        abs(at_layer["logit"] - truth.logits[0, truth.target]) / np.abs(truth.logits).max()
    )
    row["inputError"] = _error(at_input["gradient-npy"], reference)
    row |= {f"{key}Float32": error for key, error in single.items()}
    allowed = {key: max(2 * error, TOLERANCE) for key, error in single.items()}
    allowed |= {"layer": TOLERANCE, "input": _allowed_input(name, single["input"])}
    row["missed"] = [key for key, limit in allowed.items() if not row[f"{key}Error"] <= limit]
    return row | {"verdict": "FAIL" if row["missed"] else "PASS"}


def _error(found: np.ndarray, reference: np.ndarray) -> float:
    if found.size != reference.size:
        raise Failure(f"an array {list(found.shape)} was written, not {list(reference.shape)}")
    return relative_error(found.reshape(reference.shape), reference)


def printed(row: dict) -> str:
    cells = []
    for key, width in COLUMNS.items():
        value = row.get(key, "–")
        text = f"{value:.1e}" if isinstance(value, float) else str(value)
        cells.append(text.ljust(width) if isinstance(value, str) else text.rjust(width - 2) + "  ")
    return "".join(cells).rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(zoo.NETWORKS))
    parser.add_argument("--exporter", choices=[*EXPORTERS, "both"], default="both")
    parser.add_argument("--command", type=Path, default=zoo.ROOT / ".build/release/gradcam")
    parser.add_argument("--zoo", type=Path, default=zoo.ZOO, help="where the exports are kept")
    parser.add_argument("--json", type=Path, help="also write the table here")
    parser.add_argument("--threads", type=int, default=2, help="threads PyTorch may use")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in zoo.NETWORKS:
            parser.error(f"no network named '{name}'; there are {', '.join(zoo.NETWORKS)}")
    if shutil.which(arguments.command) is None:
        parser.error(f"no command at '{arguments.command}'; 'make build' makes it")
    torch.set_num_threads(arguments.threads)
    exporters = list(EXPORTERS) if arguments.exporter == "both" else [arguments.exporter]

    rows = []
    print("".join(key.ljust(width) for key, width in COLUMNS.items()).rstrip(), flush=True)
    for name in arguments.names or zoo.NETWORKS:
        model = zoo.build(name)
        paths = zoo.ensure(arguments.zoo, name, exporters, model)
        truth = Reference(model, zoo.sample(name))
        further = FurtherInputs(name, model)
        for exporter, path in zip(exporters, paths):
            try:
                row = compare(arguments.command, name, exporter, path, truth)
                if row["missed"] == ["input"]:
                    confirm(arguments.command, row, path, further)
            except Failure as failure:
                row = {"network": name, "exporter": exporter, "verdict": "FAIL"}
                row["reason"] = str(failure)
            rows.append(row)
            print(printed(row), flush=True)
            if "inputRatios" in row:
                ratios = ", ".join(f"{ratio:.2g}" for ratio in row["inputRatios"])
                print(f"  input error ÷ what is allowed, for several inputs: {ratios}", flush=True)
            if "reason" in row:
                print("  " + row["reason"].replace("\n", "\n  "), file=sys.stderr, flush=True)
            if arguments.json:
                arguments.json.parent.mkdir(parents=True, exist_ok=True)
                arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
        del model, truth, further
        gc.collect()
    failed = sum(row["verdict"] != "PASS" for row in rows)
    print(f"{len(rows) - failed} of {len(rows)} agree with PyTorch float64")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
