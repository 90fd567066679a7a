"""Writes a network as ONNX by both exporters, measures the file that ships, fills its card."""

import copy
import json
import re

import numpy as np
import onnx
import onnxruntime
import torch

from dataset import CACHE
from pointing_game import classes_of
from recipes import MODELS


def write(recipe, network):
    """Exports by both exporters, checks that they agree, returns the path of the one that ships."""
    shipped = copy.deepcopy(network).eval().to(memory_format=torch.contiguous_format)
    if recipe.multi_label:
        shipped.last = torch.nn.Sigmoid()
    width, height = recipe.size
    sample = torch.randn(2, len(recipe.mean), height, width)
    output = output_name(recipe)
    names = {"input_names": ["image"], "output_names": [output]}
    paths = {
        "torchscript": CACHE / f"{recipe.name}-torchscript.onnx",
        "dynamo": CACHE / f"{recipe.name}-dynamo.onnx",
    }
    torch.onnx.export(
        shipped,
        (sample,),
        str(paths["torchscript"]),
        opset_version=17,
        dynamo=False,
        dynamic_axes={"image": {0: "batch"}, output: {0: "batch"}},
        **names,
    )
    torch.onnx.export(
        shipped,
        (sample,),
        str(paths["dynamo"]),
        opset_version=18,
        dynamo=True,
        external_data=False,
        dynamic_shapes={"image": {0: torch.export.Dim("batch")}},
        **names,
    )
    with torch.no_grad():
        expected = shipped(sample[:1]).numpy()
    for path in paths.values():
        difference = np.abs(run(path, sample[:1].numpy()) - expected).max()
        if difference > 1e-4:
            raise SystemExit(f"'{path.name}' differs from PyTorch by {difference}")
    model = onnx.load(paths[recipe.exporter])
    for node in model.graph.node:
        # Where in which file a node was traced says something about a machine, not about the model.
        kept = [entry for entry in node.metadata_props if not entry.key.endswith("stack_trace")]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    note = {
        "labels": json.dumps(recipe.labels),
        "mean": json.dumps(recipe.mean),
        "std": json.dumps(recipe.std),
    }
    for key, value in note.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(model)
    folder = MODELS / recipe.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{recipe.name}.onnx"
    onnx.save(model, path)
    print(path.name, path.stat().st_size, "bytes")
    return path


def output_name(recipe):
    """What the model gives out."""
    return "probabilities" if recipe.multi_label else "logits"


def run(path, pictures):
    """The outputs of a model file for a batch."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": pictures})[0]


def measure(recipe, path, records, pictures):
    """Accuracy of the file per class on held-out pictures; recall and precision beside it."""
    truth = np.array([[label in classes_of(r) for label in recipe.labels] for r in records])
    rows = [run(path, pictures[i : i + 50].numpy()) for i in range(0, len(pictures), 50)]
    outputs = np.concatenate(rows)
    if recipe.multi_label:
        said = outputs > 0.5
    else:
        if "none" in recipe.labels:
            truth[~truth.any(1), recipe.labels.index("none")] = True
        said = outputs == outputs.max(1, keepdims=True)
    classes = {}
    for number, label in enumerate(recipe.labels):
        yes, got = truth[:, number], said[:, number]
        classes[label] = {
            "pictures": int(yes.sum()),
            "accuracy": round(float((yes == got).mean()), 4),
            "recall": round(float((yes & got).sum() / max(1, yes.sum())), 4),
            "precision": round(float((yes & got).sum() / max(1, got.sum())), 4),
        }
    if recipe.multi_label:
        whole = float((truth == said).mean())
    else:
        whole = float((truth & said).any(1).mean())
    return {"accuracy": round(whole, 4), "classes": classes}


def describe(recipe, measured, count, seed):
    """Writes `labels.txt` and `model.json`, and the measured part of the card."""
    folder = MODELS / recipe.name
    (folder / "labels.txt").write_text("\n".join(recipe.labels) + "\n")
    played = measured.pop("pointingGame")
    for label, (hits, tries) in played.items():
        if tries:
            measured["classes"][label]["pointingGame"] = {"hits": hits, "tries": tries}
    shared = measured.pop("evidence")
    for label, rows in shared.items():
        if rows:
            measured["classes"][label]["evidence"] = rows
    description = {
        "name": recipe.name,
        "file": f"{recipe.name}.onnx",
        "labels": recipe.labels,
        "input": {
            "name": "image",
            "width": recipe.size[0],
            "height": recipe.size[1],
            "channels": "RGB" if len(recipe.mean) == 3 else "gray",
            "layout": "NCHW",
            "resize": "squash",
            "resampling": "bilinear",
            "mean": recipe.mean,
            "std": recipe.std,
        },
        "output": output_name(recipe),
        "multiLabel": recipe.multi_label,
        "exporter": recipe.exporter,
        "heldOut": {"seed": seed, "count": count, **measured},
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n")
    lines = [
        f"Held-out set: {count} pictures of seed {seed}; the file that ships, run by ONNX Runtime. "
        f"Accuracy: **{measured['accuracy']:.1%}**.",
        "",
        "| class | pictures | accuracy | recall | precision | pointing game |",
        "|---|---|---|---|---|---|",
    ]
    for label, row in measured["classes"].items():
        game = row.get("pointingGame")
        shown = (
            f"{game['hits']} of {game['tries']} ({game['hits'] / game['tries']:.1%})"
            if game
            else "–"
        )
        lines.append(
            f"| {label} | {row['pictures']} | {row['accuracy']:.1%} | {row['recall']:.1%} "
            f"| {row['precision']:.1%} | {shown} |"
        )
    if recipe.beside:
        lines += [
            "",
            "| evidence for | on | share of the evidence | share of the area | pictures |",
        ]
        lines.append("|---|---|---|---|---|")
        for label, rows in shared.items():
            for name, row in rows.items():
                lines.append(
                    f"| {label} | {name} | {row['evidence']:.1%} | {row['area']:.1%} "
                    f"| {row['pictures']} |"
                )
    table = "\n".join(lines)
    print(table)
    card = folder / "README.md"
    if card.exists():
        text = re.sub(
            r"(<!-- measured -->\n).*?(<!-- end -->)",
            lambda m: m[1] + table + "\n" + m[2],
            card.read_text(),
            flags=re.DOTALL,
        )
        card.write_text(text)
