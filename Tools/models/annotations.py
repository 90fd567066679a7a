"""Ground truth as COCO JSON: a box, and a polygon or run lengths, for everything in a picture."""

import json

import numpy as np
from PIL import Image, ImageDraw


def run_lengths(mask) -> list[int]:
    """How many pixels [H, W] in turn are off and on, column by column, off first."""
    flat = np.asarray(mask, bool).T.reshape(-1)
    edges = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff([0, *edges.tolist(), flat.size]).tolist()
    return [0, *counts] if flat[0] else counts


def pixels_of(segmentation, width, height):
    """The pixels [H, W] of a `segmentation`, polygons or run lengths."""
    if isinstance(segmentation, list):
        canvas = Image.new("1", (width, height))
        for outline in segmentation:
            ImageDraw.Draw(canvas).polygon(outline, fill=1)
        return np.asarray(canvas)
    flags = np.zeros(width * height, bool)
    place, on = 0, False
    for count in segmentation["counts"]:
        flags[place : place + count] = on
        place, on = place + count, not on
    return flags.reshape(width, height).T


def read_annotations(folder):
    """The pictures of `annotations.json`, each with the list of its elements."""
    truth = json.loads((folder / "annotations.json").read_text())
    names = {category["id"]: category["name"] for category in truth["categories"]}
    records = {image["id"]: {**image, "elements": []} for image in truth["images"]}
    for entry in truth["annotations"]:
        x, y, width, height = entry["bbox"]
        records[entry["image_id"]]["elements"].append(
            {
                "class": names[entry["category_id"]],
                "box": [x, y, x + width, y + height],
                "shape": entry["segmentation"],
            }
        )
    return list(records.values())


def shape_of(element, width, height):
    """An element's `segmentation`, and its area in pixels."""
    area = int(element.pixels(width, height).sum())
    if element.mask is not None:
        return {"size": [height, width], "counts": run_lengths(element.mask)}, area
    if element.outline is not None:
        return [[round(part, 1) for point in element.outline for part in point]], area
    x0, y0, x1, y1 = element.box
    return [[x0, y0, x1, y0, x1, y1, x0, y1]], area


class Annotations:
    """The ground truth of a folder's pictures, gathered one by one."""

    def __init__(self, names=()):
        self.numbers = {name: number for number, name in enumerate(names, 1)}
        self.images = []
        self.entries = []

    def add(self, file, picture):
        """Takes a picture's elements."""
        width, height = picture.image.size
        image = {"id": len(self.images) + 1, "file_name": file, "width": width, "height": height}
        if picture.label is not None:
            image["class"] = picture.label
        self.images.append(image)
        for element in picture.elements:
            x0, y0, x1, y1 = element.box
            segmentation, area = shape_of(element, width, height)
            self.entries.append(
                {
                    "id": len(self.entries) + 1,
                    "image_id": image["id"],
                    "category_id": self.numbers.setdefault(element.name, len(self.numbers) + 1),
                    "bbox": [round(part, 1) for part in (x0, y0, x1 - x0, y1 - y0)],
                    "area": area,
                    "iscrowd": 0,
                    "segmentation": segmentation,
                }
            )

    def write(self, path):
        """Writes the file, a line an entry."""
        categories = [{"id": number, "name": name} for name, number in self.numbers.items()]
        parts = {"images": self.images, "annotations": self.entries, "categories": categories}
        lists = []
        for key, entries in parts.items():
            lines = ",\n".join("  " + json.dumps(entry, separators=(",", ":")) for entry in entries)
            lists.append(f' "{key}": [\n{lines}\n ]')
        path.write_text("{\n" + ",\n".join(lists) + "\n}\n")
