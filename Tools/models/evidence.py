"""How a class's Grad-CAM is shared out among what lies in the pictures, in PyTorch."""

import numpy as np
import torch

from annotations import pixels_of
from pointing_game import classes_of, grad_cam


def shapes(record):
    """The pixels [H, W] of every kind of element in a picture."""
    masks = {}
    for element in record["elements"]:
        pixels = pixels_of(element["shape"], record["width"], record["height"])
        masks[element["class"]] = masks.get(element["class"], False) | pixels
    return masks


def shares(network, records, pictures, recipe):
    """For each class the mean share of the evidence on each kind of element, and of the area.

    A kind is counted in the pictures of the class that have it, what speaks for the class first.
    """
    result = {}
    for number, label in enumerate(recipe.labels):
        rows = [i for i, record in enumerate(records) if label in classes_of(record)]
        found = {}
        for start in range(0, len(rows), 64):
            chosen = rows[start : start + 64]
            for row, raw in zip(chosen, grad_cam(network, pictures[chosen], number)):
                record = records[row]
                heat = torch.relu(raw)[None, None]
                size = (record["height"], record["width"])
                whole = torch.nn.functional.interpolate(heat, size, mode="bilinear")[0, 0].numpy()
                total = whole.sum(dtype=np.float64)
                for name, mask in shapes(record).items():
                    part = whole[mask].sum(dtype=np.float64) / total if total > 0 else 0.0
                    found.setdefault(name, []).append((part, mask.mean()))
        wanted = (recipe.shows.get(label, label), *recipe.beside)
        result[label] = {
            name: {
                "pictures": len(found[name]),
                "evidence": round(float(np.mean([part for part, _ in found[name]])), 4),
                "area": round(float(np.mean([area for _, area in found[name]])), 4),
            }
            for name in wanted
            if name in found
        }
    return result
