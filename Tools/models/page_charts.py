"""Tables and charts of the page generator.

Every function draws one element into a transparent picture of the asked size and returns it; what
is not transparent is the element, and its bounding box is the ground truth.
"""

import math

from PIL import Image, ImageDraw

from drawing import INKS, SERIES, jitter, lighten, text_strips


def blank(width, height):
    """A transparent picture to draw an element into."""
    return Image.new("RGBA", (width, height), (255, 255, 255, 0))


def stroke(scale, units):
    """A line width in pixels."""
    return max(1, round(units * scale))


def table(rng, width, height, scale):
    """Rows and columns with rules: full grid, horizontal rules, or zebra stripes below a header."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    text = text_strips(scale)
    size = rng.choice([11, 13, 15])
    pitch = size * scale * rng.uniform(1.7, 2.4)
    rows = max(3, min(11, int(height / pitch)))
    pitch = (height - 1) / rows
    columns = rng.randint(2, max(3, min(6, int(width / (60 * scale)))))
    cuts = [rng.uniform(0.7, 1.5) for _ in range(columns)]
    cuts[0] *= rng.uniform(1, 1.8)
    edges = [0.0]
    for cut in cuts:
        edges.append(edges[-1] + cut * (width - 1) / sum(cuts))
    ink = rng.choice(INKS)
    rule = jitter(rng, rng.choice([(20, 20, 20), (90, 90, 90), (140, 140, 140), (60, 80, 130)]), 15)
    line = stroke(scale, rng.choice([1, 1.5, 2]))
    style = rng.choice(["grid", "grid", "rules", "zebra"])
    head = rng.random() < 0.6 or style == "zebra"
    if rng.random() < 0.6:
        draw.rectangle((0, 0, width - 1, height - 1), fill=(255, 255, 255))
    tone = rng.choice(SERIES)
    if head:
        fill = tone if rng.random() < 0.5 else lighten(tone, 0.75)
        draw.rectangle((0, 0, width - 1, pitch), fill=fill)
        head_ink = (255, 255, 255) if fill == tone else ink
    else:
        head_ink = ink
    if style == "zebra":
        for row in range(2, rows, 2):
            draw.rectangle((0, row * pitch, width - 1, (row + 1) * pitch), fill=lighten(tone, 0.85))
    numeric = [column > 0 and rng.random() < 0.75 for column in range(columns)]
    centred = rng.random() < 0.4
    for row in range(rows):
        for column in range(columns):
            if rng.random() < 0.06:
                continue
            room = edges[column + 1] - edges[column] - 8 * scale
            want = room * (rng.uniform(0.5, 1) if column == 0 else rng.uniform(0.35, 0.8))
            x = edges[column] + 4 * scale + (room * 0.2 if centred else 0)
            y = row * pitch + (pitch - size * scale * 1.2) / 2
            colour = head_ink if row == 0 else ink
            text.paste(
                image, rng, x, y, want, size, colour, numeric[column] and row > 0, numeric[column]
            )
    if style == "grid":
        for edge in edges[1:-1]:
            draw.line((edge, 0, edge, height - 1), fill=rule, width=line)
    for row in range(1, rows):
        if style == "grid" or style == "rules" or row == 1:
            draw.line((0, row * pitch, width - 1, row * pitch), fill=rule, width=line)
    if style == "grid":
        draw.rectangle((0, 0, width - 1, height - 1), outline=rule, width=line)
    else:
        for y in (0, height - line):
            draw.rectangle((0, y, width - 1, y + line - 1), fill=rule)
    return image


def axes(rng, image, scale, grid=True):
    """Axes with tick labels, perhaps a title and grid lines; returns the plot's x0, y0, x1, y1."""
    width, height = image.size
    draw = ImageDraw.Draw(image)
    text = text_strips(scale)
    ink = rng.choice(INKS)
    if rng.random() < 0.4:
        draw.rectangle((0, 0, width - 1, height - 1), fill=(255, 255, 255))
        if rng.random() < 0.5:
            draw.rectangle(
                (0, 0, width - 1, height - 1), outline=(150, 150, 150), width=stroke(scale, 1)
            )
    left, right = 26 * scale, width - 6 * scale
    top, bottom = 8 * scale, height - 20 * scale
    if rng.random() < 0.45:
        text.paste(image, rng, left, 3 * scale, (right - left) * rng.uniform(0.4, 0.9), 13, ink)
        top = 24 * scale
    if rng.random() < 0.2:
        draw.rectangle((left, top, right, bottom), fill=lighten(rng.choice(SERIES), 0.88))
    if grid and rng.random() < 0.55:
        lines = rng.randint(3, 6)
        tone = rng.choice([(215, 215, 215), (190, 190, 190), (225, 225, 235)])
        for index in range(1, lines + 1):
            y = bottom + (top - bottom) * index / lines
            draw.line((left, y, right, y), fill=tone, width=stroke(scale, 1))
        if rng.random() < 0.3:
            for index in range(1, lines + 1):
                x = left + (right - left) * index / lines
                draw.line((x, top, x, bottom), fill=tone, width=stroke(scale, 1))
    line = stroke(scale, rng.choice([1, 1.5, 2, 2.5]))
    draw.line((left, bottom, right, bottom), fill=ink, width=line)
    if rng.random() < 0.85:
        draw.line((left, top, left, bottom), fill=ink, width=line)
    if rng.random() < 0.2:
        draw.rectangle((left, top, right, bottom), outline=ink, width=line)
    if rng.random() < 0.85:
        ticks = rng.randint(3, 5)
        for index in range(ticks + 1):
            y = bottom + (top - bottom) * index / ticks
            text.paste(image, rng, 1, y - 6 * scale, left - 4 * scale, 11, ink, True, True)
        ticks = rng.randint(3, 6)
        for index in range(ticks):
            x = left + (right - left) * (index + 0.2) / ticks
            room = (right - left) / ticks * 0.8
            text.paste(image, rng, x, bottom + 4 * scale, room, 11, ink, rng.random() < 0.5, True)
    return left, top, right, bottom


def bar_chart(rng, width, height, scale):
    """Upright or lying bars on axes; plain, grouped or stacked."""
    image = blank(width, height)
    left, top, right, bottom = axes(rng, image, scale)
    draw = ImageDraw.Draw(image)
    count = rng.randint(3, 9)
    lying = rng.random() < 0.25
    along = (bottom - top) if lying else (right - left)
    across = (right - left) if lying else (bottom - top)
    series = rng.choice([1, 1, 1, 2, 3])
    stacked = series > 1 and rng.random() < 0.5
    colours = [jitter(rng, colour) for colour in rng.sample(SERIES, 3)]
    varied = series == 1 and rng.random() < 0.2
    outline = rng.choice([None, None, (40, 40, 40)])
    slot = along / count
    part = rng.uniform(0.5, 0.85)
    level = rng.uniform(0.3, 0.9)
    for index in range(count):
        level = min(0.97, max(0.12, level + rng.uniform(-0.35, 0.35)))
        reach = 0.0
        for member in range(series):
            value = (
                level / series if stacked else min(0.97, max(0.1, level + rng.uniform(-0.2, 0.2)))
            )
            if stacked:
                value *= rng.uniform(0.6, 1)
            colour = rng.choice(SERIES) if varied else colours[member]
            wide = slot * part / (1 if stacked else series)
            start = slot * (index + (1 - part) / 2) + (0 if stacked else member * wide)
            near, far = reach * across, (reach + value) * across
            if lying:
                box = (left + near, top + start, left + far, top + start + wide)
            else:
                box = (left + start, bottom - far, left + start + wide, bottom - near)
            draw.rectangle(box, fill=colour, outline=outline, width=stroke(scale, 1))
            if stacked:
                reach += value
    return image


def line_chart(rng, width, height, scale):
    """One to four lines on axes, with or without markers."""
    image = blank(width, height)
    left, top, right, bottom = axes(rng, image, scale)
    draw = ImageDraw.Draw(image)
    colours = rng.sample(SERIES, 4)
    smooth = rng.random() < 0.35
    for member in range(rng.randint(1, 4)):
        count = 24 if smooth else rng.randint(5, 16)
        level, drift = rng.uniform(0.2, 0.8), rng.uniform(-0.05, 0.05)
        wave, phase, height_of_wave = (
            rng.uniform(3, 12),
            rng.uniform(0, 6.3),
            rng.uniform(0.05, 0.25),
        )
        points = []
        for index in range(count):
            if smooth:
                value = (
                    level
                    + height_of_wave * math.sin(phase + wave * index / count)
                    + drift * index / 4
                )
            else:
                level = level + drift + rng.uniform(-0.2, 0.2)
                value = level = min(0.95, max(0.05, level))
            value = min(0.97, max(0.03, value))
            points.append(
                (left + (right - left) * (index + 0.3) / count, bottom + (top - bottom) * value)
            )
        thick = stroke(scale, rng.choice([2, 2.5, 3, 4]))
        draw.line(points, fill=jitter(rng, colours[member]), width=thick, joint="curve")
        if not smooth and rng.random() < 0.45:
            dot = rng.uniform(3, 5) * scale
            for x, y in points:
                draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=colours[member])
    return image


def pie_chart(rng, width, height, scale):
    """A disc or ring cut into slices, perhaps with a legend or a title."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    text = text_strips(scale)
    ink = rng.choice(INKS)
    top = 0.0
    if rng.random() < 0.3:
        text.paste(image, rng, 2, 0, width * 0.8, 13, ink)
        top = 20 * scale
    size = min(width, height - top) - 2
    x = 0 if rng.random() < 0.7 else (width - size) / 2
    box = (x, top, x + size, top + size)
    count = rng.randint(3, 7)
    parts = [rng.uniform(0.4, 2) for _ in range(count)]
    if rng.random() < 0.2:
        tone = rng.choice(SERIES)
        colours = [lighten(tone, 0.85 * index / count) for index in range(count)]
    else:
        colours = [jitter(rng, colour) for colour in rng.sample(SERIES, count)]
    angle = rng.uniform(0, 360)
    edge = rng.choice([(255, 255, 255), (255, 255, 255), (40, 40, 40), None])
    for part, colour in zip(parts, colours):
        sweep = 360 * part / sum(parts)
        draw.pieslice(
            box, angle, angle + sweep, fill=colour, outline=edge, width=stroke(scale, 1.5)
        )
        angle += sweep
    if rng.random() < 0.25:
        hole = size * rng.uniform(0.2, 0.3)
        middle = (x + size / 2, top + size / 2)
        draw.ellipse(
            (middle[0] - hole, middle[1] - hole, middle[0] + hole, middle[1] + hole),
            fill=(255, 255, 255),
        )
    room = width - (x + size) - 10 * scale
    if room > 36 * scale:
        for index, colour in enumerate(colours):
            y = top + size * (index + 0.5) / count - 6 * scale
            start = x + size + 8 * scale
            draw.rectangle((start, y, start + 10 * scale, y + 10 * scale), fill=colour)
            text.paste(
                image,
                rng,
                start + 14 * scale,
                y - 2 * scale,
                room - 14 * scale,
                11,
                ink,
                single=True,
            )
    return image
