"""Prints what the project promises about speed and memory, measured in one run.

    python Tools/bench.py            # exports the models once into .cache/zoo

- explanation / plain inference, in one process and in turn
- process start to PNG on disk for resnet50
- peak memory of a process that explains / one that only infers
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ZOO = ROOT / ".cache" / "zoo"
RELEASE = ROOT / ".build" / "release"
MODELS = ["resnet50", "vgg16", "mobilenet_v2", "efficientnet_b0"]
PHOTO = next((ROOT / "Models" / "document-pages" / "samples").glob("*.jpg"), None) or next(
    (ROOT / "Models" / "document-pages" / "samples").glob("*.png")
)


def finished(command: list[str]) -> tuple[float, int]:
    """Seconds and peak memory in KiB of one process."""
    start = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    return seconds, usage.ru_maxrss


def main() -> None:
    subprocess.run(
        [sys.executable, ROOT / "Tools" / "coverage.py", "--only", *MODELS, "--exporter",
         "torchscript", "--stages", "export", "--zoo", ZOO],
        check=True,
    )
    paths = [str(next(ZOO.rglob(f"{name}-torchscript.onnx"), None) or next(ZOO.rglob(f"*{name}*torchscript*/*.onnx")))
             for name in MODELS]
    print("\n== Explanation beside plain inference, batch 1 (promised: ratio at most 1.05)")
    subprocess.run([RELEASE / "gradcam-bench", "ratio", *paths], check=True)

    print("\n== Process start to PNG on disk, resnet50 (promised: at most 1.5 s)")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(RELEASE / "gradcam"), "explain", paths[0], str(PHOTO), "-o", f"{folder}/why.png"]
        finished(command)
        seconds = [finished(command)[0] for _ in range(7)]
        assert pathlib.Path(folder, "why.png").stat().st_size > 0
    print(f"median {statistics.median(seconds):.3f} s, {min(seconds):.3f} to {max(seconds):.3f} s")

    print("\n== Peak memory, MiB (promised: ratio at most 1.3)")
    print(f"{'model':20}{'plain':>10}{'explained':>11}{'ratio':>8}")
    for name, path in zip(MODELS, paths):
        peaks = [
            min(finished([str(RELEASE / "gradcam-bench"), "once", kind, path])[1] for _ in range(3))
            for kind in ("plain", "explanation")
        ]
        print(f"{name:20}{peaks[0] / 1024:10.0f}{peaks[1] / 1024:11.0f}{peaks[1] / peaks[0]:8.3f}")


if __name__ == "__main__":
    main()
