"""Exports the zoo, explains each network with the built command, and writes COVERAGE.md.

    python Tools/coverage.py [--only NAMES…] [--exporter torchscript|dynamo|both]
                             [--stages export,reference,measure,costs,page]
                             [--redo failed|exports|all]

Every network works in a process of its own with limits on memory and time. What is there already
is kept: exports, PyTorch's numbers, and results of the same build, so that an interrupted run goes
on where it stopped.
"""

import argparse
import concurrent.futures
import gc
import hashlib
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import onnxscript  # noqa: F401  imported once, here, for all children
import torch
from gradcam_tools.command import Failure, finished
from gradcam_tools.coverage_failures import write_failures
from gradcam_tools.coverage_page import write_page
from gradcam_tools.export import EXPORTERS, export
from gradcam_tools.forked import forked
from gradcam_tools.kinks import account
from gradcam_tools.literature import expected_layer
from gradcam_tools.measuring import FURTHER_INPUTS, TOLERANCE, Measurement
from gradcam_tools.measuring import allowed, allowed_at_input
from gradcam_tools.networks import NETWORKS, Network
from gradcam_tools.records import Records
from gradcam_tools.torchvision_compat import timm, torchvision
from gradcam_tools.truth import FORMS, KEPT_STEPS, Truth, extend, layer_truths

ROOT = Path(__file__).resolve().parent.parent
ZOO = ROOT / ".cache" / "zoo"
RESULTS = ROOT / ".cache" / "coverage"

VERSIONS = {
    "torch": torch.__version__.split("+")[0],
    "torchvision": torchvision.__version__.split("+")[0],
    "timm": timm.__version__,
    "onnx": onnx.__version__,
    "onnxruntime": onnxruntime.__version__,
}
"""What the numbers depend on, beside the build of the command."""

LARGE = 2e8
"""Networks of more parameters are compared with one form of PyTorch's float32 only."""

TIMED = 3000
"""Milliseconds of plain and explained runs in turn, over which a ratio's medians are taken."""


class Coverage:
    """The stages, over one folder of exports and one of results."""

    def __init__(self, arguments: argparse.Namespace):
        self.zoo, self.command = arguments.zoo, arguments.command
        self.notes, self.results = Records(arguments.zoo), Records(arguments.results)
        self.exporters = (
            list(EXPORTERS) if arguments.exporter == "both" else [arguments.exporter]
        )
        self.redo, self.jobs, self.limit = arguments.redo, arguments.jobs, arguments.limit
        self.discard = arguments.discard_models
        self.stages = arguments.stages.split(",")
        self.build = (
            hashlib.sha256(self.command.read_bytes()).hexdigest()[:12]
            if self.command.exists()
            else None
        )
        self.bench = self.command.with_name("gradcam-bench")

    def cover(self, network: Network) -> None:
        """All stages of one network."""
        self.prepare(network)
        for exporter in self.exporters:
            if "measure" in self.stages and self.wanted(network, exporter):
                self.measure(network, exporter)
            if "measure" in self.stages or "costs" in self.stages:
                self.time(network, exporter)
            if self.discard and self.is_done(network, exporter):
                model = self.place(network, exporter)
                for file in (model, model.with_name(model.name + ".data")):
                    file.unlink(missing_ok=True)

    def is_done(self, network: Network, exporter: str) -> bool:
        """Whether an export passed, and nothing is left to be measured on it."""
        known = self.results[network.name].get(exporter, {})
        return known.get("verdict") == "pass" and "ratio" in known.get("costs", {})

    # Exports and references

    def missing(self, network: Network) -> list[str]:
        """The steps of preparing that are neither done nor known to fail."""
        known = self.notes[network.name]
        files = {}
        if "export" in self.stages:
            files |= {
                each: self.place(network, each)
                for each in self.exporters
                if not (self.discard and self.is_done(network, each))
            }
        if "reference" in self.stages:
            files["reference"] = self.zoo / f"{network.name}.npz"
        return [
            step
            for step, path in files.items()
            if not path.exists()
            and (self.redo in ("exports", "all") or "error" not in known.get(step, {}))
        ]

    def place(self, network: Network, exporter: str) -> Path:
        return self.zoo / f"{network.name}-{exporter}.onnx"

    def prepare(self, network: Network) -> None:
        """Exports and references of one network; a step that breaks its process is not retried."""
        for _ in range(4):
            steps = self.missing(network)
            if not steps:
                return
            began = time.monotonic()
            gigabytes = min(14.0, 5 + network.parameters * 20 / 1e9)
            work = lambda: self._prepare(network, steps)  # noqa: E731
            reason = forked(work, gigabytes, self.limit * 5)
            notes = self.notes[network.name]
            if reason:
                step = notes.get("working") or "building"
                blamed = steps if step == "building" else [step]
                self.notes.note(network.name, **{each: {"error": reason} for each in blamed})
            notes = self.notes[network.name]
            told = ", ".join(f"{step} {_told(notes.get(step, {}))}" for step in steps)
            print(f"{network.name}: {time.monotonic() - began:.0f} s: {told}", flush=True)
            if self.redo in ("exports", "all"):
                return

    def _prepare(self, network: Network, steps: list[str]) -> None:
        torch.set_num_threads(1)
        warnings.simplefilter("ignore")
        self.notes.note(network.name, working="building")
        model = network.build()
        for step in steps:
            self.notes.note(network.name, working=step)
            began = time.monotonic()
            found = {}
            try:
                if step == "reference":
                    forms = FORMS if network.parameters < LARGE else FORMS[:1]
                    truth = Truth.of(model, network.sample(), forms=forms)
                    truth.save(self.zoo / f"{network.name}.npz")
                else:
                    found = self._export(network, model, step)
            except Exception as error:
                found = {"error": f"{type(error).__name__}: {error}"[:2000]}
            found["seconds"] = round(time.monotonic() - began, 1)
            self.notes.note(network.name, **{step: found})
            gc.collect()
        self.notes.note(network.name, working=None)

    def _export(self, network: Network, model: torch.nn.Module, exporter: str) -> dict:
        path, opset = self.place(network, exporter), network.opset(exporter)
        try:
            remark = export(model, network.sample(2), path, exporter, opset=opset)
            return {"batch": "dynamic"} | ({"remark": remark} if remark else {})
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:2000]
            export(model, network.sample(1), path, exporter, dynamic=None, opset=opset)
            return {"batch": "fixed", "reason": reason}

    # Measuring

    def wanted(self, network: Network, exporter: str) -> bool:
        """Whether a network is to be measured: it can be, and no result of interest is there."""
        if not self.place(network, exporter).exists():
            return False
        if not (self.zoo / f"{network.name}.npz").exists():
            return False
        known = self.results[network.name].get(exporter, {})
        if self.redo == "all" or not known:
            return True
        good = known["verdict"] == "pass" and known.get("asExpected")
        if self.redo == "failed" and good:
            return False
        return known["build"] != self.build or known["versions"] != VERSIONS

    def measure(self, network: Network, exporter: str) -> None:
        reason = forked(lambda: self._measure(network, exporter), 14, self.limit * 6)
        if reason:
            self._conclude(network, exporter, {}, [f"measuring {reason}"])
        result = self.results[network.name][exporter]
        errors = [f"{result[key]:.1e}" for key in ("layerError", "inputError") if key in result]
        reasons = [reason.splitlines()[0] for reason in result["reasons"]]
        layer = result.get("layer", "no layer")
        words = "; ".join([result["verdict"], layer, *errors, *reasons])
        print(f"{network.name} {exporter}: {words}", flush=True)

    def _measure(self, network: Network, exporter: str) -> None:
        torch.set_num_threads(1)
        warnings.simplefilter("ignore")
        truth = Truth.load(self.zoo / f"{network.name}.npz")
        model = self.place(network, exporter)
        measurement = Measurement(
            self.command, model, network.sample().numpy(), truth, self.limit
        )
        failures = measurement.failures

        for step in (
            measurement.inspect,
            lambda: measurement.at_layer(self._finder(network, truth)),
            measurement.at_input,
        ):
            try:
                step()
            except Failure as failure:
                if str(failure) not in failures:
                    failures.append(str(failure))
        found = measurement.found
        if "inputError" in found:
            ratio = found["inputError"] / allowed_at_input(truth)
            another = measurement.input_ratio
            if not self._holds(
                "inputRatios", ratio, found, another, network, 0
            ) and not self._by_kinks(found, network, measurement):
                failures.append("the gradient at the input misses twice PyTorch float32's error")
        if "mapError" in found:
            ratio = found["mapError"] / allowed(found["mapFloat32"])
            another = measurement.map_ratio
            if not self._holds("mapRatios", ratio, found, another, network, KEPT_STEPS):
                failures.append("the map misses twice PyTorch float32's error")
        if measurement.activation is not None:
            found |= expected_layer(network, truth, measurement.activation)
        self._conclude(network, exporter, found, failures)

    def _finder(self, network: Network, truth: Truth):
        """What finds the true layers with the values of an activation."""

        def find(activation: np.ndarray):
            found = layer_truths(truth, activation)
            if not found and extend(truth, network.build(), network.sample(), activation):
                truth.save(self._reference(network, 0))
                found = layer_truths(truth, activation)
            return found

        return find

    def _holds(
        self, key: str, ratio: float, found: dict, another, network: Network, kept: int
    ) -> bool:
        """Whether an error is no more than allowed; where one input misses, by the median of five.

        Of the references at the other inputs so many feature maps are kept."""
        if ratio <= 1:
            return True
        found[key] = [ratio]
        for draw in range(1, 1 + FURTHER_INPUTS):
            path = self._reference(network, draw, ".layers" if kept else "")
            if not path.exists():
                Truth.of(network.build(), network.sample(draw=draw), kept=kept).save(path)
            found[key].append(another(network.sample(draw=draw).numpy(), Truth.load(path)))
        return bool(np.median(found[key]) <= 1)

    def _by_kinks(self, found: dict, network: Network, measurement: Measurement) -> bool:
        """Whether kinks that rounding put on the other side are what misses at most inputs."""
        found["kinks"], found["inputRest"] = [], []
        for draw, ratio in enumerate(found["inputRatios"]):
            if ratio > 1:
                sample = network.sample(draw=draw)
                truth = Truth.load(self._reference(network, draw))
                gradient = measurement.input_gradient(sample.numpy(), truth)
                moved = account(network.build(), sample, truth.numbers["target"], gradient)
                found["kinks"].append({"draw": draw} | moved)
                ratio = moved["left"] / TOLERANCE
            found["inputRest"].append(ratio)
        return bool(np.median(found["inputRest"]) <= 1)

    def _reference(self, network: Network, draw: int, of: str = "") -> Path:
        return self.zoo / (f"{network.name}.{draw}{of}.npz" if draw else f"{network.name}.npz")

    def time(self, network: Network, exporter: str) -> None:
        """What is missing of: the time to write the gradient, and that of an explanation over
        plain inference."""
        model = self.place(network, exporter)
        known = self.results[network.name].get(exporter, {})
        if "layerError" not in known or not model.exists() or not self.bench.exists():
            return
        costs = dict(known.get("costs", {}))
        before = dict(costs)
        if "gradientMilliseconds" not in costs:
            numbers = self._bench("build", model)
            if numbers:
                costs["readingMilliseconds"] = numbers[0]
                costs["gradientMilliseconds"] = max(numbers[1:])
        if "ratio" not in costs and "costs" in self.stages:
            numbers = self._ratio(model)
            if numbers:
                costs["plainMilliseconds"], costs["explainedMilliseconds"] = numbers[:2]
                costs["ratio"] = numbers[-1]
        if costs != before:
            known = self.results[network.name][exporter]
            self.results.note(network.name, **{exporter: known | {"costs": costs}})
            words = ", ".join(f"{key} {value:g}" for key, value in sorted(costs.items()))
            print(f"{network.name} {exporter}: {words}", flush=True)

    def _ratio(self, model: Path) -> list[float]:
        """Plain and explained milliseconds and their ratio: medians of 5 runs or more."""
        numbers = self._bench("ratio", model, "--runs", 5)
        runs = min(60, int(TIMED / sum(numbers[:2]))) if numbers else 0
        return self._bench("ratio", model, "--runs", runs) or numbers if runs > 5 else numbers

    def _bench(self, *line) -> list[float]:
        """The numbers of the last line that the benchmark prints; none where it fails."""
        try:
            words, _, _ = finished([self.bench, *line], self.limit)
            return [float(word) for word in words.splitlines()[-1].split()[1:]]
        except (Failure, ValueError, IndexError):
            return []

    def _conclude(self, network: Network, exporter: str, found: dict, failures: list[str]) -> None:
        known = self.results[network.name].get(exporter, {})
        found |= {"costs": known["costs"]} if "costs" in known else {}
        found |= {
            "verdict": "fail" if failures else "pass",
            "reasons": failures,
            "build": self.build,
            "versions": VERSIONS,
        }
        self.results.note(network.name, **{exporter: found})


def _told(notes: dict) -> str:
    return notes.get("error", notes.get("batch", "done")).replace("\n", " ")[:150]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", default=[], help="these networks, and no page"
    )
    parser.add_argument("--exporter", choices=[*EXPORTERS, "both"], default="both")
    parser.add_argument(
        "--stages", default="export,reference,measure,costs,page", help="what is done"
    )
    parser.add_argument(
        "--redo",
        choices=["failed", "exports", "all"],
        help="keep what an older build passed at the usual layer; try failed exports again; "
        "measure all anew",
    )
    parser.add_argument(
        "--discard-models", action="store_true", help="delete exports that passed and were timed"
    )
    parser.add_argument("--jobs", type=int, default=1, help="networks at once")
    parser.add_argument("--limit", type=float, default=300, help="seconds for one run")
    parser.add_argument("--command", type=Path, default=ROOT / ".build" / "release" / "gradcam")
    parser.add_argument("--zoo", type=Path, default=ZOO, help="where exports are kept")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results are kept")
    parser.add_argument("--page", type=Path, default=ROOT / "COVERAGE.md")
    parser.add_argument("--failures", type=Path, help="also write here what is left to do")
    arguments = parser.parse_args()
    for name in arguments.only:
        if name not in NETWORKS:
            parser.error(f"no network named '{name}'")
    coverage = Coverage(arguments)
    if "measure" in coverage.stages and coverage.build is None:
        parser.error(f"no command at '{arguments.command}'; 'make build' makes it")
    networks = [NETWORKS[name] for name in arguments.only or NETWORKS]
    if arguments.jobs == 1:
        for network in networks:
            coverage.cover(network)
    else:
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            list(pool.map(coverage.cover, networks))
    if "page" in coverage.stages and not arguments.only:
        write_page(arguments.page, coverage.notes, coverage.results, VERSIONS)
    if arguments.failures:
        write_failures(arguments.failures, coverage.notes, coverage.results)
    if "measure" in coverage.stages:
        results = [
            coverage.results[network.name].get(exporter, {})
            for network in networks
            for exporter in coverage.exporters
        ]
        passed = sum(result.get("verdict") == "pass" for result in results)
        print(f"{passed} of {len(results)} agree with PyTorch float64")
        sys.exit(0 if passed == len(results) else 1)


if __name__ == "__main__":
    main()
