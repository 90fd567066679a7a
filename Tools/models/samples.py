"""Draws the sample pictures that ship beside the models, with their boxes.

    python Tools/models/samples.py

Four pages have four elements of different classes in their four quarters; each chart has one
pattern, and the last has none; every lot has shadows; most X-rays have an opacity and a marker.
"""

import candlesticks
import lots
import pages
import xrays
from picture import write_pictures
from recipes import MODELS

PAGES = [
    ["table", "pie chart", "stamp", "photo"],
    ["bar chart", "barcode", "signature", "line chart"],
    ["photo", "qr code", "table", "stamp"],
    ["line chart", "signature", "pie chart", "barcode"],
]
"""The classes of the pages with four elements."""

XRAYS = [("opacity", True)] * 6 + [("opacity", False), ("clear", True), ("clear", False)]
"""The class of each X-ray and whether a marker is in a corner."""

SEED = 77
"""Neither the seed of the training set nor that of a held-out set."""


def quarters(page):
    """In which quarter of the page the middle of each element lies."""
    width, height = page.image.size
    return {
        ((box[0] + box[2]) / 2 > width / 2, (box[1] + box[3]) / 2 > height / 2)
        for box in (element.box for element in page.elements)
    }


def spread(classes, number):
    """The first page, from a number on, whose four elements lie in four quarters."""
    while True:
        page = pages.draw_page(SEED, number, 0.5, classes=classes)
        if len(quarters(page)) == 4:
            return pages.draw_page(SEED, number, 2.0, (768, 1024), classes)
        number += 1


def named(pictures, kind):
    """Pictures with the names of their files."""
    return [(f"{kind}-{number}.jpg", picture) for number, picture in enumerate(pictures, 1)]


def shaded(label, number):
    """The first lot of a class, from a number on, with as many shadows as are worth a look."""
    while True:
        lot = lots.draw_lot(SEED, number, 1.0, label=label)
        shadow = sum(part.mask.mean() for part in lot.elements if part.name == "shadow")
        if 0.06 < shadow < 0.3:
            return lot
        number += 1


def main():
    """Draws all sets of samples."""
    drawn = [spread(classes, 1000 * index) for index, classes in enumerate(PAGES)]
    drawn += [pages.draw_page(SEED, number, 2.0, (768, 1024)) for number in (5001, 5002)]
    write_pictures(named(drawn, "page"), MODELS / "document-pages" / "samples", 86)
    drawn = [
        candlesticks.draw_chart(SEED, number, 2.0, (1024, 512), label)
        for number, label in enumerate(candlesticks.LABELS)
    ]
    write_pictures(named(drawn, "chart"), MODELS / "candlesticks" / "samples", 86)
    drawn = [
        shaded(label, 100 * index)
        for index, label in enumerate(["high traffic", "low traffic"] * 3)
    ]
    write_pictures(named(drawn, "lot"), MODELS / "parking-lots" / "samples", 80)
    drawn = [
        xrays.draw_xray(SEED, number, 1.0, label=label, marked=marked)
        for number, (label, marked) in enumerate(XRAYS)
    ]
    write_pictures(named(drawn, "xray"), MODELS / "chest-xrays" / "samples", 86)


if __name__ == "__main__":
    main()
