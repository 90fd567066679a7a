"""Evaluates methods on photos with annotations by the built command, and writes EVALUATION.md.

Each run is one command; what it reports is kept in `.cache/evaluation` as long as the build and the
arguments are the same, and an interrupted run goes on where it stopped.

    python3 Tools/evaluation.py --data ../shared/data
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMAND = ROOT / ".build/release/gradcam"
CACHE = ROOT / ".cache/evaluation"
PAGE = ROOT / "EVALUATION.md"

METHODS = ["gradcam", "gradcam++", "xgradcam", "hirescam", "layercam", "eigencam"]
SQUEEZENET = "models/squeezenet1_1_torchvision.onnx"
MOBILENET = "models/mobilenet_v2_1.0_224_coral.onnx"
SMALL_MOBILENET = "models/mobilenet_v1_0.25_128_coral.onnx"
LABELS = ["--labels", "imagenet", "--geometry", "squash"]
TENSORFLOW = LABELS + ["--preprocess", "tf"]
BOXES = "photos/imagenet_val_boxes"
COCO = "photos/coco"
FAITHFULNESS = ["deletion,steps=20", "insertion,steps=20", "average-drop", "increase-in-confidence", "average-gain"]

# What is run: a title, the model, the data, arguments, and methods.  SqueezeNet averages a map a class, at
# which the CAM methods with gradients are one and the same.
RUNS = [
    (
        "SqueezeNet 1.1, 300 boxed photos of ImageNet",
        SQUEEZENET,
        BOXES,
        LABELS + ["--metric", "localisation", "--metric", "map"],
        ["gradcam"],
    ),
    (
        "SqueezeNet 1.1, 68 pairs of a COCO photo and a class of ImageNet, with masks",
        SQUEEZENET,
        COCO,
        LABELS + ["--annotations", "pairs", "--metric", "localisation"],
        ["gradcam"],
    ),
    (
        "MobileNet v2, 300 boxed photos, six methods",
        MOBILENET,
        BOXES,
        TENSORFLOW + ["--metric", "localisation", "--metric", "map"],
        METHODS,
    ),
    (
        "MobileNet v2, the 68 pairs",
        MOBILENET,
        COCO,
        TENSORFLOW + ["--annotations", "pairs", "--metric", "localisation"],
        METHODS,
    ),
    (
        "MobileNet v1 0.25 of 128 pixels, the 300 photos: what the model says of changed ones",
        SMALL_MOBILENET,
        BOXES,
        TENSORFLOW + [word for name in FAITHFULNESS for word in ("--metric", name)],
        ["gradcam", "layercam", "eigencam"],
    ),
]


def report(data: pathlib.Path, run: tuple) -> tuple[dict, list[str], float]:
    """What a run reports, the arguments after the program, and how many seconds it took."""
    _, model, photos, options, methods = run
    words = [str(data / model), str(data / photos), *options]
    words += [word for name in methods for word in ("--method", name)]
    build = hashlib.sha256(COMMAND.read_bytes()).hexdigest()
    key = hashlib.sha256(json.dumps([build, words]).encode()).hexdigest()[:16]
    kept = CACHE / f"{key}.json"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        start = time.monotonic()
        output = subprocess.run(
            [COMMAND, "evaluate", *words, "--json"], check=True, capture_output=True, text=True
        ).stdout
        kept.write_text(json.dumps({"seconds": time.monotonic() - start, "report": json.loads(output)}))
    found = json.loads(kept.read_text())
    shown = [word.replace(str(data), "DATA") for word in words]
    return found["report"], shown, found["seconds"]


def number(value: float | None) -> str:
    """A mean as the tables show it."""
    return "–" if value is None else f"{value:.3f}"


def cell(values: list[dict], way: str, metric: str, part: str) -> str:
    """A mean with its interval."""
    for value in values:
        if (value["way"], value["metric"], value["part"]) == (way, metric, part):
            low, high = value["interval"] or (None, None)
            return f"{number(value['mean'])} [{number(low)}, {number(high)}]"
    return "–"


def tables(found: dict) -> list[str]:
    """Methods × metrics, over all cases and over those whose middle is outside."""
    lines = []
    for part, title in [("all", "all cases"), ("centre-outside", "cases whose middle is not on the class")]:
        centre = next((one for one in found["centre"] if one["part"] == part), None)
        if centre is None:
            continue
        lines += [f"**{title[0].upper()}{title[1:]}** ({centre['count']}); the centre alone: "
                  f"{centre['mean']:.1%}", ""]
        metrics = found["metrics"]
        arrows = ["↑" if metric["higherIsBetter"] else "↓" for metric in metrics]
        heads = [f"{metric['name']} {arrow}" for metric, arrow in zip(metrics, arrows)]
        lines += ["| way | " + " | ".join(heads) + " |", "|---|" + "---|" * len(metrics)]
        for way in found["ways"]:
            cells = [cell(found["values"], way["title"], metric["name"], part) for metric in metrics]
            name = f"*{way['title']}*" if way["control"] else way["title"]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
    return lines


def against_controls(found: dict, metric: str, part: str) -> list[dict]:
    """Grad-CAM against each control on one metric, with a verdict.

    p-values are adjusted by Holm for the controls there are, which is the question asked here.
    """
    controls = [way["title"] for way in found["ways"] if way["control"]]
    rows = [
        one
        for one in found["comparisons"]
        if one["first"] == "Grad-CAM" and one["second"] in controls
        and (one["metric"], one["part"]) == (metric, part)
    ]
    is_higher = next(one["higherIsBetter"] for one in found["metrics"] if one["name"] == metric)
    largest = 0.0
    for place, one in enumerate(sorted(rows, key=lambda one: one["p"])):
        largest = max(largest, min(1.0, (len(rows) - place) * one["p"]))
        one["holm"] = largest
    for one in rows:
        low, high = one["interval"]
        better = low > 0 if is_higher else high < 0
        worse = high < 0 if is_higher else low > 0
        certain = one["holm"] < 0.05
        one["verdict"] = (
            ("yes" if certain else "by the interval alone") if better
            else "no, it is worse" if worse and certain else "not shown"
        )
    return rows


def verdicts(found: dict, names: list[tuple[str, str]]) -> list[str]:
    """Whether Grad-CAM beats every control, with the interval of the difference."""
    lines = []
    for metric, part in names:
        for one in against_controls(found, metric, part):
            low, high = one["interval"]
            where = "all" if part == "all" else "middle outside"
            lines.append(
                f"| {metric}, {where} | {one['second']} | {one['difference']:+.3f} "
                f"[{low:+.3f}, {high:+.3f}] | {one['holm']:.4f} | {one['verdict']} |"
            )
    head = ["| metric | control | Grad-CAM less control | p, adjusted | beaten |", "|---|---|---|---|---|"]
    return head + lines + [""] if lines else []


def answers(title: str, found: dict) -> list[str]:
    """Whether Grad-CAM beats every control on the two questions that say most."""
    lines = []
    questions = [("iou", "all", "IoU, all cases"), ("pointing-game", "centre-outside", "pointing game, middle outside")]
    for metric, part, question in questions:
        if metric not in [one["name"] for one in found["metrics"]]:
            continue
        rows = against_controls(found, metric, part)
        cells = []
        for one in rows:
            low, high = one["interval"]
            cells.append(f"{one['verdict']}: {one['difference']:+.3f} [{low:+.3f}, {high:+.3f}], p {one['holm']:.4f}")
        lines.append(f"| {title} | {question} | " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Runs everything and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    data = parser.parse_args().data
    found = []
    for run in RUNS:
        found.append(report(data, run))
        print(f"{run[0]}: {found[-1][2]:.0f} s", flush=True)
    lines = [
        "# Evaluation", "",
        "Written by `make evaluation`, which runs `gradcam evaluate` once for each section; numbers are "
        "as measured. A cell is a mean with its 95 % bootstrap interval; controls are in italics. "
        "[COMMAND.md](COMMAND.md#gradcam-evaluate) says what everything means. Photos of ImageNet show "
        "their class in the middle, so a pointing game over all of them says little: what counts are the "
        "cases whose middle is not on the class.", "",
        "## Does Grad-CAM beat every control?", "",
        "Differences on the same cases with their 95 % intervals, and p-values of a paired permutation "
        "test, adjusted by Holm for the three controls. *Yes*: the interval leaves zero out and the adjusted "
        "p is below 0.05; *by the interval alone*: only the former.", "",
        "| | question | Random-CAM | Centre | Edges |", "|---|---|---|---|---|",
    ]
    for run, (one, _, _) in zip(RUNS, found):
        lines += answers(run[0], one)
    lines.append("")
    for run, (one, words, seconds) in zip(RUNS, found):
        problems = one["annotations"]["problemCounts"]
        lines += [f"## {run[0]}", "", "    gradcam evaluate " + " ".join(words), ""]
        rate = one["accuracy"]
        lines += [
            f"{one['photos']} photos, {one['cases']} cases; the model is right on "
            f"{rate['rate']:.1%}; problems with annotations: {problems or 'none'}; "
            f"{seconds:.0f} s on two shared cores.", "",
        ]
        lines += tables(one)
        names = [(metric["name"], part) for metric in one["metrics"] for part in ("all", "centre-outside")]
        wanted = ("iou", "mask-iou", "pointing-game", "energy-pointing-game", "deletion", "insertion")
        lines += verdicts(one, [name for name in names if name[0] in wanted])
    PAGE.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
