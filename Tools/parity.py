"""Compares every method of the built command with its reference, model by model.

    python Tools/parity.py                          # everything; goes on where it stopped
    python Tools/parity.py --only resnet18 --methods gradcam scorecam
    python Tools/parity.py --stages references      # the packages alone, without the command
    python Tools/parity.py --stages metrics         # the metrics alone

A run over all networks writes what it measured into Tools/PARITY.md. References are kept in
.cache/parity/references, and are as expensive as the packages are; what the command says is kept as
long as the command is the same. `--data` names the folder of trained models.
"""

import argparse
import contextlib
import hashlib
import io
import json
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

import numpy as np
import torch

from gradcam_tools.command import Failure, finished
from gradcam_tools.parity.case import (
    ATTRIBUTION, FINISHED, MAP, POSITIVE, Case, Parameters, Reference, Result)
from gradcam_tools.parity.by_torchcam import AS_IT_IS
from gradcam_tools.parity.comparing import difference
from gradcam_tools.parity.metric_table import errors, print_table, write_table
from gradcam_tools.parity.page import write_page
from gradcam_tools.parity.registry import REFERENCES
from gradcam_tools.parity.subjects import POOLED, Subject, subjects

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "parity"
TOLERANCE = 1e-4

RUNS = 16
"""Runs of a package in float32, of which the one that strays most says how far rounding can lead."""

FORMULA_ONLY = {"reciprocam", "rise"}
"""Methods that no package has: compared with their formula."""

OF_BOTH = {"guided-gradcam"}
"""Methods of the input that look at a layer too."""

PER_CHANNEL = {
    "ablationcam": 1, "scorecam": 1, "sscam": 1, "iscam": 2,
}
"""Methods with a forward pass for each channel → the samples that are compared."""

MOST_SECONDS = 180
"""Seconds at most for one reference of a full-size network with a forward pass for each channel."""

SECONDS = {"resnet18": 0.04, "resnet50": 0.16, "vgg11": 0.4, "densenet121": 0.11, "mobilenet_v2": 0.03}
"""About what a forward pass takes PyTorch with one thread."""


def wanted(name: str, methods: list[str] | None) -> list[Reference]:
    """The references that a subject is compared with."""
    return [
        each for each in REFERENCES
        if (each.preset != "paper" or each.method in FORMULA_ONLY)
        and (methods is None or each.method in methods)
        and (each.method != "cam" or name in POOLED)
    ]


def parameters(reference: Reference) -> Parameters:
    """Few samples: draws are the same from the first to the last."""
    side = dict(patch=56, stride=28, steps=16, cells=4)
    if reference.method in PER_CHANNEL:
        return Parameters(samples=PER_CHANNEL[reference.method], **side)
    if reference.method in ("kernel-shap", "rise"):
        return Parameters(samples=60, **side)
    return Parameters(**side)


def case(subject: Subject, reference: Reference) -> Case:
    given = parameters(reference)
    width = subject.x.shape[-1]
    if width < 112:
        given.patch, given.stride = width // 4, width // 8
    layers = subject.layers if reference.several_layers else subject.layers[-1:]
    found = Case(subject.model, subject.x, subject.target, layers, given)
    if reference.method == "randomcam":  # the first draw under which something is left of the map
        kept = formula("randomcam")
        found.x = found.x.to(next(subject.model.parameters()).dtype)
        while not kept.compute(found).values.max() > 0:
            given.seed += 1
    return found


def formula(method: str) -> Reference:
    """A method by its formula."""
    return next(each for each in REFERENCES if (each.method, each.preset) == (method, "paper"))


def left_out(name: str, subject: Subject, reference: Reference, given: Case) -> str | None:
    """Why a comparison would say nothing, or take too long."""
    package = reference.preset == "pytorch-grad-cam"
    if subject.capped and package and reference.method.startswith("guided"):
        return "takes caps away"
    if not subject.biased and reference.method == "fullgrad":
        return "sees no biases"
    is_there = (CACHE / "references" / f"{key(name, reference)}.npz").exists()
    if reference.method in PER_CHANNEL and name in SECONDS and not is_there:
        passes = channels(subject) * given.parameters.samples
        if passes * SECONDS[name] > MOST_SECONDS:
            return f"{passes} passes"
    return None


def channels(subject: Subject) -> int:
    """Channels of the layer that is looked at."""
    kept = []
    layer = subject.model.get_submodule(subject.layers[-1])
    handle = layer.register_forward_hook(lambda _, __, output: kept.append(output.shape[1]))
    with torch.no_grad():
        subject.model(subject.x.to(next(subject.model.parameters()).dtype))
    handle.remove()
    return kept[0]


def seconds_of_passes(subject: Subject) -> float:
    """About how long a forward pass for each channel takes."""
    began = time.monotonic()
    count = channels(subject)
    return count * (time.monotonic() - began)


def key(name: str, reference: Reference) -> str:
    return f"{name}/{reference.preset}/{reference.name.replace(' ', '')}"


def made_of(given: Case, dtype: torch.dtype) -> None:
    """Brings the model and its input to a precision."""
    given.model.to(dtype)
    given.x = given.x.to(dtype)


def reference_result(name: str, subject: Subject, reference: Reference, given: Case) -> Result:
    """What the package says, from the cache where it has said it."""
    path = CACHE / "references" / f"{key(name, reference)}.npz"
    words = json.dumps([reference.words, vars(given.parameters), given.layers, given.target])
    if path.exists():
        with np.load(path) as stored:
            if str(stored["words"]) == words:
                measures = json.loads(str(stored["measures"]))
                return Result(str(stored["kind"]), stored["values"], measures)
    # Many passes take half the time in float32; few are made in float64.
    precise = reference.passes == "few"
    dtype = torch.float64 if precise else torch.float32
    made_of(given, dtype)
    began = time.monotonic()
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        with torch.set_grad_enabled(precise):
            result = reference.compute(given)
    seconds = time.monotonic() - began
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".partial.npz")
    np.savez(
        unfinished, values=np.float32(result.values), kind=result.kind, words=words,
        measures=json.dumps(result.measures), seconds=seconds,
    )
    unfinished.replace(path)
    print(f"  reference {reference.name} / {reference.preset}: {seconds:.1f} s", file=sys.stderr)
    return result


def command_values(command: Path, subject: Subject, reference: Reference, given: Case, kind: str):
    """What the command says in the reference's terms, and the numbers it tells beside."""
    save = {MAP: "npy", POSITIVE: "npy", FINISHED: "heatmap-npy", ATTRIBUTION: "attribution-npy"}
    names = subject.names if reference.several_layers else subject.names[-1:]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.save(folder / "input.npy", subject.x.float().numpy())
        line = [command, "explain", subject.path, folder / "input.npy", "--target", subject.target]
        if kind != ATTRIBUTION and reference.method != "fullgrad" or reference.method in OF_BOTH:
            line += [word for layer in names for word in ("--layer", layer)]
        line += ["--method", reference.method, "--preset", reference.preset]
        line += given.parameters.options(reference.uses) + list(reference.options)
        line += ["--save", save[kind], "--json", "-q", "-o", folder / "out"]
        words, seconds, _ = finished(line, 900)
        (explanation,) = json.loads(words)["explanations"]
        file = explanation["files"][save[kind]]
        if isinstance(file, dict):  # layer by layer; where a method joins them, the same for each
            file = next(iter(file.values()))
        return np.load(folder / "out" / Path(file).name), explanation, seconds


def own_error(reference: Reference, given: Case, said: Result, enough: float) -> float:
    """How far the package in float32 strays from what it says in float64: the most of some runs, or
    the first that is `enough`.

    A unit whose sum is zero up to rounding is on in one run and off in the next. So all runs but the
    first see an input whose numbers are changed by their last bit at most.
    """
    made_of(given, torch.float32)
    x, errors = given.x, []
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        for seed in range(RUNS):
            noise = np.random.RandomState(seed).uniform(-1, 1, x.shape) * 2.0**-23 * (seed > 0)
            given.x = (x.double() * (1 + torch.from_numpy(noise))).float()
            own = reference.compute(given)
            errors.append(difference(own.values, said.values, said.kind, reference.up_to_sign))
            if errors[-1] >= enough:
                break
    given.x = x
    return max(errors)


def compare(name: str, subject: Subject, reference: Reference, command: Path | None, build: str):
    """One cell of the table: an error, or words."""
    given = case(subject, reference)
    reason = left_out(name, subject, reference, given)
    if reason:
        return {"left out": reason}
    said = reference_result(name, subject, reference, given)
    if not np.abs(said.values).max() > 0:
        return {"left out": "no evidence"}
    if command is None:
        return None
    noted = {}
    if (reference.method, reference.preset) == (AS_IT_IS.method, AS_IT_IS.preset):
        made_of(given, torch.float64)
        released = AS_IT_IS.compute(given)
        noted["as released"] = difference(released.values, said.values, said.kind)
    path = CACHE / "results" / f"{key(name, reference)}.json"
    stamp = [build, reference.words, vars(given.parameters)]
    if path.exists():
        stored = json.loads(path.read_text())
        if stored["stamp"] == stamp:
            return stored | noted
    try:
        values, explanation, seconds = command_values(command, subject, reference, given, said.kind)
        found = {"error": difference(values, said.values, said.kind, reference.up_to_sign)}
        if found["error"] > TOLERANCE and reference.passes == "few":
            found["own"] = own_error(reference, given, said, found["error"] / 2)
        found["seconds"] = seconds
        found["measures"] = explanation.get("measures")
    except (Failure, KeyError, ValueError) as failure:
        found = {"failure": str(failure).strip().splitlines()[0] if str(failure) else "failed"}
    found["stamp"] = stamp
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found))
    return found | noted


def is_rounding(found: dict) -> bool:
    """Whether the package's own float32 strays about as far from its float64."""
    return found["error"] <= 2 * found.get("own", 0)


def shown(found: dict | None) -> str:
    if found is None:
        return "…"
    if "error" in found:
        mark = "ok" if found["error"] <= TOLERANCE else "f32" if is_rounding(found) else "OFF"
        return f"{found['error']:.0e} {mark}"
    return found.get("left out") or "failed"


def table(rows: dict[tuple[str, str], dict[str, dict | None]], names: list[str]) -> None:
    """Methods down, models across; the largest |Δ| of each."""
    print(f"\n{'method / preset':50}" + "".join(f"{name[:16]:>18}" for name in names))
    for (method, preset), cells in rows.items():
        line = "".join(f"{shown(cells[name]) if name in cells else '–':>18}" for name in names)
        print(f"{method + ' / ' + preset:50}{line}")
    cells = [cell for row in rows.values() for cell in row.values() if cell]
    good = sum(cell.get("error", 1) <= TOLERANCE for cell in cells)
    tried = sum("left out" not in cell for cell in cells)
    rounding = sum("error" in cell and cell["error"] > TOLERANCE and is_rounding(cell) for cell in cells)
    print(f"\n{good} of {tried} comparisons within {TOLERANCE:g} of the normalised map; in {rounding} more (f32) "
          "the package's own float32 strays as far from its float64")
    for (method, preset), row in rows.items():
        for name, cell in row.items():
            if cell and "as released" in cell:
                print(f"{method} / {preset}, {name}: the package as released is "
                      f"{cell['as released']:.0e} from its formula")
            if cell and "failure" in cell:
                print(f"{method} / {preset}, {name}: {cell['failure']}")


def metrics(made: dict[str, Subject], bench: Path, is_whole: bool) -> bool:
    """The table of metrics; whether all agree with the packages."""
    cells = {}
    for name, subject in made.items():
        print(f"{name}: metrics", file=sys.stderr)
        cells[name] = errors(name, subject, bench.resolve(), CACHE)
    agree = print_table(cells)
    if is_whole:
        write_table(ROOT / "Tools" / "PARITY.md", cells)
    return agree


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", type=Path, default=ROOT / ".build" / "release" / "gradcam")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--methods", nargs="*")
    parser.add_argument("--bench", type=Path, default=ROOT / ".build" / "release" / "gradcam-bench")
    parser.add_argument("--stages", choices=["references", "metrics", "all"], default="all")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    command, build = None, ""
    if arguments.stages == "all":
        command = arguments.command.resolve()
        build = hashlib.sha256(command.read_bytes()).hexdigest()
    known = subjects(CACHE, arguments.data)
    names = arguments.only or list(known)
    rows: dict[tuple[str, str], dict] = {}
    made = {name: known[name]() for name in names}
    if arguments.stages == "metrics":
        raise SystemExit(0 if metrics(made, arguments.bench, set(names) == set(known)) else 1)
    # What is cheap first, so that most of the table is there soon.
    dear = sorted(names, key=lambda name: seconds_of_passes(made[name]))
    for is_cheap, name in [*((True, name) for name in names), *((False, name) for name in dear)]:
        print(name, file=sys.stderr)
        subject = made[name]
        for reference in wanted(name, arguments.methods):
            if is_cheap != (reference.passes != "channels"):
                continue
            try:
                found = compare(name, subject, reference, command, build)
            except Exception as problem:
                traceback.print_exc(limit=-3)
                found = {"failure": f"the reference failed: {problem}"}
            rows.setdefault((reference.name, reference.preset), {})[name] = found
    order = {(each.name, each.preset): place for place, each in enumerate(REFERENCES)}
    rows = dict(sorted(rows.items(), key=lambda row: order[row[0]]))
    table(rows, names)
    if command and set(names) == set(known) and not arguments.methods:
        write_page(ROOT / "Tools" / "PARITY.md", command, rows, names, is_rounding, TOLERANCE)
    bad = [cell for row in rows.values() for cell in row.values() if cell and "left out" not in cell
           and cell.get("error", 1) > TOLERANCE and not ("error" in cell and is_rounding(cell))]
    agree = not command or arguments.methods or metrics(made, arguments.bench, set(names) == set(known))
    raise SystemExit(1 if command and bad or not agree else 0)


if __name__ == "__main__":
    main()
