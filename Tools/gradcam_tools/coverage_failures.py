"""The list of what is left to do."""

import collections
import re
from pathlib import Path

from gradcam_tools.coverage_known import Known
from gradcam_tools.export import EXPORTERS
from gradcam_tools.literature import literature
from gradcam_tools.networks import NETWORKS


def write_failures(path: Path, notes, results) -> None:
    """What fails, in groups, those first that stop most networks."""
    known = Known(notes, results)
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
