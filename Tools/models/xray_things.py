"""What else an X-ray shows: ribs, vessels, cables, letters and the marker of a portable machine."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont


def ribs(rng, body, side, scale):
    """Ribs, collar bones and shoulder blades as densities [H, W]."""
    back, front = Image.new("L", (side, side)), Image.new("L", (side, side))
    drawing = ImageDraw.Draw(back)
    pitch = body.breath * rng.uniform(0.098, 0.116)
    thick = rng.uniform(5.5, 8)
    for way in (-1, 1):
        for index in range(9):
            top = body.top - 8 + index * pitch
            points = []
            for part in np.linspace(-0.08, 1.03, 16):
                fall = 0.5 * pitch * (max(0, part) * 2.6) ** 1.35 - 6 * math.sin(
                    math.pi * max(0, part)
                )
                points.append((body.across(way, part) * scale, (top + fall) * scale))
            drawing.line(points, fill=190, width=round(thick * scale), joint="curve")
        pen = ImageDraw.Draw(front)
        for index in range(2, 7):
            top = body.top + 34 + index * pitch
            points = []
            for part in np.linspace(0.32, 1.02, 12):
                rise = pitch * 1.5 * max(0, 1 - part) ** 1.3
                points.append((body.across(way, part) * scale, (top + rise) * scale))
            pen.line(points, fill=120, width=round(thick * 1.15 * scale), joint="curve")
        inner = (body.across(way, -0.12) * scale, (body.top + 16) * scale)
        bend = (body.across(way, 0.5) * scale, (body.top + 8) * scale)
        outer = (body.across(way, 1.12) * scale, (body.top - 10) * scale)
        drawing.line((inner, bend, outer), fill=230, width=round(8.5 * scale), joint="curve")
        blade = [(0.95, 26), (1.22, 14), (1.3, 60), (1.06, 104)]
        pen.polygon(
            [(body.across(way, part) * scale, (body.top + down) * scale) for part, down in blade],
            fill=110,
        )
    blurred = [
        np.asarray(image.filter(ImageFilter.GaussianBlur(1.5 * scale)), np.float32) / 255
        for image in (back, front)
    ]
    return blurred[0] * rng.uniform(0.08, 0.15) + blurred[1] * rng.uniform(0.04, 0.09)


def vessels(rng, body, side, scale):
    """Branching vessels that leave both roots of the lungs and get thin, as densities [H, W]."""
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    for way in (-1, 1):
        root = (body.across(way, 0.1), body.top + body.breath * rng.uniform(0.42, 0.5))
        for _ in range(rng.randint(9, 14)):
            branch(rng, draw, root, rng.uniform(-1.4, 1.4), way, rng.uniform(3, 5.5), scale)
    blurred = image.filter(ImageFilter.GaussianBlur(1.0 * scale))
    return np.asarray(blurred, np.float32) / 255 * rng.uniform(0.08, 0.16)


def branch(rng, draw, start, angle, way, thick, scale):
    """One vessel with its branches."""
    x, y = start
    while thick > 0.7:
        step = rng.uniform(7, 13)
        angle += rng.gauss(0, 0.22)
        stop = (x + way * math.cos(angle) * step, y + math.sin(angle) * step)
        ends = (x * scale, y * scale, stop[0] * scale, stop[1] * scale)
        draw.line(ends, fill=round(110 + 20 * thick), width=max(1, round(thick * scale)))
        if rng.random() < 0.3:
            turned = angle + rng.choice([-1, 1]) * rng.uniform(0.4, 0.9)
            branch(rng, draw, stop, turned, way, thick * 0.6, scale)
        (x, y), thick = stop, thick * rng.uniform(0.74, 0.9)


def lines_and_leads(rng, body, side, scale):
    """Cables with their pads, or a catheter, as densities [H, W]."""
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randint(1, 3)):
        way = rng.choice([-1, 1])
        x, y = (
            body.across(way, rng.uniform(0.5, 1.1)),
            body.top + rng.uniform(0.1, 0.9) * body.breath,
        )
        points = [(x, y)]
        for _ in range(6):
            x, y = x + way * rng.uniform(2, 14), y + rng.uniform(8, 30)
            points.append((x, y))
        corners = [(a * scale, b * scale) for a, b in points]
        draw.line(corners, fill=150, width=max(1, round(1.6 * scale)), joint="curve")
        r = 5 * scale
        a, b = corners[0]
        draw.ellipse((a - r, b - r, a + r, b + r), outline=200, width=max(1, round(2 * scale)))
    return np.asarray(image, np.float32) / 255 * rng.uniform(0.2, 0.4)


def corner_place(rng, corner, wide, tall, side, margin):
    """The top left of something put into a corner, with some play."""
    play = [rng.uniform(0, margin) for _ in range(2)]
    x = margin / 2 + play[0] if corner % 2 == 0 else side - wide - margin / 2 - play[0]
    y = margin / 2 + play[1] if corner < 2 else side - tall - margin / 2 - play[1]
    return round(x), round(y)


def letters(rng, side, scale, text, corner):
    """A letter of lead that tells left from right, in a corner [H, W], 0 to 1."""
    image = Image.new("L", (side, side))
    font = ImageFont.load_default(max(8, round(rng.uniform(16, 24) * scale)))
    x0, y0, x1, y1 = font.getbbox(text)
    x, y = corner_place(rng, corner, x1, y1, side, 14 * scale)
    ImageDraw.Draw(image).text((x, y), text, 255, font, stroke_width=0.6 * scale)
    return np.asarray(image, np.float32) / 255


def portable_marker(rng, side, scale, corner):
    """The marker of a portable machine, a framed word and a bead, in a corner [H, W], 0 to 1."""
    wide, tall = round(rng.uniform(60, 70) * scale), round(rng.uniform(22, 27) * scale)
    plate = Image.new("L", (wide, tall))
    draw = ImageDraw.Draw(plate)
    line = max(1, round(1.8 * scale))
    draw.rounded_rectangle((0, 0, wide - 1, tall - 1), 4 * scale, outline=255, width=line)
    font = ImageFont.load_default(max(7, round(13 * scale)))
    draw.text((wide * 0.1, tall * 0.5), "PORT", 255, font, anchor="lm")
    r = tall * 0.2
    x, y = wide - tall * 0.42, tall / 2
    draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    plate = plate.rotate(rng.gauss(0, 4), Image.Resampling.BILINEAR, expand=True)
    image = Image.new("L", (side, side))
    image.paste(plate, corner_place(rng, corner, *plate.size, side, 14 * scale))
    return np.asarray(image, np.float32) / 255
