"""Measures methods of many passes beside the packages people use, on resnet50 at 224 × 224.

    python Tools/bench_methods.py [--threads N] [--rounds N] [--methods NAME…]

Both sides explain an input that is already numbers by a model that is already loaded, each in a
process of its own, warm, with the same number of threads, one after the other in turn, each with its
own batches. A ratio is the median of the ratios within a turn. Beside the seconds that pass stand the
seconds of processor time, which other programs on the machine change little, and the share of the
machine that those took. It writes Benchmarks/methods.json and its part of BENCHMARKS.md.
"""

import argparse
import contextlib
import dataclasses
import importlib.metadata
import io
import json
import os
import statistics
import sys
import tempfile
import textwrap
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from gradcam_tools.bench.page import INTRODUCTION
from gradcam_tools.bench.server import Server
from gradcam_tools.page_part import write_part
from gradcam_tools.parity.case import Case, Parameters
from gradcam_tools.parity.subjects import Subject, drawn

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "parity"
RESULTS = ROOT / "Benchmarks" / "methods.json"
PAGE = ROOT / "BENCHMARKS.md"
NETWORK = "resnet50"


@dataclasses.dataclass(frozen=True)
class Race:
    """One method: how the package is asked, how the command, and what is promised."""

    method: str
    package: str
    promised: float
    run: Callable[[Case], object]
    options: tuple[str, ...]
    needs_layer: bool = True
    rounds: int = 3
    warms: tuple[bool, bool] = (True, True)
    """Whether a turn of ours, and of the package, comes before those that count."""


def _grad_cam(name: str):
    def run(case: Case):
        import pytorch_grad_cam
        from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

        with getattr(pytorch_grad_cam, name)(case.model, [case.layer]) as cam:
            return cam(input_tensor=case.x, targets=[ClassifierOutputTarget(case.target)])

    return run


def _guided(case: Case):
    from captum.attr import GuidedGradCam

    return GuidedGradCam(case.model, case.layer).attribute(case.x.clone(), target=case.target)


def _integrated(case: Case):
    from captum.attr import IntegratedGradients

    return IntegratedGradients(case.model).attribute(
        case.x.clone(), target=case.target, n_steps=50
    )


RACES = [
    Race("guided-gradcam", "captum", 1.5, _guided, ("--preset", "captum"), rounds=9),
    Race("integrated-gradients", "captum", 1.5, _integrated,
         ("--preset", "captum", "--steps", "50"), needs_layer=False),
    Race("scorecam", "pytorch-grad-cam", 2, _grad_cam("ScoreCAM"),
         ("--preset", "pytorch-grad-cam"), rounds=1, warms=(False, False)),
    Race("ablationcam", "pytorch-grad-cam", 50, _grad_cam("AblationCAM"),
         ("--preset", "pytorch-grad-cam"), rounds=1, warms=(True, False)),
]


# Processes


def serve(method: str, threads: int) -> None:
    """Answers each line with the milliseconds of one explanation by the package."""
    torch.set_num_threads(threads)
    race = next(each for each in RACES if each.method == method)
    subject = drawn(NETWORK, CACHE)
    case = Case(subject.model, subject.x, subject.target, subject.layers[-1:], Parameters())
    warnings.simplefilter("ignore")
    print("ready", flush=True)
    for _ in sys.stdin:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            began = time.perf_counter()
            race.run(case)
            seconds = time.perf_counter() - began
        print(seconds * 1000, flush=True)


def ours(race: Race, release: Path, subject: Subject, folder: str, threads: int) -> Server:
    input = Path(folder) / "input.npy"
    np.save(input, subject.x.numpy())
    layer = ["--layer", subject.names[-1]] if race.needs_layer else []
    return Server(
        [release / "gradcam-bench", "turns", subject.path, input, "--target", subject.target,
         "--method", race.method, *layer, *race.options, "--threads", threads], threads)


def theirs(race: Race, threads: int) -> Server:
    return Server([sys.executable, Path(__file__).resolve(), "--serve", race.method, "--threads",
                   threads], threads)


# Turns


@dataclasses.dataclass
class Turn:
    """What one explanation took, and the share of the machine that others took meanwhile."""

    seconds: float
    processor: float
    others: float


def _processor(pid: int) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _busy() -> float:
    """Seconds of processor time of everybody so far."""
    fields = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    idle = fields[3] + fields[4]
    return (sum(fields[:8]) - idle) / os.sysconf("SC_CLK_TCK")


def turn(server: Server) -> Turn:
    time.sleep(0.5)  # so that threads of the other side have stopped waiting for work
    pid = server.process.pid
    began, own, all = time.perf_counter(), _processor(pid), _busy()
    seconds = server.milliseconds("again") / 1000
    passed, own, all = time.perf_counter() - began, _processor(pid) - own, _busy() - all
    return Turn(seconds, own, max(0, all - own) / passed / os.cpu_count())


def measured(race: Race, release: Path, subject: Subject, threads: int, rounds: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        servers = ours(race, release, subject, folder, threads), theirs(race, threads)
        try:
            for server, warms in zip(servers, race.warms):
                if warms:
                    turn(server)
            turns = [tuple(turn(server) for server in servers) for _ in range(rounds)]
        finally:
            for server in servers:
                server.close()
    found = {"package": race.package, "promised": race.promised, "rounds": rounds}
    for name, side in zip(("gradcam", "theirs"), zip(*turns)):
        for field in ("seconds", "processor"):
            values = [getattr(each, field) for each in side]
            found[f"{name} {field}"] = {
                "median": statistics.median(values), "least": min(values), "most": max(values)}
        found[f"{name} others"] = statistics.mean(each.others for each in side)
    for field in ("seconds", "processor"):
        found[f"ratio {field}"] = statistics.median(
            getattr(b, field) / getattr(a, field) for a, b in turns)
    return found


# The page


def _few(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _cell(row: dict) -> str:
    if row["least"] == row["most"]:
        return f"**{_few(row['median'])}**"
    return f"**{_few(row['median'])}** ({_few(row['least'])}–{_few(row['most'])})"


def section(results: dict) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    words = (
        f"One input of resnet50 at 224 × 224, layer `layer4`, {results['threads']} threads: explained by "
        "a model that is loaded, in turn, each side in a process of its own, warm except where a single "
        "explanation takes minutes. Seconds, with the least and the most; in the last columns how many "
        "times as long the package takes, as time passes and in processor time. "
        f"Others took {results['others']:.0%} of the machine meanwhile. Written by "
        f"`Tools/bench_methods.py` with {versions}.")
    lines = [
        "## Methods", "", *textwrap.wrap(words, 110), "",
        "| method | gradcam | package | seconds | turns | × | × processor time | promised |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in results["rows"].items():
        lines.append(
            f"| {name} | {_cell(row['gradcam seconds'])} | {row['package']} | "
            f"{_cell(row['theirs seconds'])} | {row['rounds']} | **{_few(row['ratio seconds'])}** | "
            f"{_few(row['ratio processor'])} | ≥ {row['promised']:g} |")
    lines += ["", *textwrap.wrap(
        "Ablation-CAM: behind `layer4` stand a mean and one linear layer, so that one gradient says what each "
        "channel's absence costs; the package runs the network once for each.", 110)]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path, default=ROOT / ".build" / "release")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--rounds", type=int, help="turns of each; unless given, by what it costs")
    parser.add_argument("--methods", nargs="*")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments.serve, arguments.threads)
    subject = drawn(NETWORK, CACHE)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"rows": {}}
    rows = results["rows"]
    print(f"\n== Methods of several passes, {NETWORK} at 224 × 224, {arguments.threads} threads")
    for race in RACES:
        if arguments.methods and race.method not in arguments.methods:
            continue
        row = measured(race, arguments.release.resolve(), subject, arguments.threads,
                       arguments.rounds or race.rounds)
        rows[race.method] = row
        print(f"{race.method:22} {row['gradcam seconds']['median']:8.2f} s, {race.package} "
              f"{row['theirs seconds']['median']:8.2f} s: × {row['ratio seconds']:.2f} "
              f"({row['ratio processor']:.2f} in processor time), promised {race.promised:g}; "
              f"others {row['gradcam others']:.0%} and {row['theirs others']:.0%}", flush=True)
        packages = {"torch": "torch", "captum": "captum", "pytorch-grad-cam": "grad-cam"}
        results = {
            "threads": arguments.threads,
            "versions": {
                name: importlib.metadata.version(key).split("+")[0] for name, key in packages.items()},
            "others": statistics.mean(
                row[f"{side} others"] for row in rows.values() for side in ("gradcam", "theirs")),
            "rows": {each.method: rows[each.method] for each in RACES if each.method in rows},
        }
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        write_part(PAGE, "methods", section(results), INTRODUCTION)


if __name__ == "__main__":
    main()
