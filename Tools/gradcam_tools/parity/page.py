"""What `make parity` found, as a part of Tools/PARITY.md."""

import importlib.metadata
import subprocess
from collections import defaultdict
from pathlib import Path

from gradcam_tools.page_part import write_part

_PACKAGES = {"pytorch-grad-cam": "grad-cam", "captum": "captum", "torchcam": "torchcam", "PyTorch": "torch"}

_REASONS = {
    "takes caps away": "the package passes an `nn.ReLU6` by, and replaces what stands for it here by a "
    "ReLU without a cap, which is another network",
    "sees no biases": "the package looks for biases in modules, and the network is made of ONNX nodes",
    "no evidence": "the map is zero everywhere",
}


def write_page(path: Path, command: Path, rows: dict, names: list[str], is_rounding, tolerance: float) -> None:
    """Replaces the measured part of the page, or adds it; the rest of it stays."""
    write_part(path, "measured", _section(command, rows, names, is_rounding, tolerance))


def _versions(command: Path) -> str:
    known = {name: importlib.metadata.version(key).split("+")[0] for name, key in _PACKAGES.items()}
    words = subprocess.run([command, "--version"], capture_output=True, text=True).stdout.split()
    return ", ".join([f"gradcam {words[-1] if words else ''}".strip()]
                     + [f"{name} {version}" for name, version in known.items()])


def _section(command: Path, rows: dict, names: list[str], is_rounding, tolerance: float) -> str:
    good, rounding, bad, silent, left = [], [], [], [], defaultdict(list)
    for (method, preset), cells in rows.items():
        for name in names:
            cell = cells.get(name)
            if not cell:
                continue
            entry = (f"{method} / {preset}", name, cell)
            if "left out" in cell:
                left[cell["left out"]].append(entry)
            elif "error" not in cell:
                silent.append(entry)
            elif cell["error"] <= tolerance:
                good.append(entry)
            else:
                (rounding if is_rounding(cell) else bad).append(entry)
    count = len(good) + len(rounding) + len(bad) + len(silent)
    lines = [
        "## Measured", "",
        f"By `make parity`, with {_versions(command)}. The largest |Δ| of maps scaled alike, on full-size "
        "networks with drawn weights and on small trained ones.", "",
        f"- **{len(good)} of {count}** comparisons are within {_power(tolerance)}.",
        f"- **{len(rounding)}** more (†, the second table) are not, but the package's own float32 strays from "
        "its float64 by at least half as much: a unit whose sum is zero up to rounding is on in one run and "
        "off in the next, or a denominator is.",
        f"- **{len(bad)}** differ by more than that{' (‡)' if bad else ''}; {len(silent)} failed.",
        "",
    ]
    lines += ["| method / preset | " + " | ".join(_short(name) for name in names) + " |",
              "|---" * (len(names) + 1) + "|"]
    for (method, preset), cells in rows.items():
        shown = [_cell(cells.get(name), is_rounding, tolerance) for name in names]
        lines.append(f"| {method} / {preset} | " + " | ".join(shown) + " |")
    if rounding or bad:
        lines += ["", "Rounding: how far the command strays from the package's float64, and how far the package "
                  "itself does in float32 (the first of sixteen runs that is enough, or the worst).", "",
                  "| method / preset | network | command | package in float32 |", "|---|---|---|---|"]
        lines += [f"| {words} | {_short(name)} | {cell['error']:.1e}{'' if is_rounding(cell) else ' ‡'} | "
                  f"{cell.get('own', 0):.1e} |" for words, name, cell in rounding + bad]
    lines += ["", "Not compared (–):", ""]
    passes = [(words, name, reason) for reason, entries in left.items() if reason.endswith("passes")
              for words, name, _ in entries]
    for reason, entries in left.items():
        if not reason.endswith("passes"):
            lines.append(f"- {_named(entries)}: {_REASONS.get(reason, reason)}.")
    if passes:
        lines.append(f"- {_named(passes)}: the package alone takes about three minutes or more, a forward pass of "
                     "the whole network for each channel. They are compared on the other networks.")
    for words, name, cell in silent:
        lines.append(f"- {words} on {_short(name)} failed: {cell.get('failure')}")
    released = [(name, cell["as released"]) for cells in rows.values() for name, cell in cells.items()
                if cell and "as released" in cell]
    if released:
        lines += ["", "torchcam's GradCAMpp as it is released differs from its own formula (above) by "
                  + ", ".join(f"{error:.0e} ({_short(name)})" for name, error in released) + "."]
    return "\n".join(lines) + "\n"


def _named(entries) -> str:
    methods = defaultdict(list)
    for words, name, *_ in entries:
        methods[words].append(_short(name))
    return "; ".join(f"{words} on {', '.join(names)}" for words, names in methods.items())


def _cell(cell: dict | None, is_rounding, tolerance: float) -> str:
    if not cell or "left out" in cell:
        return "–"
    if "error" not in cell:
        return "failed"
    mark = "" if cell["error"] <= tolerance else " †" if is_rounding(cell) else " ‡"
    return f"{cell['error']:.0e}{mark}"


def _short(name: str) -> str:
    return name.split("_cifar10")[0].split("_0.25")[0].split("_torchvision")[0]


def _power(value: float) -> str:
    digits = f"{value:.0e}"
    return f"10⁻{'⁰¹²³⁴⁵⁶⁷⁸⁹'[int(digits[-1])]}" if digits.startswith("1e-0") else digits
