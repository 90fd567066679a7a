"""COVERAGE.md and the list of what is left to do, from the results as they lie."""

import collections
import re
import statistics
from pathlib import Path

import numpy as np

from gradcam_tools.export import EXPORTERS
from gradcam_tools.literature import literature
from gradcam_tools.measuring import TOLERANCE
from gradcam_tools.networks import NETWORKS, Network

_HEAD = """# Coverage

`make coverage` writes this page. It exports torchvision's classifiers (every builder of
`torchvision.models`) and one member of each timm family by both of PyTorch's exporters
(TorchScript at operator set {torchscript}, dynamo at {dynamo}), with random weights that keep
activations alive and the batch left dynamic; explains each at its default layer and at its input
with the built command; and compares with PyTorch's float64 autograd.

- **Family**: a source file of timm together with the letters that a model's name begins with. Its
  member is the one with the fewest parameters (`Tools/choose_families.py`).
- **Error**: max |Δ| / max |reference|. At the default layer at most 1e-5. At the input at most
  twice what PyTorch's own float32 strays from float64 (the largest of three ways to compute it),
  at least 1e-5 being allowed; which kinks flip by rounding is chance, so where one input misses,
  the median of five decides. The map and the logit, whose errors are the forward pass's, are
  held to twice PyTorch float32's too; where they miss, it is listed.
- **Usual layer**: the one at which the literature looks (`Tools/gradcam_tools/literature.py`,
  with the reasons).
- **Ratio**: an explanation over plain inference, medians of 5 runs in turn at batch 1 on a machine
  that did other work too: indicative. **Gradient**: milliseconds to write the gradient from the
  logits to the input, besides what the runtime needs to load the model. **Peak**: memory of the
  whole process that explains at the default layer.

Versions: {versions}.
"""


class _Results:
    """What the tables are made of: a network, an exporter, and what is known of the two."""

    def __init__(self, notes, results):
        self.notes = {name: notes[name] for name in NETWORKS}
        self.found = {name: results[name] for name in NETWORKS}

    def __call__(self, name: str, exporter: str) -> dict:
        result = self.found[name].get(exporter, {})
        return result | result.get("costs", {})

    def export_error(self, name: str, exporter: str) -> str | None:
        return self.notes[name].get(exporter, {}).get("error")

    def is_fixed(self, name: str, exporter: str) -> bool:
        return self.notes[name].get(exporter, {}).get("batch") == "fixed"


def layer_holds(result: dict) -> bool:
    """Whether the gradient at the default layer is within the tolerance, and is one."""
    return result.get("layerError", np.inf) <= TOLERANCE and not any(
        "is zero" in reason for reason in result["reasons"]
    )


def input_holds(result: dict) -> bool:
    """Whether the gradient at the input strays no further than twice PyTorch's float32."""
    if "inputRatios" in result:
        return bool(np.median(result["inputRatios"]) <= 1)
    allowed = max(2 * result.get("inputFloat32", 0), TOLERANCE)
    return result.get("inputError", np.inf) <= allowed


def write_page(path: Path, notes, results, versions: dict) -> None:
    known = _Results(notes, results)
    words = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    lines = [_HEAD.format(versions=words, **EXPORTERS)]
    for section in (_totals, _exclusions, _exceptions, _costs, _table, _families, _operators):
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


def _totals(known: _Results) -> list[str]:
    lines = ["## Totals", ""]
    lines += [
        "| | exporter | networks | exported | measured | default layer | input | usual layer |"
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
            shares = " | ".join(_share(cell, len(measured)) for cell in cells)
            lines.append(
                f"| {title} | {exporter} | {len(networks)} | {len(exported)} | {len(measured)} "
                f"| {shares} |"
            )
    builds = {
        known(name, exporter)["build"]
        for name in NETWORKS
        for exporter in EXPORTERS
        if known(name, exporter)
    }
    lines += ["", "Shares are of the networks measured."]
    if len(builds) > 1:
        lines += ["", f"The results are of {len(builds)} builds; what an older one passed was kept."]
    return lines + [""]


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.1f} %)" if total else "–"


def _exclusions(known: _Results) -> list[str]:
    lines = ["## What is not explained, and why", ""]
    rows, fixed = [], []
    waiting: dict[str, list[str]] = {exporter: [] for exporter in EXPORTERS}
    for name in NETWORKS:
        for exporter in EXPORTERS:
            result, error = known(name, exporter), known.export_error(name, exporter)
            if error:
                rows.append((name, exporter, "not exported: " + _line(error)))
            elif not result:
                waiting[exporter].append(name)
            for reason in result.get("reasons", []):
                rows.append((name, exporter, _line(reason)))
            if known.is_fixed(name, exporter):
                fixed.append(f"{name} ({exporter})")
    lines += ["| network | exporter | reason |", "|---|---|---|"]
    lines += [f"| {name} | {exporter} | {reason} |" for name, exporter, reason in sorted(rows)]
    lines += [""]
    if fixed:
        lines += [f"Exported for one image only, because the exporter cannot leave the batch open: "
                  f"{', '.join(sorted(fixed))}.", ""]
    for exporter, names in waiting.items():
        if names:
            lines += [f"Not measured yet ({exporter}): {', '.join(sorted(names))}.", ""]
    return lines


def _line(words: str) -> str:
    words = words.split("\n  help")[0].removeprefix("Error: ")
    return " ".join(words.split())[:260].replace("|", "\\|")


def _exceptions(known: _Results) -> list[str]:
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


def _costs(known: _Results) -> list[str]:
    found = [
        (name, exporter, known(name, exporter)) for name in NETWORKS for exporter in EXPORTERS
    ]
    lines = ["## Costs", ""]
    ratios = [result["ratio"] for _, _, result in found if result.get("ratio")]
    if ratios:
        lines.append(
            f"- An explanation over plain inference: median {statistics.median(ratios):.2f}, "
            f"{sum(ratio <= 1.05 for ratio in ratios)} of {len(ratios)} at most 1.05."
        )
    builds = [
        (result["gradientMilliseconds"], result["nodes"], name, exporter)
        for name, exporter, result in found
        if result.get("gradientMilliseconds") is not None
    ]
    if builds:
        slowest = max(builds)
        lines.append(
            f"- Writing the gradient to the input: median "
            f"{statistics.median(build[0] for build in builds):.0f} ms, at most "
            f"{slowest[0]:.0f} ms ({slowest[2]}, {slowest[3]}, {slowest[1]} nodes)."
        )
    peaks = [(result["peak"] / 1e6, name) for name, _, result in found if result.get("peak")]
    if peaks:
        lines.append(f"- Memory at most {max(peaks)[0]:.0f} MB ({max(peaks)[1]}).")
    return lines + [""]


def _table(known: _Results) -> list[str]:
    lines = ["## Every network", ""]
    lines += ["Two numbers in a cell are TorchScript's and dynamo's.", ""]
    lines += [
        "| network | side | parameters | default layer | as usual | error at the layer "
        "| error at the input | of float32 | ratio | reading ms | gradient ms | load ms "
        "| peak MB |",
        "|---|--:|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in sorted(NETWORKS):
        each = [known(name, exporter) for exporter in EXPORTERS]
        if not any(each):
            continue
        network = NETWORKS[name]

        def cell(show, each=each) -> str:
            shown = [show(result) if result else "–" for result in each]
            return shown[0] if shown[0] == shown[1] else " / ".join(shown)

        def number(key: str, form: str, scale: float = 1):
            return lambda result: (
                form.format(result[key] * scale) if result.get(key) is not None else "–"
            )

        cells = [
            name,
            str(network.side),
            f"{network.parameters / 1e6:.1f} M",
            cell(lambda result: f"`{result['layer']}`" if "layer" in result else "–"),
            cell(lambda result: {True: "yes", False: "no"}.get(result.get("asExpected"), "–")),
            cell(number("layerError", "{:.0e}")),
            cell(number("inputError", "{:.0e}")),
            cell(number("inputFloat32", "{:.0e}")),
            cell(number("ratio", "{:.2f}")),
            cell(number("readingMilliseconds", "{:.0f}")),
            cell(number("gradientMilliseconds", "{:.0f}")),
            cell(lambda result: f"{result['milliseconds']['load']:.0f}"
                 if "milliseconds" in result else "–"),
            cell(number("peak", "{:.0f}", 1e-6)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines + [""]


def _families(known: _Results) -> list[str]:
    groups = collections.defaultdict(list)
    for network in NETWORKS.values():
        groups[(network.source, network.family.split("/")[0])].append(network)
    lines = ["## By source file", ""]
    lines += [
        "| library | file | networks | default layer | input | usual layer "
        "| operators to the input |"
    ]
    lines += ["|---|---|--:|--:|--:|--:|---|"]
    for (source, file), networks in sorted(groups.items()):
        found = [known(network.name, exporter) for network in networks for exporter in EXPORTERS]
        found = [result for result in found if result]
        operators = sorted({one for result in found for one in result.get("operatorsToInput", [])})
        cells = [
            f"{sum(map(layer_holds, found))} of {len(found)}",
            f"{sum(map(input_holds, found))} of {len(found)}",
            f"{sum(bool(result.get('asExpected')) for result in found)} of {len(found)}",
        ]
        lines.append(
            f"| {source} | {file} | {len(networks)} | {' | '.join(cells)} | {' '.join(operators)} |"
        )
    return lines + [""]


def _operators(known: _Results) -> list[str]:
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    for name in NETWORKS:
        for exporter in EXPORTERS:
            result = known(name, exporter)
            for operator in result.get("operatorsToLayer", []):
                counts[operator][0] += 1
                counts[operator][1] += layer_holds(result)
            for operator in result.get("operatorsToInput", []):
                counts[operator][2] += 1
                counts[operator][3] += input_holds(result)
    lines = ["## By operator", ""]
    lines += [
        "Exports with the operator between logits and layer, and between logits and input; of",
        "these, how many agree.",
        "",
    ]
    lines += ["| operator | to the layer | agree | to the input | agree |", "|---|--:|--:|--:|--:|"]
    for operator, cells in sorted(counts.items()):
        lines.append(f"| {operator} | {' | '.join(map(str, cells))} |")
    return lines + [""]


def write_failures(path: Path, notes, results) -> None:
    """What fails, in groups, those first that stop most networks."""
    known = _Results(notes, results)
    groups: dict[str, list[str]] = collections.defaultdict(list)
    examples: dict[str, str] = {}
    counts = collections.Counter()
    layers = []

    def add(reason: str, who: str) -> None:
        first = reason.splitlines()[0] if reason else "?"
        key = re.sub(r"\d+(\.\d+)?(e-?\d+)?", "N", re.sub(r"'[^']*'", "'…'", first))[:200]
        groups[key].append(who)
        examples.setdefault(key, f"{who}: {reason}")

    for name in NETWORKS:
        for exporter in EXPORTERS:
            who, error, result = (
                f"{name}-{exporter}", known.export_error(name, exporter), known(name, exporter)
            )
            if error:
                counts["not exported"] += 1
                add(f"not exported: {error}", who)
                continue
            if known.is_fixed(name, exporter):
                counts["fixed batch"] += 1
            if not result:
                if "error" in known.notes[name].get("reference", {}):
                    add(f"no reference: {known.notes[name]['reference']['error']}", who)
                counts["not measured yet"] += 1
                continue
            counts[result["verdict"]] += 1
            counts[f"usual layer: {result.get('asExpected')}"] += 1
            for operator in result.get("withoutRule") or []:
                word = operator if isinstance(operator, str) else operator.get("operator", operator)
                add(f"operator without a rule: {word}", who)
            for reason in result["reasons"]:
                add(reason, who)
            if result.get("asExpected") is False:
                shape = "×".join(map(str, result.get("shape", [])))
                expected = " or ".join(literature(NETWORKS[name]))
                layers.append(f"- {who}: '{result['layer']}' {shape}, usual: {expected}")
    lines = ["# Coverage: what is left", "", "Counts of (model, exporter):", ""]
    lines += [f"- {key}: {count}" for key, count in sorted(counts.items())]
    for key, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += ["", f"## {len(members)} × {key}", "", "```", examples[key][:900], "```", ""]
        lines.append(", ".join(members))
    lines += ["", "## Default layers that are not the usual ones", "", *layers]
    path.write_text("\n".join(lines) + "\n")
