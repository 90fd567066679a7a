"""The built command, run once, with what it wrote and what that took."""

import dataclasses
import json
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import numpy as np


class Failure(Exception):
    """The command failed, or what it wrote cannot be compared."""


@dataclasses.dataclass
class Explained:
    """One explanation, the arrays that came with it, seconds from start to end, and peak bytes."""

    explanation: dict
    arrays: dict[str, np.ndarray]
    seconds: float
    peak: int


def environment() -> dict[str, str]:
    """The environment, with the Python package's ONNX Runtime where no other one is named."""
    import onnxruntime

    libraries = Path(onnxruntime.__file__).parent / "capi"
    return {"GRADCAM_ORT": str(libraries)} | os.environ


def finished(line: list, seconds: float, gigabytes: float = 24) -> tuple[str, float, int]:
    """Runs a command; its output, the seconds it took and the most memory it held."""

    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (int(gigabytes * 1e9),) * 2)

    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in line], stdout=output, stderr=errors, env=environment(),
            preexec_fn=limited, start_new_session=True,
        )
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - began
        output.seek(0)
        errors.seek(0)
        words = errors.read().strip()
        if process.returncode == -signal.SIGKILL:
            raise Failure(f"took longer than {seconds:g} s")
        if process.returncode != 0:
            raise Failure(words or f"exit status {process.returncode}")
        return output.read(), took, usage.ru_maxrss * 1024


def explain(
    command: Path,
    model: Path,
    input: np.ndarray,
    target: int,
    layer: str | None,
    saves: list[str],
    seconds: float = 300,
) -> Explained:
    """Explains one class of one input, and loads the arrays in `saves`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.save(folder / "input.npy", input)
        line = [command, "explain", model, folder / "input.npy", "--target", target]
        line += ["--layer", layer] if layer else []
        line += ["--save", ",".join(saves), "--json", "-o", folder / "out"]
        words, took, peak = finished(line, seconds)
        (explanation,) = json.loads(words)["explanations"]
        files = explanation["files"]
        missing = [kind for kind in saves if kind not in files]
        if missing:
            raise Failure(f"the command names no file for '{missing[0]}': {files}")
        arrays = {kind: np.load(folder / "out" / Path(files[kind]).name) for kind in saves}
        return Explained(explanation, arrays, took, peak)
