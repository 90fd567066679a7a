"""BENCHMARKS.md: what was measured, beside what is promised."""

import statistics
from pathlib import Path

from gradcam_tools.page_part import write_part

INTRODUCTION = """\
# Benchmarks

Measured by `make bench`, which installs what it stands beside, exports the models, and lets everything
within a table take turns on the same machine. A ratio is the median of the ratios within a turn, so a
machine that slows down slows down both sides. Times are medians in milliseconds, with the least and
the most in brackets. Models have random weights, which change no time.
"""

_REDUCED = "gradcam, OpenVINO bf16"

_TITLES = {
    "latency": "One photo",
    "latency-1-thread": "One photo, one thread",
    "batch": "Eight photos",
    "precision": "Reduced precision",
    "precision-1-thread": "Reduced precision, one thread",
    "input": "The gradient to the input",
    "classes": "More classes of one photo",
    "depth": "Earlier layers",
    "memory": "Peak memory",
    "cold": "From the start of the process to a picture",
    "folder": "Folders of photos",
    "baked": "Baked models in Python's ONNX Runtime",
}


def write_page(path: Path, results: dict) -> None:
    """Replaces this module's part of the page; the rest of it stays."""
    parts = [_promises(results)]
    for figure, title in _TITLES.items():
        if figure in results:
            parts.append(_section(title, figure, results[figure]))
    write_part(path, "bench", "\n".join(parts), INTRODUCTION)


# What is promised


def _promises(results: dict) -> str:
    lines = ["## What is promised", "", "| figure | bar | measured |", "|---|---|---|"]
    for words, bar, measured in _measured(results):
        lines.append(f"| {words} | {bar} | {measured} |")
    return "\n".join(lines) + "\n"


def _measured(results: dict):
    rows = results.get("latency", {}).get("rows", {})
    ratios = {name: each["gradcam"]["ratio"] for name, each in rows.items()}
    if ratios:
        worst = max(ratios, key=ratios.get)
        yield ("explanation / plain inference, default layer", "≤ 1.02 median, ≤ 1.05 worst",
               f"{statistics.median(ratios.values()):.3f} median, {ratios[worst]:.3f} worst ({worst})")
    for package, words, bar in [
        ("pytorch-grad-cam", "faster than pytorch-grad-cam", "≥ 4 × each, ≥ 5 × median"),
        ("captum", "faster than captum's LayerGradCam", "≥ 1.3 × each, ≥ 2 × median"),
        ("torchcam", "faster than torchcam", "–"),
        ("hooks", "faster than the class with hooks", "–"),
        ("openvino_xai", "faster than openvino_xai's white box, float32", "≥ 1 × each"),
    ]:
        times = {name: each[package]["median"] / each["gradcam"]["median"]
                 for name, each in rows.items() if package in each}
        if times:
            least = min(times, key=times.get)
            yield (words, bar, f"{statistics.median(times.values()):.2f} × median, "
                               f"{times[least]:.2f} × least ({least})")
    for figure in ["precision", "precision-1-thread"]:
        rows = results.get(figure, {}).get("rows", {})
        reduced = {name: each[_REDUCED] for name, each in rows.items() if _REDUCED in each}
        if reduced:
            least = max(reduced, key=lambda name: reduced[name]["ratio"])
            likeness = min(each["correlation"] for each in reduced.values())
            words = "1 thread" if figure.endswith("1-thread") else f"{results[figure]['threads']} threads"
            yield (f"bfloat16, faster than float32, {words}", "≥ 1.6 ×; correlation ≥ 0.99",
                   f"{1 / reduced[least]['ratio']:.2f} × least ({least}); {likeness:.4f} least")
    for name, each in results.get("classes", {}).get("rows", {}).items():
        yield (f"1000 classes / 1 class, {name}", "≤ 1.2", f"{each['gradcam']['1000']['ratio']:.2f}")
    gradients = results.get("input", {}).get("rows", {})
    if gradients:
        ratios = {name: each["gradcam"]["ratio"] for name, each in gradients.items()}
        worst = max(ratios, key=ratios.get)
        yield ("gradient to the input / plain inference", "≤ 3.0",
               f"{statistics.median(ratios.values()):.2f} median, {ratios[worst]:.2f} worst ({worst})")
        times = {name: each["pytorch-input"]["median"] / each["gradcam"]["median"]
                 for name, each in gradients.items() if "pytorch-input" in each}
        if times:
            least = min(times, key=times.get)
            yield ("gradient to the input, faster than PyTorch's", "≥ 1.3 ×",
                   f"{statistics.median(times.values()):.2f} × median, "
                   f"{times[least]:.2f} × least ({least})")
    for name, each in results.get("cold", {}).get("rows", {}).items():
        yield (f"process start to picture, {name}, faster than the Python script", "≥ 10 ×",
               f"{each['pytorch-grad-cam']['ratio']:.1f} ×")
    if "vgg16" in results.get("memory", {}).get("rows", {}):
        yield ("peak memory / plain inference, vgg16", "≤ 1.1",
               f"{results['memory']['rows']['vgg16']['ratio']:.3f}")
    for name, each in results.get("folder", {}).get("rows", {}).items():
        largest = each[max(each, key=int)]["gradcam explain"]
        yield (f"folder of {max(each, key=int)} photos against plain inference alone, {name}", "≥ 0.95",
               f"{largest['speed beside plain']:.2f} (the usual way), "
               f"{largest['speed beside the faster plain']:.2f} (a thread a photo)")
    files = results.get("baked", {}).get("rows", {})
    if files:
        ratios = {name: each["baked"]["ratio"] for name, each in files.items()}
        worst = max(ratios, key=ratios.get)
        yield ("baked / plain model, Python's ONNX Runtime", "≤ 1.05",
               f"{statistics.median(ratios.values()):.3f} median, {ratios[worst]:.3f} worst ({worst})")


# Tables


def _section(title: str, figure: str, result: dict) -> str:
    machine = result["machine"]
    threads = "" if figure == "memory" else f", {result['threads']} threads".replace("1 threads", "1 thread")
    lines = [
        f"## {title}", "",
        f"{machine['processor']}, {machine['cores']} cores{threads}, load {machine['load before']} before.",
        "",
    ]
    rows = result["rows"]
    match figure:
        case "memory":
            lines += _memory(rows)
        case "folder":
            lines += [line for network in rows.values() for line in _folder(network)]
        case "classes":
            lines += [line for network in rows.values() for line in _classes(network)]
        case _:
            lines += _times(rows)
    return "\n".join(lines) + "\n"


def _times(rows: dict) -> list[str]:
    names = list(dict.fromkeys(name for each in rows.values() for name in each))
    lines = ["| network | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for network, each in rows.items():
        cells = [_cell(each[name]) if name in each else "–" for name in names]
        lines.append(f"| {network} | " + " | ".join(cells) + " |")
    return lines


def _cell(row: dict) -> str:
    digits = 0 if row["median"] >= 1000 else 1
    ratio = f" × {row['ratio']:.2f}" if "ratio" in row else ""
    likeness = f", r = {row['correlation']:.4f}" if "correlation" in row else ""
    return (f"**{row['median']:.{digits}f}**{ratio} "
            f"({row['least']:.{digits}f}–{row['most']:.{digits}f}){likeness}")


def _classes(network: dict) -> list[str]:
    counts = list(network["gradcam"])
    lines = ["| classes | " + " | ".join(counts) + " |", "|---" * (len(counts) + 1) + "|"]
    for name, each in network.items():
        cells = [_cell(each[count]) if count in each else "–" for count in counts]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _memory(rows: dict) -> list[str]:
    lines = ["| network | plain, MiB | explained, MiB | ratio |", "|---|---|---|---|"]
    return lines + [
        f"| {name} | {each['plain']:.0f} | {each['explanation']:.0f} | {each['ratio']:.3f} |"
        for name, each in rows.items()
    ]


def _folder(network: dict) -> list[str]:
    names = list(next(iter(network.values())))
    lines = ["| photos | " + " | ".join(names) + " | speed beside plain |", "|---" * (len(names) + 2) + "|"]
    for count, each in network.items():
        speed = each["gradcam explain"]["speed beside plain"]
        cells = " | ".join(_cell(each[name]) for name in names)
        lines.append(f"| {count} | {cells} | {speed:.2f} |")
    return lines
