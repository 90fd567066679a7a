"""Metrics by the built command beside the packages, and what was found as a part of a page."""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch

from gradcam_tools.page_part import write_part
from gradcam_tools.parity.metrics import METRICS, Judged, box, drawn_map
from gradcam_tools.parity.subjects import Subject

TOLERANCE = 1e-4


def expected(name: str, subject: Subject, cache: Path) -> dict[str, float]:
    """What the packages say of a drawn map, from the cache where they have said it."""
    path = cache / "metrics" / f"{name}.json"
    stored = json.loads(path.read_text()) if path.exists() else {}
    wanted = {reference.name: reference.words for reference in METRICS}
    if stored.get("words") == wanted:
        return stored["values"]
    judged = _judged(subject)
    with torch.no_grad():
        values = {reference.name: reference.compute(judged) for reference in METRICS}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"words": wanted, "values": values}))
    return values


def _judged(subject: Subject) -> Judged:
    height, width = subject.x.shape[-2:]
    return Judged(
        subject.model.float(), subject.x.float(), subject.target, drawn_map(height, width, 1),
        box(height, width))


def errors(name: str, subject: Subject, bench: Path, cache: Path) -> dict[str, float]:
    """How far each metric of a drawn map is from what the package says, by the metric's name."""
    said = expected(name, subject, cache)
    judged = _judged(subject)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.save(folder / "input.npy", subject.x.float().numpy())
        np.save(folder / "map.npy", judged.map)
        line = [bench, "scores", subject.path, folder / "input.npy", folder / "map.npy",
                "--target", str(subject.target)]
        line += [word for reference in METRICS for word in ("--metric", reference.metric)]
        line += [word for side in judged.box for word in ("--box", str(side))]
        output = subprocess.run(line, capture_output=True, text=True)
    if output.returncode:
        raise RuntimeError(output.stderr.strip().splitlines()[0])
    found = [float(row.split()[0]) for row in output.stdout.splitlines()]
    return {
        reference.name: abs(value - said[reference.name])
        for reference, value in zip(METRICS, found, strict=True)
    }


def print_table(cells: dict[str, dict[str, float]]) -> bool:
    """Metrics down, networks across; whether all agree."""
    print(f"\n{'metric / package':76}" + "".join(f"{name[:16]:>18}" for name in cells))
    for reference in METRICS:
        row = "".join(f"{cell[reference.name]:>18.0e}" for cell in cells.values())
        print(f"{reference.name:76}{row}")
    return all(error <= TOLERANCE for cell in cells.values() for error in cell.values())


def write_table(path: Path, cells: dict[str, dict[str, float]]) -> None:
    """Replaces the measured metrics of the page."""
    good = sum(error <= TOLERANCE for cell in cells.values() for error in cell.values())
    count = sum(len(cell) for cell in cells.values())
    short = [name.split("_cifar10")[0].split("_0.25")[0].split("_torchvision")[0] for name in cells]
    lines = [
        "### Metrics measured", "",
        f"**{good} of {count}** values of metrics are within 10⁻⁴ of the package's, on one map each:", "",
        "| metric | package | " + " | ".join(short) + " |", "|---" * (len(cells) + 2) + "|",
    ]
    for reference in METRICS:
        errors = [cell[reference.name] for cell in cells.values()]
        row = " | ".join(f"{error:.0e}" if error else "0" for error in errors)
        lines.append(f"| {reference.metric} | {reference.package}: {reference.words} | {row} |")
    write_part(path, "metrics", "\n".join(lines) + "\n")
