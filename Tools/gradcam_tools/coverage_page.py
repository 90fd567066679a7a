"""COVERAGE.md, from the results as they lie."""

import collections
import statistics
from pathlib import Path

import numpy as np

from gradcam_tools.coverage_known import Known, input_holds, layer_holds, one_line
from gradcam_tools.coverage_tables import file_table, network_table, operator_table
from gradcam_tools.export import EXPORTERS
from gradcam_tools.literature import literature
from gradcam_tools.networks import NETWORKS, Network

_HEAD = """# Coverage

torchvision's classifiers (every builder of `torchvision.models`) and one member of each timm
family, exported by both of PyTorch's exporters, explained at the default layer and at the input
with the built command, and compared with PyTorch's float64 autograd. `make coverage` writes this
page.
"""

_METHOD = """## How it is measured

- **Networks**: random weights that keep activations alive, the batch left open; TorchScript at
  operator set {torchscript}, dynamo at {dynamo}. A *family* is a source file of timm together with
  the letters that a model's name begins with; its member is the one with the fewest parameters
  (`Tools/choose_families.py`).
- **Error**: max |Δ| / max |reference|, the reference in float64.
- **Layer**: the gradient at the default layer counts where its error is at most 1e-5 and it is not
  zero.
- **Input**: the gradient at the input counts where its error is at most twice that of PyTorch's own
  float32 (the largest of three ways to compute it), 1e-5 being allowed in any case. A rectifier's
  input or two values under a maximum that nearly tie may be rounded to either side, which changes
  the whole gradient; which do is chance. So where one input misses, the median of five decides.
  Where that misses too, values within 3e-6 of a kink are put on the other side in float64
  (`Tools/gradcam_tools/kinks.py`): at an input whose miss that accounts for, what is left is held
  to 1e-5 instead, and the median of five decides again.
- **Map and logit** come from the forward pass, and are held to twice PyTorch float32's error too,
  the map like the gradient at the input; where one misses, it is listed.
- **Usual layer**: the one at which the literature looks (`Tools/gradcam_tools/literature.py`, with
  the reasons).

Versions: {versions}.
"""


def write_page(path: Path, notes, results, versions: dict) -> None:
    known = Known(notes, results)
    words = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    lines = [_HEAD]
    for section in (_totals, _exclusions, _exceptions, _costs):
        lines += section(known)
    lines += [_METHOD.format(versions=words, **EXPORTERS)]
    for section in (_remarks, network_table, file_table, operator_table):
        lines += section(known)
    path.write_text("\n".join(lines).rstrip() + "\n")


def _sources() -> dict[str, list[Network]]:
    """The networks that count, by source; a builder's second form counts as no builder."""
    return {
        "torchvision builders": [
            each
            for each in NETWORKS.values()
            if each.source == "torchvision" and each.name == each.constructor
        ],
        "timm families": [each for each in NETWORKS.values() if each.source == "timm"],
    }


def _totals(known: Known) -> list[str]:
    lines = ["## Totals", ""]
    lines += [
        "| | exporter | networks | exported | measured | layer within 1e-5 | input as float32 "
        "| usual layer |"
    ]
    lines += ["|---|---|--:|--:|--:|--:|--:|--:|"]
    for title, networks in _sources().items():
        for exporter in [*EXPORTERS, "both"]:
            exporters = list(EXPORTERS) if exporter == "both" else [exporter]
            each = [[known(network.name, one) for one in exporters] for network in networks]
            measured = [found for found in each if all(found)]
            exported = [
                network
                for network in networks
                if all(
                    known.notes[network.name].get(one, {}).get("batch")
                    or known(network.name, one)
                    for one in exporters
                )
            ]
            cells = [
                sum(all(map(layer_holds, found)) for found in measured),
                sum(all(map(input_holds, found)) for found in measured),
                sum(all(one.get("asExpected") for one in found) for found in measured),
            ]
            shares = " | ".join(_share(cell, len(networks)) for cell in cells)
            lines.append(
                f"| {title} | {exporter} | {len(networks)} | {len(exported)} | {len(measured)} "
                f"| {shares} |"
            )
    measured = [known(name, exporter) for name in NETWORKS for exporter in EXPORTERS]
    measured = [result for result in measured if "operatorsToLayer" in result]
    easy = sum(_LINEAR.issuperset(result["operatorsToLayer"]) for result in measured)
    return [
        *lines,
        "",
        "Shares are of all networks, those that were not exported among them. Of the "
        f"{len(measured)} default layers {easy} have only pooling and linear operators behind "
        "them; the gradient at the input goes through every operator of a network.",
        "",
    ]


_LINEAR = set(
    "Add AveragePool Concat Expand Flatten Gather Gemm GlobalAveragePool Identity MatMul "
    "ReduceMean ReduceSum Reshape Slice Split Squeeze Sub Transpose Unsqueeze".split()
)
"""Operators that between a last layer and logits pool, add, or only move."""


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.1f} %)" if total else "–"


def _exclusions(known: Known) -> list[str]:
    lines = ["## What is left out, and why", ""]
    rows = []
    waiting: dict[str, list[str]] = {exporter: [] for exporter in EXPORTERS}
    for name in NETWORKS:
        for exporter in EXPORTERS:
            result, error = known(name, exporter), known.export_error(name, exporter)
            if error:
                rows.append((name, exporter, "not exported: " + one_line(error)))
            elif not result:
                waiting[exporter].append(name)
            for reason in result.get("reasons", []):
                rows.append((name, exporter, one_line(reason)))
    if rows:
        lines += ["| network | exporter | reason |", "|---|---|---|"]
        lines += [f"| {name} | {exporter} | {reason} |" for name, exporter, reason in sorted(rows)]
    else:
        lines += ["Nothing."]
    lines += [""]
    for exporter, names in waiting.items():
        if names:
            lines += [f"Not measured yet ({exporter}): {', '.join(sorted(names))}.", ""]
    return lines


def _remarks(known: Known) -> list[str]:
    """What was done otherwise than usual, and where a comparison says little."""
    found: dict[str, list[str]] = collections.defaultdict(list)
    builds = set()
    for name in sorted(NETWORKS):
        for exporter in EXPORTERS:
            who, result = f"{name} ({exporter})", known(name, exporter)
            note = known.notes[name].get(exporter, {})
            opset = NETWORKS[name].opset(exporter)
            if note.get("batch") == "fixed":
                what = "Exported for one image only, as the exporter cannot leave the batch open"
                found[what] += [who]
            if opset:
                found[f"Exported at operator set {opset}, which its operators need"] += [who]
            if note.get("remark"):
                found[f"Exported {one_line(note['remark'])}"] += [who]
            for key, what in (("inputRatios", "gradient at the input"), ("mapRatios", "map")):
                if key in result and np.median(result[key]) <= 1:
                    found[f"The median of five inputs decided on the {what}"] += [who]
            if "inputRest" in result and input_holds(result):
                most = max(kinks["kinks"] for kinks in result["kinks"])
                left = max(kinks["left"] for kinks in result["kinks"])
                found["Kinks account for what the gradient at the input misses"] += [
                    f"{who}: at most {most} at an input, {left:.0e} left"
                ]
            if result.get("inputFloat32", 0) > 0.05:
                found[
                    "PyTorch's own float32 strays by more than 5 % at the input, so that agreement "
                    "there proves little (see the errors themselves)"
                ] += [f"{who} {result['inputFloat32']:.0%}"]
            if result:
                builds.add(result["build"])
    lines = ["## Remarks", ""]
    lines += [f"- {words}: {', '.join(names)}." for words, names in found.items()]
    lines += [
        "- TorchScript's exporter has no `rms_norm`, and loses the sides of what some networks "
        "give to `unfold`, `col2im` and `adaptive_avg_pool2d`; it is taught these "
        "(`Tools/gradcam_tools/torchscript_symbolics.py`)."
    ]
    if len(builds) > 1:
        lines += [f"- The results are of {len(builds)} builds: what an older one passed was kept."]
    return lines + [""]


def _exceptions(known: Known) -> list[str]:
    lines = ["## Default layers that are not the usual ones", ""]
    lines += ["| network | exporter | default layer | usual layer |", "|---|---|---|---|"]
    for name in sorted(NETWORKS):
        for exporter in EXPORTERS:
            result = known(name, exporter)
            if result.get("asExpected") is False:
                shape = "×".join(map(str, result.get("shape", [])))
                lines.append(
                    f"| {name} | {exporter} | `{result['layer']}` {shape} "
                    f"| `{literature(NETWORKS[name])[0]}` |"
                )
    return lines + [""]


def _costs(known: Known) -> list[str]:
    found = [
        (name, exporter, known(name, exporter)) for name in NETWORKS for exporter in EXPORTERS
    ]
    found = [each for each in found if each[2]]
    lines = ["## Costs", ""]
    ratios = sorted(result["ratio"] for _, _, result in found if result.get("ratio"))
    if ratios:
        tenth = len(ratios) // 10
        within = _share(sum(ratio <= 1.05 for ratio in ratios), len(ratios))
        lines.append(
            f"- **An explanation over plain inference**, in turn in one process: median "
            f"{statistics.median(ratios):.2f}, a tenth below {ratios[tenth]:.2f} and a tenth above "
            f"{ratios[-1 - tenth]:.2f}; {within} of {len(ratios)} at most 1.05. Each is a median "
            f"of 5 runs or more at batch 1, on two cores that did other work too: what lies below "
            f"1 says how far a number may stray. Where a run takes few milliseconds, it is "
            f"{ratios[0]:.1f} to {ratios[-1]:.1f}: single numbers there say nothing."
        )
    builds = [
        (result["gradientMilliseconds"], result["nodes"], name, exporter)
        for name, exporter, result in found
        if result.get("gradientMilliseconds") is not None and "nodes" in result
    ]
    if builds:
        slowest = max(builds)
        lines.append(
            f"- **Writing the gradient** from the logits to the input, besides what the runtime "
            f"needs to load the model, on the same busy cores: median "
            f"{statistics.median(build[0] for build in builds):.0f} ms, at most "
            f"{slowest[0]:.0f} ms ({slowest[2]}, {slowest[3]}, {slowest[1]} nodes)."
        )
    peaks = [(result["peak"] / 1e6, name) for name, _, result in found if result.get("peak")]
    if peaks:
        lines.append(
            f"- **Memory** of the whole process that explains at the default layer: median "
            f"{statistics.median(peak[0] for peak in peaks):.0f} MB, at most "
            f"{max(peaks)[0]:.0f} MB ({max(peaks)[1]})."
        )
    counted = (("a ratio", ratios), ("the gradient's time", builds), ("memory", peaks))
    missing = [f"{words} ({len(found) - len(each)})" for words, each in counted]
    if any(len(each) < len(found) for _, each in counted):
        lines.append(f"- Of {len(found)} measured exports these lack: {', '.join(missing)}.")
    return lines + [""]


