"""The pointing game in PyTorch: does the peak of a class's Grad-CAM lie in one of its boxes?

    python Tools/models/pointing_game.py DIR

reads a folder written by `pages.py` and the checkpoint that `train.py pages` left in
`.cache/models`. It uses autograd alone, so that it checks the command's numbers another way.
"""

import argparse
import pathlib

import numpy as np
import torch
from PIL import Image

from annotations import read_annotations


def grad_cam(network, pictures, label):
    """Raw Grad-CAM maps [N, h, w] of one class at the network's last feature map."""
    with torch.no_grad():
        features = network.map(pictures)
    features.requires_grad_()
    logits = network.head(features)
    (gradient,) = torch.autograd.grad(logits[:, label].sum(), features)
    weights = gradient.mean((2, 3), keepdim=True)
    return (weights * features).sum(1).detach()


def peak(raw, width, height):
    """The pixel where ReLU of the upsampled map is highest, or None for a map that is zero."""
    heat = torch.relu(raw)[None, None]
    if float(heat.max()) <= 0:
        return None
    whole = torch.nn.functional.interpolate(
        heat, (height, width), mode="bilinear", align_corners=False
    )
    place = int(whole.argmax())
    return place % width, place // width


def inside(point, boxes):
    """Whether a point lies in any of the boxes."""
    return point is not None and any(
        x0 <= point[0] + 0.5 < x1 and y0 <= point[1] + 0.5 < y1 for x0, y0, x1, y1 in boxes
    )


def read_folder(folder, recipe):
    """The records of a folder and its pictures squashed to the input size, as a tensor."""
    records = read_annotations(folder)
    pictures = []
    gray = len(recipe.mean) == 1
    for record in records:
        with Image.open(folder / record["file_name"]) as image:
            whole = image.convert("L" if gray else "RGB")
        small = np.asarray(whole.resize(recipe.size, Image.Resampling.BILINEAR))
        pictures.append(small[..., None] if gray else small)
    return records, recipe.transform(np.stack(pictures))


def classes_of(record):
    """The classes of a picture: its own where it states one, else those of its elements."""
    return [record["class"]] if "class" in record else [e["class"] for e in record["elements"]]


def play(network, records, pictures, recipe):
    """Hits and tries per class over every picture that shows the class."""
    network.eval()
    score = {}
    for number, label in enumerate(recipe.labels):
        wanted = recipe.shows.get(label, label)
        rows = [
            i
            for i, r in enumerate(records)
            if label in classes_of(r) and any(e["class"] == wanted for e in r["elements"])
        ]
        hits = 0
        for start in range(0, len(rows), 64):
            chosen = rows[start : start + 64]
            for row, raw in zip(chosen, grad_cam(network, pictures[chosen], number)):
                record = records[row]
                boxes = [e["box"] for e in record["elements"] if e["class"] == wanted]
                hits += inside(peak(raw, record["width"], record["height"]), boxes)
        score[label] = (hits, len(rows))
    return score


def main():
    """Prints hits, tries and rate per class."""
    from recipes import RECIPES

    parser = argparse.ArgumentParser(description="Play the pointing game with PyTorch.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--model", choices=sorted(RECIPES), default="pages")
    options = parser.parse_args()
    recipe = RECIPES[options.model]
    records, pictures = read_folder(options.folder, recipe)
    score = play(recipe.trained(), records, pictures, recipe)
    for label, (hits, tries) in score.items():
        print(f"{label:22} {hits:4} of {tries:4}  {hits / max(1, tries):.3f}")


if __name__ == "__main__":
    main()
