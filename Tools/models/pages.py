"""Draws cluttered document pages with ground-truth boxes; a page depends on its seed and number.

    python Tools/models/pages.py --seed 10 --count 300 --output DIR

writes JPEG pages, and where their elements are as COCO in `annotations.json`.
"""

import argparse
import math
import pathlib
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import page_charts
import page_marks
from drawing import INKS, SERIES, lighten, soft_noise, text_strips
from page_distractors import DISTRACTORS
from picture import Element, Picture, write_pictures

WIDTH, HEIGHT = 768, 1024
"""The size of a page in page units."""

ELEMENTS = [
    ("table", page_charts.table, (220, 400), (120, 260)),
    ("bar chart", page_charts.bar_chart, (180, 310), (140, 230)),
    ("line chart", page_charts.line_chart, (180, 310), (140, 230)),
    ("pie chart", page_charts.pie_chart, (140, 260), (120, 190)),
    ("signature", page_marks.signature, (160, 270), (65, 115)),
    ("stamp", page_marks.stamp, (110, 175), (110, 175)),
    ("photo", page_marks.photo, (130, 310), (110, 230)),
    ("barcode", page_marks.barcode, (150, 260), (65, 115)),
    ("qr code", page_marks.qr_code, (95, 150), (95, 150)),
]
"""Each class with its drawing function and its range of widths and of heights in page units."""

LABELS = [name for name, *_ in ELEMENTS]
"""The classes in the order of the model's outputs."""

PRESENCE = 0.44
"""The chance of each class on a page that is not bare, independent of the others."""


def draw_page(seed: int, number: int, scale: float, size=None, classes=None) -> Picture:
    """Draws page `number` of a seed at `scale` pixels per page unit, resampled to `size` if given.

    `classes` fixes which classes are on the page, each once; otherwise each is drawn by chance.
    """
    rng = random.Random(f"page/{seed}/{number}")
    wanted = choose(rng, classes)
    placed = arrange(rng, wanted)
    page = paper(rng, scale)
    elements = []
    obstacles = []
    pieces = []
    for name, draw, box in placed:
        left, top, width, height = (round(part * scale) for part in box)
        piece = draw(rng, max(8, width), max(8, height), scale)
        if piece.width > width or piece.height > height:
            piece.thumbnail((width, height), Image.Resampling.BILINEAR)
        ink = piece.getchannel("A").point(lambda value: 255 * (value > 24)).getbbox()
        if ink is None:
            continue
        bounds = (left + ink[0], top + ink[1], left + ink[2], top + ink[3])
        pieces.append((piece, (left, top)))
        if name is not None:
            elements.append((name, bounds))
        over_text = name in ("stamp", "signature") and rng.random() < 0.3
        if not over_text:
            obstacles.append(bounds)
    fill_text(rng, page, obstacles, scale)
    for piece, corner in pieces:
        page.paste(piece, corner, piece)
    return wear(rng, page, elements, scale, size)


def choose(rng, classes):
    """The elements and distractors of a page as (class or None, function, width, height)."""
    if classes is None:
        bare = rng.random() < 0.07
        classes = []
        for name in LABELS:
            if rng.random() < (0 if bare else PRESENCE):
                classes += [name] * (2 if rng.random() < 0.1 else 1)
    table = {name: rest for name, *rest in ELEMENTS}
    chosen = [(name, *table[name]) for name in classes]
    for entry in DISTRACTORS:
        if rng.random() < 0.16:
            chosen.append((None, *entry))
    return [
        (name, draw, rng.uniform(*widths), rng.uniform(*heights))
        for name, draw, widths, heights in chosen
    ]


def arrange(rng, wanted):
    """Places every piece without overlap; when a page gets full, everything on it shrinks a little.

    Elements are never dropped: that would make full pages say something about the classes on them.
    """
    shrink = 1.0
    while True:
        boxes, placed, done = [], [], True
        for name, draw, width, height in sorted(wanted, key=lambda piece: -piece[2] * piece[3]):
            width, height = width * shrink, height * shrink
            for _ in range(60):
                left = rng.uniform(24, WIDTH - 24 - width)
                top = rng.uniform(24, HEIGHT - 24 - height)
                gap = 14
                if all(
                    left + width + gap < x
                    or x + w + gap < left
                    or top + height + gap < y
                    or y + h + gap < top
                    for x, y, w, h in boxes
                ):
                    boxes.append((left, top, width, height))
                    placed.append((name, draw, boxes[-1]))
                    break
            else:
                done = done and name is None
        if done:
            return placed
        shrink *= 0.95


def paper(rng, scale):
    """An empty sheet: tint, perhaps a margin rule, a band, punch holes or a fold."""
    tint = rng.choice(
        [
            (255, 255, 255),
            (255, 255, 255),
            (252, 250, 242),
            (245, 240, 225),
            (240, 243, 248),
            (232, 230, 226),
        ]
    )
    page = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)), tint)
    draw = ImageDraw.Draw(page)
    if rng.random() < 0.15:
        tone = lighten(rng.choice(SERIES), rng.uniform(0, 0.7))
        if rng.random() < 0.5:
            draw.rectangle((0, 0, page.width, rng.uniform(10, 30) * scale), fill=tone)
        else:
            draw.rectangle((0, 0, rng.uniform(8, 20) * scale, page.height), fill=tone)
    if rng.random() < 0.1:
        x = rng.uniform(24, 60) * scale
        draw.line((x, 0, x, page.height), fill=(220, 120, 120), width=max(1, round(scale)))
    if rng.random() < 0.1:
        for part in (0.3, 0.7):
            x, y, r = 16 * scale, page.height * part, 8 * scale
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(150, 150, 150))
    if rng.random() < 0.1:
        y = page.height * rng.uniform(0.3, 0.7)
        draw.line((0, y, page.width, y), fill=(215, 212, 205), width=max(1, round(2 * scale)))
    return page


def fill_text(rng, page, obstacles, scale):
    """Sets headings, paragraphs, lists and rules in one to three columns around the obstacles."""
    density = rng.choice([0.0, 0.25, 0.6, 0.8, 0.95, 0.95])
    columns = rng.choice([1, 1, 2, 2, 3])
    ink = rng.choice(INKS)
    body = rng.choice([11, 13, 15])
    margin, gutter = rng.uniform(30, 60), rng.uniform(14, 28)
    wide = (WIDTH - 2 * margin - gutter * (columns - 1)) / columns
    strips = text_strips(scale)
    draw = ImageDraw.Draw(page)
    numeric_lists = rng.random() < 0.25
    for column in range(columns):
        left = margin + column * (wide + gutter)
        y = rng.uniform(24, 70)
        while y < HEIGHT - 40:
            kind = rng.random()
            present = rng.random() < density
            if kind < 0.14:
                size = rng.choice([18, 24, 32])
                lines = [(0, rng.uniform(0.4, 1), size, False)]
            elif kind < 0.2:
                if present:
                    rule_line(draw, obstacles, left, y, wide, scale, ink)
                y += 16
                continue
            elif kind < 0.34:
                numeric = numeric_lists and rng.random() < 0.6
                lines = [
                    (18, rng.uniform(0.3, 0.9), body, numeric) for _ in range(rng.randint(2, 6))
                ]
            else:
                lines = [(0, 1, body, False)] * rng.randint(2, 9) + [
                    (0, rng.uniform(0.2, 0.9), body, False)
                ]
            for indent, part, size, numeric in lines:
                if y > HEIGHT - 40:
                    break
                if present:
                    spans = free_spans(
                        obstacles, left + indent, left + wide * part, y, size * 1.3, scale
                    )
                    for start, stop in spans:
                        strips.paste(
                            page,
                            rng,
                            start * scale,
                            y * scale,
                            (stop - start) * scale,
                            size,
                            ink,
                            numeric,
                        )
                    if indent and spans:
                        dot = (left * scale + 4 * scale, (y + size * 0.6) * scale)
                        box = (
                            dot[0] - 2 * scale,
                            dot[1] - 2 * scale,
                            dot[0] + 2 * scale,
                            dot[1] + 2 * scale,
                        )
                        if free_spans(obstacles, left, left + 12, y, size, scale, 4):
                            draw.ellipse(box, fill=ink)
                y += size * 1.4
            y += rng.uniform(6, 26)


def free_spans(obstacles, left, right, top, height, scale, least=30):
    """The parts of a text line, in page units, that keep clear of every obstacle."""
    spans = [(left, right)]
    for x0, y0, x1, y1 in obstacles:
        if y0 / scale - 6 < top + height and y1 / scale + 6 > top:
            a, b = x0 / scale - 8, x1 / scale + 8
            cut = []
            for start, stop in spans:
                if a > start:
                    cut.append((start, min(stop, a)))
                if b < stop:
                    cut.append((max(start, b), stop))
                if a <= start and b >= stop:
                    continue
            spans = [span for span in cut if span[1] > span[0]]
    return [span for span in spans if span[1] - span[0] >= least]


def rule_line(draw, obstacles, left, y, wide, scale, ink):
    """A thin rule across a column where it is free."""
    for start, stop in free_spans(obstacles, left, left + wide, y, 2, scale):
        draw.line(
            (start * scale, y * scale, stop * scale, y * scale),
            fill=ink,
            width=max(1, round(scale)),
        )


def wear(rng, page, elements, scale, size):
    """Turns, lights, blurs and grains the page as a scanner would; boxes follow the turn."""
    angle = rng.choice([0, rng.uniform(-2.5, 2.5), rng.uniform(-2.5, 2.5)])
    if angle:
        page = page.rotate(angle, Image.Resampling.BILINEAR, fillcolor=page.getpixel((2, 2)))
    blur = rng.choice([0, 0, 0, rng.uniform(0.5, 1.6)])
    if blur:
        page = page.filter(ImageFilter.GaussianBlur(blur * scale))
    turned = [(name, turn(box, angle, page.size)) for name, box in elements]
    if size is not None:
        shrink = (size[0] / page.width, size[1] / page.height)
        page = page.resize(size, Image.Resampling.BILINEAR)
    else:
        shrink = (1, 1)
    light = 1 + (soft_noise(rng, page.width, page.height, 3) - 0.6) * rng.choice([0, 0.1, 0.25])
    contrast, offset = rng.uniform(0.8, 1.05), rng.uniform(-10, 12)
    rows = np.asarray(page, np.float32) * (light * contrast)[..., None] + offset
    grain = rng.choice([0, 3, 6])
    if grain:
        noise = np.random.default_rng(rng.getrandbits(64))
        rows += noise.integers(-grain * 2, grain * 2 + 1, rows.shape[:2], dtype=np.int8)[..., None]
    page = Image.fromarray(np.clip(rows, 0, 255).astype(np.uint8))
    if rng.random() < 0.2:
        page = page.convert("L").convert("RGB")
    boxes = []
    for name, (x0, y0, x1, y1) in turned:
        box = [x0 * shrink[0], y0 * shrink[1], x1 * shrink[0], y1 * shrink[1]]
        boxes.append(Element(name, [round(part, 1) for part in box]))
    return Picture(page, boxes)


def turn(box, degrees, size):
    """The upright box around a box turned about the middle of the page."""
    if not degrees:
        return box
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    middle_x, middle_y = size[0] / 2, size[1] / 2
    points = []
    for x in (box[0] - middle_x, box[2] - middle_x):
        for y in (box[1] - middle_y, box[3] - middle_y):
            points.append((middle_x + cosine * x + sine * y, middle_y - sine * x + cosine * y))
    return (
        max(0, min(x for x, _ in points)),
        max(0, min(y for _, y in points)),
        min(size[0], max(x for x, _ in points)),
        min(size[1], max(y for _, y in points)),
    )


def write_pages(seed, count, folder):
    """Writes the first `count` pages of a seed with their `boxes.json` to a folder."""
    drawn = ((f"page-{number:04d}.jpg", draw_page(seed, number, 1.0)) for number in range(count))
    write_pictures(drawn, folder)


def main():
    """Reads the options and writes the pages."""
    parser = argparse.ArgumentParser(description="Draw document pages with ground-truth boxes.")
    parser.add_argument(
        "--seed", type=int, default=10, help="pages of different seeds never repeat"
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    write_pages(options.seed, options.count, options.output)


if __name__ == "__main__":
    main()
