"""What looks a little like an element and is none: distractors keep the model from shortcuts."""

import math

import numpy as np
from PIL import Image, ImageDraw

from drawing import INKS, PEN_INKS, SERIES, STAMP_INKS, jitter, lighten, text_strips
from page_charts import axes, blank, stroke


def framed_text(rng, width, height, scale):
    """A paragraph in a frame: rules and text, but no cells."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    tone = lighten(rng.choice(SERIES), rng.uniform(0.7, 1))
    ink = rng.choice(INKS)
    draw.rectangle(
        (0, 0, width - 1, height - 1),
        fill=tone,
        outline=ink,
        width=stroke(scale, rng.choice([1, 2, 3])),
    )
    size = rng.choice([13, 15, 18])
    y = 8 * scale
    while y < height - size * 1.6 * scale:
        room = (width - 16 * scale) * (1 if rng.random() < 0.75 else 0.5)
        text_strips(scale).paste(image, rng, 8 * scale, y, room, size, ink)
        y += size * 1.45 * scale
    return image


def form_lines(rng, width, height, scale):
    """Labels with empty lines to fill in."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    ink = rng.choice(INKS)
    y = 0.0
    while y < height - 24 * scale:
        label = text_strips(scale).paste(image, rng, 0, y, width * 0.35, 13, ink)
        draw.line(
            (label + 6 * scale, y + 15 * scale, width - 1, y + 15 * scale),
            fill=ink,
            width=stroke(scale, 1),
        )
        y += 30 * scale
    return image


def signing_line(rng, width, height, scale):
    """A line to sign on with its caption and no signature."""
    image = blank(width, height)
    y = height * 0.6
    ink = rng.choice(INKS)
    ImageDraw.Draw(image).line((0, y, width, y), fill=ink, width=stroke(scale, 1.5))
    text_strips(scale).paste(image, rng, 0, y + 4 * scale, width * 0.6, 11, ink)
    if rng.random() < 0.4:
        text_strips(scale).paste(image, rng, 6 * scale, y - 20 * scale, width * 0.7, 15, ink)
    return image


def pen_mark(rng, width, height, scale):
    """A hand-drawn cross, tick, ring or underline in pen ink."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    colour = jitter(rng, rng.choice(PEN_INKS + [(190, 30, 40)]), 10)
    thick = stroke(scale, rng.choice([2, 3, 4]))
    kind = rng.randrange(4)
    side = min(width, height) * 0.7
    if kind == 0:
        draw.line((3, 3, side, side), fill=colour, width=thick)
        draw.line((side, 5, 4, side), fill=colour, width=thick)
    elif kind == 1:
        draw.line(
            (3, side * 0.5, side * 0.4, side, side, 3), fill=colour, width=thick, joint="curve"
        )
    elif kind == 2:
        points = []
        for step in range(30):
            t = step / 27 * 2 * math.pi
            points.append(
                (
                    width * (0.5 + 0.46 * math.cos(t)),
                    height * (0.5 + (0.42 + 0.002 * step) * math.sin(t)),
                )
            )
        draw.line(points, fill=colour, width=thick, joint="curve")
    else:
        for y in (0.4, 0.55)[: rng.randint(1, 2)]:
            points = [
                (width * step / 19, height * (y + 0.03 * math.sin(step * rng.uniform(0.5, 0.7))))
                for step in range(20)
            ]
            draw.line(points, fill=colour, width=thick, joint="curve")
    return image


def button(rng, width, height, scale):
    """A word or two in a coloured rounded box."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    tone = rng.choice(SERIES + STAMP_INKS)
    filled = rng.random() < 0.6
    box = (0, height * 0.2, width - 1, height * 0.8)
    draw.rounded_rectangle(
        box, 8 * scale, fill=tone if filled else None, outline=tone, width=stroke(scale, 2)
    )
    ink = (255, 255, 255) if filled else tone
    text_strips(scale).paste(
        image, rng, width * 0.12, height * 0.5 - 14 * scale, width * 0.8, 18, ink
    )
    return image


def disc(rng, width, height, scale):
    """A plain disc, a ring or a dial: round like a pie chart or a stamp."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    side = min(width, height) * rng.uniform(0.5, 0.95)
    tone = rng.choice(SERIES + STAMP_INKS)
    kind = rng.randrange(3)
    box = (0, 0, side - 1, side - 1)
    if kind == 0:
        draw.ellipse(box, fill=tone)
    else:
        draw.ellipse(box, outline=tone, width=stroke(scale, rng.choice([2, 4, 8])))
    if kind == 2:
        for hour in range(12):
            angle = hour * math.pi / 6
            x, y = math.cos(angle) * side / 2, math.sin(angle) * side / 2
            draw.line(
                (side / 2 + x * 0.8, side / 2 + y * 0.8, side / 2 + x * 0.92, side / 2 + y * 0.92),
                fill=tone,
                width=stroke(scale, 2),
            )
        angle = rng.uniform(0, 6.3)
        tip = (side / 2 + math.cos(angle) * side * 0.3, side / 2 + math.sin(angle) * side * 0.3)
        draw.line((side / 2, side / 2) + tip, fill=tone, width=stroke(scale, 3))
    return image


def flat_block(rng, width, height, scale):
    """A rectangle of one colour or of an even gradient: the size of a photo without a scene."""
    start = np.array(jitter(rng, rng.choice(SERIES), 30), np.float32)
    stop = start if rng.random() < 0.5 else np.array(lighten(rng.choice(SERIES), 0.5), np.float32)
    ramp = np.linspace(0, 1, width if rng.random() < 0.5 else height, dtype=np.float32)
    ramp = ramp[None, :, None] if len(ramp) == width else ramp[:, None, None]
    rows = np.broadcast_to(start + (stop - start) * ramp, (height, width, 3))
    return Image.fromarray(rows.astype(np.uint8)).convert("RGBA")


def hatching(rng, width, height, scale):
    """Even upright or slanted lines: the look of a barcode without its widths."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    pitch = rng.uniform(7, 16) * scale
    lean = rng.choice([0, 0, height * 0.5, -height * 0.5])
    ink, thick = rng.choice(INKS), stroke(scale, rng.choice([1, 2, 3]))
    x = abs(lean)
    while x < width - abs(lean):
        draw.line((x, 0, x + lean, height - 1), fill=ink, width=thick)
        x += pitch
    return image


def checkers(rng, width, height, scale):
    """A checkerboard or a lattice of dots: the texture of a QR code without its disorder."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    side, count = min(width, height), rng.randint(6, 12)
    cell, ink, dots = side / count, rng.choice(INKS + SERIES), rng.random() < 0.5
    for row in range(count):
        for column in range(count):
            box = (column * cell, row * cell, (column + 1) * cell - 1, (row + 1) * cell - 1)
            if dots:
                inset = cell * 0.28
                draw.ellipse(
                    (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset), fill=ink
                )
            elif (row + column) % 2:
                draw.rectangle(box, fill=ink)
    return image


def scatter_plot(rng, width, height, scale):
    """Axes with dots or with nothing: neither bars nor lines."""
    image = blank(width, height)
    left, top, right, bottom = axes(rng, image, scale)
    draw = ImageDraw.Draw(image)
    if rng.random() < 0.7:
        tone, dot = rng.choice(SERIES), rng.uniform(2.5, 4.5) * scale
        tilt = rng.uniform(-0.6, 0.6)
        for _ in range(rng.randint(12, 50)):
            u = rng.random()
            v = min(0.96, max(0.04, 0.5 + tilt * (u - 0.5) + rng.gauss(0, 0.16)))
            x, y = left + (right - left) * (0.03 + 0.94 * u), bottom + (top - bottom) * v
            draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=tone)
    return image


def colour_keys(rng, width, height, scale):
    """A list with coloured squares, as a legend without its chart."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    ink = rng.choice(INKS)
    y = 0.0
    while y < height - 18 * scale:
        draw.rectangle((0, y, 12 * scale, y + 12 * scale), fill=rng.choice(SERIES))
        text_strips(scale).paste(image, rng, 18 * scale, y - 2 * scale, width * 0.6, 13, ink)
        y += 22 * scale
    return image


def progress_bar(rng, width, height, scale):
    """One to three lying bars in frames without axes."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    tone = rng.choice(SERIES)
    y = 2.0
    for _ in range(rng.randint(1, 3)):
        draw.rectangle(
            (0, y, width - 1, y + 12 * scale), outline=(120, 120, 120), width=stroke(scale, 1)
        )
        draw.rectangle((0, y, width * rng.uniform(0.1, 0.9), y + 12 * scale), fill=tone)
        y += 30 * scale
        if y > height - 14 * scale:
            break
    return image


DISTRACTORS = [
    (framed_text, (160, 300), (70, 150)),
    (form_lines, (180, 340), (70, 150)),
    (signing_line, (170, 260), (50, 80)),
    (pen_mark, (60, 200), (40, 90)),
    (button, (90, 170), (40, 70)),
    (disc, (70, 180), (70, 180)),
    (flat_block, (90, 260), (50, 180)),
    (hatching, (100, 240), (50, 120)),
    (checkers, (80, 150), (80, 150)),
    (scatter_plot, (180, 300), (140, 220)),
    (colour_keys, (90, 150), (70, 130)),
    (progress_bar, (120, 220), (30, 80)),
]
"""Each distractor with its range of widths and of heights in page units."""
