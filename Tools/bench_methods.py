"""Measures methods of many passes beside the packages people use, on resnet50 at 224 × 224.

    python Tools/bench_methods.py [--threads N] [--rounds N] [--methods NAME…]

Package and command take turns on the same input, with the same number of threads, and each with its
own batch. The packages' model is loaded before their time starts; the command's time is that of
preparing and running, and beside it that of its process from start to end, loading included. The
ratio is the packages' time over the first.
"""

import argparse
import contextlib
import dataclasses
import io
import json
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from gradcam_tools.command import finished
from gradcam_tools.parity.case import Case, Parameters
from gradcam_tools.parity.subjects import drawn

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "parity"


@dataclasses.dataclass(frozen=True)
class Race:
    """One method: how the package is asked, how the command, and what is promised."""

    method: str
    package: str
    promised: float
    run: Callable[[Case], object]
    options: tuple[str, ...] = ()
    save: str = "npy"
    rounds: int = 3


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
    Race("guided-gradcam", "captum", 1.5, _guided, ("--preset", "captum"), "attribution-npy", 9),
    Race("integrated-gradients", "captum", 1.5, _integrated, ("--preset", "captum", "--steps", "50"),
         "attribution-npy"),
    Race("scorecam", "pytorch-grad-cam", 2, _grad_cam("ScoreCAM"),
         ("--preset", "pytorch-grad-cam"), rounds=1),
    Race("ablationcam", "pytorch-grad-cam", 50, _grad_cam("AblationCAM"),
         ("--preset", "pytorch-grad-cam"), rounds=1),
]


def package_seconds(race: Race, case: Case) -> float:
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        began = time.perf_counter()
        race.run(case)
        return time.perf_counter() - began


def command_seconds(race: Race, command: Path, subject, threads: int) -> tuple[float, float]:
    """Seconds of the explanation, and of the process."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.save(folder / "input.npy", subject.x.numpy())
        line = [command, "explain", subject.path, folder / "input.npy", "--target", subject.target,
                "--layer", subject.names[-1], "--method", race.method, *race.options,
                "--save", race.save, "--threads", threads, "--json", "-q", "-o", folder / "out"]
        words, seconds, _ = finished(line, 3600)
        times = json.loads(words)["explanations"][0]["milliseconds"]
        return times["run"] / 1000, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", type=Path, default=ROOT / ".build" / "release" / "gradcam")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, help="turns of each; unless given, by what it costs")
    parser.add_argument("--methods", nargs="*")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    subject = drawn("resnet50", CACHE)
    case = Case(subject.model, subject.x, subject.target, subject.layers[-1:], Parameters())
    command = arguments.command.resolve()
    print(f"\n== Methods of several passes, resnet50 at 224 × 224, {arguments.threads} threads")
    print(f"{'method':22}{'package':>18}{'seconds':>10}{'command':>10}{'process':>10}{'ratio':>8}{'promised':>10}")
    for race in RACES:
        if arguments.methods and race.method not in arguments.methods:
            continue
        theirs, ours = [], []
        if race.rounds > 1:  # a first turn of each warms caches
            package_seconds(race, case)
            command_seconds(race, command, subject, arguments.threads)
        for _ in range(arguments.rounds or race.rounds):
            ours.append(command_seconds(race, command, subject, arguments.threads))
            theirs.append(package_seconds(race, case))
        run, process = (statistics.median(times) for times in zip(*ours))
        package = statistics.median(theirs)
        print(f"{race.method:22}{race.package:>18}{package:10.2f}{run:10.2f}{process:10.2f}"
              f"{package / run:8.1f}{race.promised:10g}", flush=True)


if __name__ == "__main__":
    main()
