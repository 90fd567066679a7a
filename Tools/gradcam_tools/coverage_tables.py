"""The long tables of COVERAGE.md: by network, by source file, by operator."""

import collections

from gradcam_tools.coverage_known import Known, input_holds, layer_holds
from gradcam_tools.export import EXPORTERS
from gradcam_tools.networks import NETWORKS


def network_table(known: Known) -> list[str]:
    lines = ["## Every network", ""]
    lines += [
        "Two values in a cell are TorchScript's and dynamo's. *float32* is the error of PyTorch's",
        "own float32 at the input; *plain* a plain inference, *ratio* an explanation over it;",
        "*read* the milliseconds to read the model, *gradient* those to write its gradient to the",
        "input; *peak* the memory of a process that explains.",
        "",
    ]
    lines += [
        "| network | side | parameters | default layer | usual | layer error | input error "
        "| float32 | plain ms | ratio | read ms | gradient ms | peak MB |",
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
            cell(number("plainMilliseconds", "{:.0f}")),
            cell(number("ratio", "{:.2f}")),
            cell(number("readingMilliseconds", "{:.0f}")),
            cell(number("gradientMilliseconds", "{:.0f}")),
            cell(number("peak", "{:.0f}", 1e-6)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines + [""]


def file_table(known: Known) -> list[str]:
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


def operator_table(known: Known) -> list[str]:
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
