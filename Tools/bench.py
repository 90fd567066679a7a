"""Measures what the project promises about speed and memory, in one run, beside the packages
people use, and writes BENCHMARKS.md and Benchmarks/results.json.

    python Tools/bench.py [--figures latency,folder,…] [--networks NAMES…] [--rounds N]

Everything within a figure takes turns, so that all see the same machine; ratios are medians of the
ratios within a turn. Models are exported once, into .cache/zoo. A figure or network that is not asked
for keeps what an earlier run found.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

from gradcam_tools.bench import figures
from gradcam_tools.bench.page import write_page

ROOT = Path(__file__).resolve().parent.parent
RELEASE = ROOT / ".build" / "release"
CACHE = ROOT / ".cache"
RESULTS = ROOT / "Benchmarks" / "results.json"

NETWORKS = [
    "resnet50", "vgg16", "densenet121", "efficientnet_b0", "mobilenet_v2", "inception_v3",
    "squeezenet1_1", "convnext_tiny", "vit_b_16",
]

REDUCED = ["resnet50", "vgg16", "densenet121"]
"""Those of which reduced precision promises something."""

FIGURES = [
    "latency", "latency-1-thread", "batch", "precision", "precision-1-thread", "input", "classes",
    "depth", "memory", "cold", "folder", "baked",
]


def openvino_python() -> Path | None:
    """An interpreter with openvino_xai, in an environment of its own, installed where it can be."""
    place = CACHE / "openvino-xai"
    python = place / "bin" / "python"
    wanted = ROOT / "Tools" / "requirements-openvino-xai.txt"
    mark = place / wanted.name
    if mark.exists() and mark.read_bytes() == wanted.read_bytes():
        return python
    try:
        venv.create(place, with_pip=True)
        line = [python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", wanted]
        subprocess.run(line, check=True)
        mark.write_bytes(wanted.read_bytes())
        return python
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"without OpenVINO: {error}", file=sys.stderr)
        return None


def exported(networks: list[str], zoo: Path) -> dict[str, Path]:
    """Each network's file, exported where it is not there yet."""
    paths = {name: zoo / f"{name}-torchscript.onnx" for name in networks}
    missing = [name for name, path in paths.items() if not path.exists()]
    if missing:
        line = [sys.executable, ROOT / "Tools" / "coverage.py", "--only", *missing, "--exporter",
                "torchscript", "--stages", "export", "--zoo", zoo]
        subprocess.run(line, check=True)
    return paths


def machine() -> dict:
    """What the numbers were measured on."""
    cpu = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [line for line in information.read_text().splitlines() if "model name" in line]
        cpu = names[0].split(":")[1].strip() if names else cpu
    load = os.getloadavg()[0]
    return {"processor": cpu, "cores": os.cpu_count(), "load before": round(load, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=lambda text: text.split(","), default=FIGURES)
    parser.add_argument("--networks", nargs="*", default=NETWORKS)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--release", type=Path, default=RELEASE)
    parser.add_argument("--zoo", type=Path, default=CACHE / "zoo")
    arguments = parser.parse_args()
    release = arguments.release.resolve()
    bench = figures.Bench(
        gradcam=release / "gradcam", serving=release / "gradcam-bench",
        models=exported(arguments.networks, arguments.zoo.resolve()), photos=CACHE / "bench" / "photos",
        rounds=arguments.rounds, openvino_python=openvino_python(),
    )
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    threads = arguments.threads
    first = arguments.networks[0]

    def each(measure, *more, of=arguments.networks):
        for name in of:
            found = measure(bench, name, *more)
            print(f"  {name}: {summary(found)}", flush=True)
            yield name, found

    def one(measure, *more):
        yield first, measure(bench, first, *more)

    reduced = [name for name in arguments.networks if name in REDUCED]

    work = {
        "latency": each(figures.latency, threads, 1),
        "latency-1-thread": each(figures.latency, 1, 1),
        "batch": each(figures.latency, threads, 8),
        "input": each(figures.input_gradient, threads),
        "precision": each(figures.precision, threads, of=reduced),
        "precision-1-thread": each(figures.precision, 1, of=reduced),
        "classes": one(figures.classes, threads, [1, 10, 100, 1000]),
        "depth": one(figures.depth, threads, ["layer4", "layer3", "layer2", "layer1", "input"]),
        "memory": each(figures.memory),
        "cold": one(figures.cold_start),
        "folder": one(figures.folder, threads, [1, 10, 50, 200]),
        "baked": each(figures.baked, threads),
    }
    for figure in arguments.figures:
        print(f"== {figure}", flush=True)
        earlier = results.get(figure, {}).get("rows", {})
        results[figure] = {
            "machine": machine(), "threads": 1 if figure.endswith("1-thread") else threads,
            "rounds": arguments.rounds, "rows": earlier,
        }
        for name, rows in work[figure]:
            earlier[name] = rows
            results[figure]["rows"] = {
                network: earlier[network] for network in NETWORKS if network in earlier
            }
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
            write_page(ROOT / "BENCHMARKS.md", results)


def summary(rows: dict) -> str:
    """A line about a network while the rest is still to come."""
    if "ratio" in rows:
        return f"ratio {rows['ratio']:.3f}"
    return ", ".join(f"{name} {row['median']:.1f} ms ({row['ratio']:.2f})"
                     for name, row in rows.items())


if __name__ == "__main__":
    main()
