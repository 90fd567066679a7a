"""COVERAGE.md and the list of what is left to do, from the results as they lie."""

import collections
import re
from pathlib import Path

from gradcam_tools.export import EXPORTERS
from gradcam_tools.networks import NETWORKS


def write_page(*a): pass


def write_failures(path: Path, notes, results) -> None:
    """What fails, in groups, those first that stop most models."""
    groups: dict[str, list[str]] = collections.defaultdict(list)
    examples: dict[str, str] = {}
    counts = collections.Counter()
    layers = []
    for name in NETWORKS:
        known, found = notes[name], results[name]
        for exporter in EXPORTERS:
            who = f"{name}-{exporter}"
            if "error" in known.get(exporter, {}):
                counts["not exported"] += 1
                _add(groups, examples, f"not exported: {known[exporter]['error']}", who)
                continue
            if known.get(exporter, {}).get("batch") == "fixed":
                counts["fixed batch"] += 1
            if exporter not in found:
                if "error" in known.get("reference", {}):
                    _add(groups, examples, f"no reference: {known['reference']['error']}", who)
                counts["not measured yet"] += 1
                continue
            result = found[exporter]
            counts[result["verdict"]] += 1
            counts[f"as expected: {result.get('asExpected')}"] += 1
            for operator in result.get("withoutRule") or []:
                word = operator if isinstance(operator, str) else operator.get("operator", operator)
                _add(groups, examples, f"operator without a rule: {word}", who)
            for reason in result["reasons"]:
                _add(groups, examples, reason, who)
            if result.get("asExpected") is False:
                expected = result.get("expected")
                layers.append(f"- {who}: '{result['layer']}', expected {expected}")
    lines = ["# Coverage: what is left", "", "Counts of (model, exporter):", ""]
    lines += [f"- {key}: {count}" for key, count in sorted(counts.items())]
    for key, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += ["", f"## {len(members)} × {key}", "", "```", examples[key][:900], "```", ""]
        lines.append(", ".join(members))
    lines += ["", "## Default layers that are not the expected ones", "", *layers]
    path.write_text("\n".join(lines) + "\n")


def _add(groups, examples, reason: str, who: str) -> None:
    first = reason.splitlines()[0] if reason else "?"
    key = re.sub(r"\d+(\.\d+)?(e-?\d+)?", "N", re.sub(r"'[^']*'", "'…'", first))[:200]
    groups[key].append(who)
    examples.setdefault(key, f"{who}: {reason}")
