"""Draws the sample pictures that ship beside the models, with their boxes.

    python Tools/models/samples.py

Four pages have four elements of different classes in their four quarters; each chart has one
pattern, and the last has none.
"""

import json

import candlesticks
import pages
from recipes import MODELS, RECIPES

PAGES = [
    ["table", "pie chart", "stamp", "photo"],
    ["bar chart", "barcode", "signature", "line chart"],
    ["photo", "qr code", "table", "stamp"],
    ["line chart", "signature", "pie chart", "barcode"],
]
"""The classes of the pages with four elements."""

SEED = 77
"""Neither the seed of the training set nor that of a held-out set."""


def quarters(page):
    """In which quarter of the page the middle of each element lies."""
    width, height = page.image.size
    return {
        ((box[0] + box[2]) / 2 > width / 2, (box[1] + box[3]) / 2 > height / 2)
        for _, box in page.elements
    }


def spread(classes, number):
    """The first page, from a number on, whose four elements lie in four quarters."""
    while True:
        page = pages.draw_page(SEED, number, 0.5, classes=classes)
        if len(quarters(page)) == 4:
            return pages.draw_page(SEED, number, 2.0, (768, 1024), classes)
        number += 1


def save(folder, pictures, kind):
    """Writes pictures and `boxes.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for number, picture in enumerate(pictures, 1):
        name = f"{kind}-{number}.jpg"
        picture.image.save(folder / name, quality=86)
        records.append(picture.record(name))
    (folder / "boxes.json").write_text(json.dumps(records, indent=1) + "\n")


def main():
    """Draws both sets of samples."""
    drawn = [spread(classes, 1000 * index) for index, classes in enumerate(PAGES)]
    drawn += [pages.draw_page(SEED, number, 2.0, (768, 1024)) for number in (5001, 5002)]
    save(MODELS / RECIPES["pages"].name / "samples", drawn, "page")
    drawn = [
        candlesticks.draw_chart(SEED, number, 2.0, (1024, 512), label)
        for number, label in enumerate(candlesticks.LABELS)
    ]
    save(MODELS / RECIPES["candlesticks"].name / "samples", drawn, "chart")


if __name__ == "__main__":
    main()
