"""Draws candlestick charts with one pattern or none, and ground-truth boxes around its candles.

    python Tools/models/candlesticks.py --seed 10 --count 300 --output DIR

writes PNG charts and where the patterns are as `pages.py` does; a chart without a pattern has no elements.
"""

import argparse
import pathlib
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import candles
from drawing import soft_noise, text_strips
from picture import Element, Picture, write_pictures

WIDTH, HEIGHT = 1024, 512
"""The size of a chart in chart units."""

SHORT = 384
"""The width of a short chart."""

LABELS = candles.PATTERNS + ["none"]
"""The classes in the order of the model's outputs."""

STYLES = [
    # background, grid, ink, rising (edge, fill), falling (edge, fill)
    ("#ffffff", "#e4e4e4", "#404040", ("#2e9e5b", "#2e9e5b"), ("#d64541", "#d64541")),
    ("#ffffff", "#dddddd", "#303030", ("#111111", "#ffffff"), ("#111111", "#111111")),
    ("#fbf8f0", "#e6e0d0", "#4a4438", ("#27763d", "#fbf8f0"), ("#b03a2e", "#b03a2e")),
    ("#131722", "#2a2e39", "#b2b5be", ("#26a69a", "#26a69a"), ("#ef5350", "#ef5350")),
    ("#101010", "#2c2c2c", "#c0c0c0", ("#35d07f", "#101010"), ("#ff5a5a", "#ff5a5a")),
    ("#ffffff", "#e8e8f0", "#404050", ("#2874c8", "#2874c8"), ("#e08020", "#e08020")),
    ("#f4f6f8", "#dfe3e8", "#485060", ("#1f8f7a", "#bfe8dc"), ("#c0396b", "#f3c3d4")),
    ("#ffffff", "#eeeeee", "#505050", ("#1c7c3c", "#6cc070"), ("#8c1c1c", "#e06a60")),
]
"""Colours of charts: rising candles green, blue, teal or hollow, falling ones red, orange, pink
or black."""


def draw_chart(seed: int, number: int, scale: float, size=None, label=None, short=False) -> Picture:
    """Draws chart `number` of a seed at `scale` pixels per unit, resampled to `size` if given.

    A short chart is a cut of a chart's width with a third of the candles, drawn no larger.
    """
    rng = random.Random(f"{'short' if short else 'chart'}/{seed}/{number}")
    wide = SHORT if short else WIDTH
    chance = rng.choice(LABELS)
    label = label or chance
    series, first, length = candles.series(
        rng, None if label == "none" else label, (11, 14) if short else (30, 40)
    )
    background, grid, ink, rising, falling = rng.choice(STYLES)
    image = Image.new("RGB", (round(wide * scale), round(HEIGHT * scale)), background)
    draw = ImageDraw.Draw(image)
    axis_right = rng.random() < 0.6
    gutter = rng.choice([20, 60, 60, 75])
    left, right = (16, wide - gutter) if axis_right else (gutter, wide - 16)
    top, bottom = rng.uniform(14, 36), HEIGHT - rng.uniform(18, 34)
    volume = rng.random() < 0.35
    floor = bottom - (bottom - top) * rng.uniform(0.14, 0.2) if volume else bottom
    low, high = min(c.low for c in series), max(c.high for c in series)
    pad = (high - low) * rng.uniform(0.03, 0.08)
    low, high = low - pad, high + pad
    if short:
        spare = max(0.0, rng.uniform(6.5, 10.5) - (high - low))
        part = rng.random()
        low, high = low - part * spare, high + (1 - part) * spare

    def level(price):
        return (floor + (top - floor) * (price - low) / (high - low)) * scale

    pitch = (right - left) / len(series)
    part = rng.uniform(0.55, 0.78)
    middles = [(left + pitch * (index + 0.5)) * scale for index in range(len(series))]
    frame(rng, image, (left, top, right, bottom), grid, ink, scale, axis_right)
    thin = max(1, round(rng.choice([2.5, 3, 3.5]) * scale))
    if volume:
        tallest = max(c.high - c.low for c in series)
        for middle, candle in zip(middles, series):
            tall = (
                (bottom - floor)
                * 0.85
                * rng.uniform(0.3, 1)
                * (0.4 + 0.6 * (candle.high - candle.low) / tallest)
            )
            half = pitch * part * scale / 2
            tone = rising[0] if candle.rises else falling[0]
            draw.rectangle(
                (middle - half, (bottom - tall) * scale, middle + half, bottom * scale), fill=tone
            )
    averages(rng, draw, series, middles, level, scale)
    bounds = []
    for middle, candle in zip(middles, series):
        bounds.append(
            draw_candle(
                draw, candle, middle, pitch * part * scale, level, rising, falling, thin, scale
            )
        )
    elements = []
    if label != "none":
        boxes = bounds[first : first + length]
        margin = 3 * scale
        box = [
            min(b[0] for b in boxes) - margin,
            min(b[1] for b in boxes) - margin,
            max(b[2] for b in boxes) + margin,
            max(b[3] for b in boxes) + margin,
        ]
        elements.append((label, box))
    return finish(rng, image, elements, scale, size)


def draw_candle(draw, candle, middle, wide, level, rising, falling, thin, scale):
    """Draws one candle and returns its box."""
    edge, fill = rising if candle.rises else falling
    x0, x1 = round(middle - wide / 2), round(middle + wide / 2)
    wick = round(middle - thin / 2)
    upper, lower = level(max(candle.open, candle.close)), level(min(candle.open, candle.close))
    if lower - upper < thin:
        lower = upper + thin
    draw.rectangle((wick, level(candle.high), wick + thin - 1, level(candle.low)), fill=edge)
    draw.rectangle(
        (x0, upper, x1, lower), fill=fill, outline=edge, width=max(1, round(2.5 * scale))
    )
    return x0, level(candle.high), x1, max(lower, level(candle.low))


def frame(rng, image, area, grid, ink, scale, axis_right):
    """Grid lines, axes, prices and dates, perhaps a title."""
    draw = ImageDraw.Draw(image)
    strips = text_strips(scale)
    left, top, right, bottom = area
    line = max(1, round(1.5 * scale))
    rows, columns = rng.randint(4, 8), rng.randint(4, 10)
    style = rng.choice(["both", "both", "rows", "none"])
    for index in range(rows + 1):
        y = (top + (bottom - top) * index / rows) * scale
        if style != "none":
            draw.line((left * scale, y, right * scale, y), fill=grid, width=line)
        x = (right + 6 if axis_right else 8) * scale
        strips.paste(image, rng, x, y - 8 * scale, 48 * scale, 15, ink, True, True)
    for index in range(columns + 1):
        x = (left + (right - left) * index / columns) * scale
        if style == "both":
            draw.line((x, top * scale, x, bottom * scale), fill=grid, width=line)
        if index < columns:
            strips.paste(image, rng, x, (bottom + 3) * scale, 60 * scale, 13, ink, True, True)
    if rng.random() < 0.7:
        x = (right if axis_right else left) * scale
        draw.line((x, top * scale, x, bottom * scale), fill=ink, width=line)
        draw.line(
            (left * scale, bottom * scale, right * scale, bottom * scale), fill=ink, width=line
        )
    if rng.random() < 0.4 and top > 24:
        strips.paste(image, rng, (left + 4) * scale, 2 * scale, 260 * scale, 18, ink)


def averages(rng, draw, series, middles, level, scale):
    """No, one or two moving averages behind the candles."""
    for span in rng.choice([[], [], [5], [8], [4, 10]]):
        closes = [candle.close for candle in series]
        points = []
        for index in range(span - 1, len(closes)):
            points.append((middles[index], level(sum(closes[index - span + 1 : index + 1]) / span)))
        tone = rng.choice(["#e0a020", "#5080e0", "#a060c0", "#20a0b0", "#909090"])
        draw.line(points, fill=tone, width=max(1, round(2.5 * scale)), joint="curve")


def finish(rng, image, elements, scale, size):
    """Blurs, relights and grains a little, as screenshots and prints are."""
    blur = rng.choice([0, 0, 0, rng.uniform(0.4, 1.2)])
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur * scale))
    shrink = (1, 1)
    if size is not None:
        shrink = (size[0] / image.width, size[1] / image.height)
        image = image.resize(size, Image.Resampling.BILINEAR)
    contrast, offset = rng.uniform(0.85, 1.05), rng.uniform(-8, 10)
    rows = np.asarray(image, np.float32) * contrast + offset
    if rng.random() < 0.3:
        rows *= (1 + (soft_noise(rng, image.width, image.height, 3) - 0.6) * 0.15)[..., None]
    grain = rng.choice([0, 0, 2, 4])
    if grain:
        noise = np.random.default_rng(rng.getrandbits(64))
        rows += noise.integers(-grain * 2, grain * 2 + 1, rows.shape[:2], dtype=np.int8)[..., None]
    image = Image.fromarray(np.clip(rows, 0, 255).astype(np.uint8))
    boxes = []
    for label, (x0, y0, x1, y1) in elements:
        box = [x0 * shrink[0], y0 * shrink[1], x1 * shrink[0], y1 * shrink[1]]
        boxes.append(Element(label, [round(part, 1) for part in box]))
    return Picture(image, boxes)


def write_charts(seed, count, folder):
    """Writes the first `count` charts of a seed with their `boxes.json` to a folder."""
    charts = ((f"chart-{number:04d}.png", draw_chart(seed, number, 1.0)) for number in range(count))
    write_pictures(charts, folder)


def main():
    """Reads the options and writes the charts."""
    parser = argparse.ArgumentParser(description="Draw candlestick charts with ground-truth boxes.")
    parser.add_argument(
        "--seed", type=int, default=10, help="charts of different seeds never repeat"
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    write_charts(options.seed, options.count, options.output)


if __name__ == "__main__":
    main()
