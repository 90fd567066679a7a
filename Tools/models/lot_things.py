"""The things on a parking lot: cars, trees, stains and what is painted on the ground."""

import math

from PIL import ImageDraw

from drawing import jitter, lighten

CAR_PAINTS = [
    (232, 232, 230),
    (232, 232, 230),
    (200, 202, 205),
    (168, 170, 175),
    (120, 124, 130),
    (70, 72, 78),
    (38, 38, 42),
    (38, 38, 42),
    (150, 30, 34),
    (40, 70, 140),
    (25, 45, 80),
    (60, 100, 80),
    (196, 170, 110),
    (214, 120, 40),
]
"""Colours of cars, common ones more than once."""

GLASS = (38, 46, 56)
"""The colour of windows."""


def draw_car(rng, image, car, ground):
    """Draws a car: body, bonnet, glass and roof, and light along one side."""
    draw = ImageDraw.Draw(image)
    at = car["at"]
    paint = jitter(rng, car["paint"], 10)
    dark = tuple(round(part * 0.72) for part in paint)
    draw.polygon(car["outline"], fill=paint, outline=dark, width=max(1, round(ground.size(0.7))))
    glass = jitter(rng, GLASS, 10)
    front, back = rng.uniform(-0.52, -0.38), rng.uniform(0.52, 0.72)
    if rng.random() < 0.15:
        back = 0.9
    draw.polygon(
        [at(-0.78, front), at(0.78, front), at(0.7, front + 0.26), at(-0.7, front + 0.26)],
        fill=glass,
    )
    draw.polygon(
        [at(-0.68, back - 0.16), at(0.68, back - 0.16), at(0.74, back), at(-0.74, back)],
        fill=glass,
    )
    for side in (-1, 1):
        draw.line(
            (at(0.86 * side, front + 0.2), at(0.86 * side, back - 0.1)),
            fill=glass,
            width=max(1, round(ground.size(1.1))),
        )
    roof = lighten(paint, rng.uniform(0.02, 0.22))
    draw.polygon(
        [
            at(-0.7, front + 0.27),
            at(0.7, front + 0.27),
            at(0.66, back - 0.17),
            at(-0.66, back - 0.17),
        ],
        fill=roof,
    )


def tree(rng, image, cover, crown, scale):
    """Draws a crown of leaves from above, darker below, and marks what it hides."""
    draw, hiding = ImageDraw.Draw(image), ImageDraw.Draw(cover)
    x, y, radius = crown
    green = jitter(rng, rng.choice([(70, 95, 50), (85, 105, 55), (100, 92, 52)]), 14)
    for layer in range(3):
        tone = tuple(round(part * (0.7 + 0.22 * layer)) for part in green)
        for _ in range(14 - 3 * layer):
            angle = rng.uniform(0, 2 * math.pi)
            reach = radius * (0.75 - 0.2 * layer) * math.sqrt(rng.random())
            r = radius * rng.uniform(0.16, 0.36)
            cx, cy = x + reach * math.cos(angle), y + reach * math.sin(angle)
            box = (cx - r, cy - r, cx + r, cy + r)
            draw.ellipse(box, fill=jitter(rng, tone, 8))
            hiding.ellipse(box, fill=255)


def stain(rng, image, place, unit):
    """A dark drip of oil, no larger than a wheel."""
    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(rng.randint(1, 3)):
        r = rng.uniform(1, 4) * unit
        x, y = place[0] + rng.gauss(0, 2) * unit, place[1] + rng.gauss(0, 3) * unit
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(25, 25, 28, rng.randint(40, 120)))


def mark_arrow(draw, ground, place, way, ink, line):
    """An arrow painted along an aisle."""
    u, v = place
    draw.line((ground(u - 9 * way, v), ground(u + 6 * way, v)), fill=ink, width=2 * line)
    tip = [(u + 11 * way, v), (u + 5 * way, v - 4), (u + 5 * way, v + 4)]
    draw.polygon(ground.shape(tip), fill=ink)


def mark_hatching(draw, ground, corners, ink, line):
    """Slanted lines across a stall where nobody may park; cars do all the same."""
    a, b, c, d = corners
    for step in range(1, 7):
        part = step / 7
        left = (a[0] + (d[0] - a[0]) * part, a[1] + (d[1] - a[1]) * part)
        upper = max(0.0, part - 0.18)
        right = (b[0] + (c[0] - b[0]) * upper, b[1] + (c[1] - b[1]) * upper)
        draw.line((ground(*left), ground(*right)), fill=ink, width=line)
