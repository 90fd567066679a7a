"""Compares the built command's gradients with PyTorch's float64 autograd, at full size.

    python Tools/parity.py [NAMES…] [--exporter torchscript|dynamo|both] [--json FILE]

For every network and exporter: the gradient at the default layer, the raw Grad-CAM map, the logit,
and the gradient at the input. A network with kinks (ReLU, max-pooling) amplifies rounding, so its
input gradient is held to twice the error of PyTorch's own float32; all else to 1e-5.
"""

import argparse
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

COLUMNS = {
    "network": 24,
    "exporter": 12,
    "layer": 34,
    "layerError": 11,
    "mapError": 11,
    "logitError": 11,
    "inputError": 11,
    "float32Error": 13,
    "verdict": 7,
}


class Failure(Exception):
    """The command failed, or what it wrote cannot be compared."""


class Reference:
    """One network's truth: a float64 trace, and how far PyTorch's float32 strays from it."""

    def __init__(self, model: torch.nn.Module, input: torch.Tensor):
        singles = []
        for form in _FLOAT32_FORMS.values():
            with torch.backends.mkldnn.flags(enabled=form != "plain"):
                singles.append(_input_gradient(model, input, form))
        self.target = singles[0][0]
        model.double()
        self.trace = Trace(model, input.double())
        (gradient,) = self.trace.gradients([self.target], [self.trace.input])
        self.input_gradient = gradient.numpy()
        self.float32_error = max(
            relative_error(single, self.input_gradient) for _, single in singles
        )

    @property
    def logits(self) -> np.ndarray:
        return self.trace.logits.detach().numpy()

    def layer(self, name: str, activation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The activation and gradient of the tensor that `name` is, else of the one with its values."""
        tensor = self.trace.output(name)
        if tensor is None or not _same(tensor.detach().numpy(), activation):
            step = self.trace.step(activation)
            if step is None:
                raise Failure(f"no PyTorch tensor has the values of layer '{name}'")
            tensor = step.tensor
        (gradient,) = self.trace.gradients([self.target], [tensor])
        return tensor.detach().numpy(), gradient.numpy()


_FLOAT32_FORMS = {
    "as it is": torch.contiguous_format,
    "channels last": torch.channels_last,
    "without its accelerated kernels": "plain",
}
"""Three ways in which PyTorch itself computes in float32; each rounds differently."""


def _input_gradient(model, input, form) -> tuple[int, np.ndarray]:
    if form != "plain":
        input = input.to(memory_format=form)
        model = model.to(memory_format=form)
    leaf = input.detach().clone().requires_grad_(True)
    logits = model(leaf)
    target = int(logits.argmax())
    (gradient,) = torch.autograd.grad(logits[0, target], leaf)
    model.to(memory_format=torch.contiguous_format)
    return target, gradient.contiguous().numpy()


def _same(tensor: np.ndarray, activation: np.ndarray) -> bool:
    return tensor.shape == activation.shape and relative_error(activation, tensor) < 1e-4


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


def compare(command: Path, name: str, exporter: str, model: Path, truth: Reference) -> dict:
    """One row of the table."""
    row = {"network": name, "exporter": exporter, "float32Error": truth.float32_error}
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
    found = arrays["activation-npy"].reshape(-1, *arrays["activation-npy"].shape[-3:])
    activation, gradient = truth.layer(row["layer"], found)
    row["layerError"] = relative_error(arrays["gradient-npy"].reshape(gradient.shape), gradient)
    expected = grad_cam(activation, gradient)
    row["mapError"] = relative_error(arrays["npy"].reshape(expected.shape), expected)
    scale = np.abs(truth.logits).max()
    row["logitError"] = abs(at_layer["logit"] - truth.logits[0, truth.target]) / scale
    reference = truth.input_gradient
    row["inputError"] = relative_error(at_input["gradient-npy"].reshape(reference.shape), reference)
    allowed = TOLERANCE if name in zoo.SMOOTH else max(2 * truth.float32_error, TOLERANCE)
    kept = row["inputError"] <= allowed and all(
        row[key] <= TOLERANCE for key in ("layerError", "mapError", "logitError")
    )
    return row | {"verdict": "PASS" if kept else "FAIL"}


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
        for exporter, path in zip(exporters, paths):
            try:
                row = compare(arguments.command, name, exporter, path, truth)
            except Failure as failure:
                row = {"network": name, "exporter": exporter, "verdict": "FAIL"}
                row["reason"] = str(failure)
            rows.append(row)
            print(printed(row), flush=True)
            if "reason" in row:
                print("  " + row["reason"].replace("\n", "\n  "), file=sys.stderr, flush=True)
            if arguments.json:
                arguments.json.parent.mkdir(parents=True, exist_ok=True)
                arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
        del model, truth
        gc.collect()
    failed = sum(row["verdict"] != "PASS" for row in rows)
    print(f"{len(rows) - failed} of {len(rows)} agree with PyTorch float64")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
