"""Draws parking lots from above, cars, empty stalls and shadows known to the pixel.

    python Tools/models/lots.py --seed 10 --count 300 --output DIR

writes JPEG pictures, and as COCO in `annotations.json` what speaks for their class, cars or empty
stalls, and the shadows. How many shadows fall on a lot has nothing to do with its traffic.
"""

import argparse
import math
import pathlib
import random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from drawing import jitter, soft_noise
from lot_things import CAR_PAINTS, draw_car, mark_arrow, mark_hatching, stain, tree
from picture import Element, Picture, box_of, write_pictures

SIDE = 320
"""The side of a picture in lot units; a stall is about 21 by 42 of them."""

LABELS = ["low traffic", "high traffic"]
"""The classes in the order of the model's outputs."""

SHOWN = {"low traffic": "empty stall", "high traffic": "car"}
"""What speaks for each class."""

OCCUPANCY = {"low traffic": (0.05, 0.34), "high traffic": (0.6, 0.95)}
"""The share of the stalls that are taken."""


class Ground:
    """The lot's own directions on the picture: u along the rows, v across them."""

    def __init__(self, rng, scale):
        self.scale = scale
        self.turn = math.radians(rng.choice([0, 90]) + rng.gauss(0, 5))
        self.zoom = rng.uniform(0.85, 1.2)
        self.middle = SIDE / 2

    def __call__(self, u, v):
        """A place of the lot in pixels."""
        cosine, sine = math.cos(self.turn), math.sin(self.turn)
        x, y = u * self.zoom, v * self.zoom
        return (
            (self.middle + cosine * x - sine * y) * self.scale,
            (self.middle + sine * x + cosine * y) * self.scale,
        )

    def shape(self, points):
        """Corners of the lot in pixels."""
        return [self(u, v) for u, v in points]

    def size(self, length):
        """A length of the lot in pixels."""
        return length * self.zoom * self.scale


def draw_lot(seed: int, number: int, scale: float, size=None, label=None) -> Picture:
    """Draws lot `number` of a seed at `scale` pixels per unit, resampled to `size` if given."""
    rng = random.Random(f"lot/{seed}/{number}")
    chance = rng.choice(LABELS)
    label = label or chance
    taken = rng.uniform(*OCCUPANCY[label])
    ground = Ground(rng, scale)
    side = round(SIDE * scale)
    asphalt = rng.choice([(92, 92, 94), (110, 108, 104), (75, 76, 80), (128, 126, 122)])
    image = Image.new("RGB", (side, side), jitter(rng, asphalt, 8))
    patch(rng, image, side)
    stalls, islands = plan(rng, ground)
    pave(rng, image, ground, stalls, islands)
    sun = sunlight(rng)
    cars = park(rng, ground, stalls, taken)
    cast = Image.new("L", (side, side))
    crowns = cast_shadows(rng, cast, ground, islands, sun)
    under = Image.new("L", (side, side))
    for car in cars:
        shape = [(x + sun[0] * 7 * scale, y + sun[1] * 7 * scale) for x, y in car["outline"]]
        ImageDraw.Draw(under).polygon(hull_of(car["outline"], shape), fill=255)
    shade(image, ImageChops.lighter(under, cast), sun[2], scale)
    for car in cars:
        draw_car(rng, image, car, ground)
    # Shadows fall on cars too.
    lit = Image.new("L", (side, side))
    for car in cars:
        ImageDraw.Draw(lit).polygon(car["outline"], fill=255)
    shade(image, ImageChops.darker(lit, cast), sun[2] * 0.8, scale)
    cover = Image.new("L", (side, side))
    for crown in crowns:
        tree(rng, image, cover, crown, scale)
    parts = elements(ground, stalls, cars, cast, cover, sun)
    told = [part for part in parts if part.name in (SHOWN[label], "shadow")]
    return finish(rng, image, label, told, size)


def plan(rng, ground):
    """Stalls as dictionaries of corners and islands as boxes (u0, v0, u1, v1)."""
    wide, long, aisle = rng.uniform(19, 23), rng.uniform(39, 44), rng.uniform(38, 52)
    slant = rng.choice([0, 0, 0, 0.35, -0.35]) * long
    reach = SIDE * 0.8 / ground.zoom
    stalls, islands = [], []
    v = -reach + rng.uniform(0, long)
    while v < reach:
        planted = rng.random() < 0.5
        if planted:
            strip = rng.uniform(12, 22)
            islands.append((-reach, v + long, reach, v + long + strip))
        else:
            strip = 0
        breaks = sorted(rng.uniform(-reach, reach) for _ in range(rng.randint(0, 2)))
        for top, down in ((v, 1), (v + long + strip, -1)):
            u = -reach
            while u < reach:
                if breaks and any(abs(u + wide / 2 - spot) < wide * 0.6 for spot in breaks):
                    islands.append((u + 2, top + 3, u + wide - 2, top + long - 3))
                else:
                    near, far = (top, top + long) if down > 0 else (top + long, top)
                    stalls.append(
                        {
                            "corners": [
                                (u + slant, near),
                                (u + wide + slant, near),
                                (u + wide, far),
                                (u, far),
                            ],
                            "middle": (u + wide / 2 + slant / 2, top + long / 2),
                            "size": (wide, long),
                            "lean": math.atan2(slant, far - near),
                        }
                    )
                u += wide
        v += 2 * long + strip + aisle
    return stalls, islands


def pave(rng, image, ground, stalls, islands):
    """Lines, arrows, hatching, stains and islands."""
    draw = ImageDraw.Draw(image)
    paint = jitter(rng, rng.choice([(225, 225, 220), (225, 225, 220), (215, 190, 90)]), 12)
    worn = rng.uniform(0.35, 1)
    ink = tuple(round(a * worn + b * (1 - worn)) for a, b in zip(paint, (110, 110, 110)))
    line = max(1, round(ground.size(1.3)))
    for stall in stalls:
        a, b, c, d = ground.shape(stall["corners"])
        draw.line((a, d), fill=ink, width=line)
        draw.line((b, c), fill=ink, width=line)
        if rng.random() < 0.03:
            mark_hatching(draw, ground, stall["corners"], ink, line)
        if rng.random() < 0.25:
            u, v = stall["middle"]
            stain(rng, image, ground(u + rng.gauss(0, 3), v + rng.gauss(0, 6)), ground.size(1))
    for _ in range(rng.randint(0, 5)):
        u, v = rng.uniform(-150, 150), rng.uniform(-150, 150)
        mark_arrow(draw, ground, (u, v), rng.choice([-1, 1]), ink, line)
    green = jitter(rng, rng.choice([(90, 115, 65), (110, 105, 70), (150, 145, 135)]), 12)
    for u0, v0, u1, v1 in islands:
        corners = ground.shape([(u0, v0), (u1, v0), (u1, v1), (u0, v1)])
        draw.polygon(corners, fill=green, outline=(190, 188, 182), width=line)


def sunlight(rng):
    """Where shadows fall (x, y, a length of 0 to 1.6) and how dark they are."""
    angle, length = rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 1.6)
    if rng.random() < 0.25:
        return 0.15 * math.cos(angle), 0.15 * math.sin(angle), rng.uniform(0.1, 0.25)
    return length * math.cos(angle), length * math.sin(angle), rng.uniform(0.35, 0.62)


def park(rng, ground, stalls, taken):
    """Cars in a share of the stalls, and up to two on the move."""
    cars = []
    order = [stall for stall in stalls if seen(ground(*stall["middle"]), ground.scale, 0)]
    rng.shuffle(order)
    count = round(taken * len(order))
    outside = [s for s in stalls if not seen(ground(*s["middle"]), ground.scale, 0)]
    for stall in order[:count] + [s for s in outside if rng.random() < taken]:
        stall["taken"] = True
        u, v = stall["middle"]
        wide, long = stall["size"]
        lean = -stall["lean"] + rng.gauss(0, 0.03) + rng.choice([0, math.pi])
        place = (u + rng.gauss(0, 0.8), v + rng.gauss(0, 1.6))
        cars.append(car_at(rng, ground, place, lean, wide * 0.78, long * 0.84))
    for _ in range(rng.randint(0, 2)):
        place = (rng.uniform(-140, 140), rng.uniform(-140, 140))
        if all(math.dist(place, stall["middle"]) > 42 for stall in stalls):
            turned = math.pi / 2 * rng.choice([1, -1]) + rng.gauss(0, 0.1)
            cars.append(car_at(rng, ground, place, turned, 16.5, 36))
    return cars


def car_at(rng, ground, place, turned, wide, long):
    """A car's measures and its outline in pixels."""
    wide *= rng.uniform(0.9, 1.08)
    long *= rng.uniform(0.84, 1.06)
    cosine, sine = math.cos(turned), math.sin(turned)

    def at(across, along):
        u = place[0] + cosine * across * wide / 2 - sine * along * long / 2
        v = place[1] + sine * across * wide / 2 + cosine * along * long / 2
        return ground(u, v)

    nose, cut = rng.uniform(0.72, 0.85), rng.uniform(0.84, 0.93)
    outline = [at(x, y) for x, y in rounded(nose, cut)]
    return {"at": at, "outline": outline, "paint": rng.choice(CAR_PAINTS)}


def rounded(nose, cut):
    """The corners of a car's outline, in halves of its width and length."""
    return [
        (-nose, -1),
        (nose, -1),
        (1, -cut),
        (1, cut),
        (nose, 1),
        (-nose, 1),
        (-1, cut),
        (-1, -cut),
    ]


def hull_of(first, second):
    """The convex hull of two outlines: what a body between them covers."""
    points = sorted(set(first + second))

    def half(ordered):
        chain = []
        for point in ordered:
            while len(chain) > 1 and turn_of(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return half(points) + half(points[::-1])


def turn_of(a, b, c):
    """Twice the area of a triangle, positive where it turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def cast_shadows(rng, cast, ground, islands, sun):
    """Draws what trees, lamps, buildings and clouds shade; returns the crowns of the trees."""
    scale = ground.scale
    draw = ImageDraw.Draw(cast)
    crowns = []
    for u0, v0, u1, v1 in islands:
        count = max(1, round((u1 - u0) / 60))
        for _ in range(count):
            if rng.random() < 0.45:
                x, y = ground(rng.uniform(u0, u1), rng.uniform(v0, v1))
                if seen((x, y), scale, 30):
                    crowns.append((x, y, ground.size(rng.uniform(9, 20))))
    for x, y, radius in crowns:
        for step in range(6):
            dx, dy = (sun[k] * 22 * scale * (0.4 + step / 5) for k in (0, 1))
            r = radius * rng.uniform(0.7, 0.95)
            draw.ellipse((x + dx - r, y + dy - r, x + dx + r, y + dy + r), fill=255)
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        x, y = rng.uniform(0, SIDE) * scale, rng.uniform(0, SIDE) * scale
        tip = (x + sun[0] * 70 * scale, y + sun[1] * 70 * scale)
        draw.line((x, y, *tip), fill=255, width=max(1, round(2.5 * scale)))
        r = 4 * scale
        draw.ellipse((tip[0] - r, tip[1] - r, tip[0] + r, tip[1] + r), fill=255)
    if rng.random() < 0.35:
        building_shadow(rng, draw, sun, scale)
    if rng.random() < 0.3:
        side = cast.width
        cloud = soft_noise(rng, side, side, rng.randint(3, 5)) > rng.uniform(0.55, 0.75)
        cast.paste(255, (0, 0), Image.fromarray(cloud).convert("L"))
    return crowns


def building_shadow(rng, draw, sun, scale):
    """The shadow of a house beyond an edge of the picture."""
    deep = rng.uniform(40, 120) * scale
    start, stop = sorted(rng.uniform(-0.2, 1.2) * SIDE * scale for _ in range(2))
    full = SIDE * scale
    slip = rng.uniform(-0.5, 0.5) * deep
    if abs(sun[0]) > abs(sun[1]):
        near, far = (0, deep) if sun[0] > 0 else (full, full - deep)
        draw.polygon(
            [(near, start), (near, stop), (far, stop + slip), (far, start + slip)], fill=255
        )
    else:
        near, far = (0, deep) if sun[1] > 0 else (full, full - deep)
        draw.polygon(
            [(start, near), (stop, near), (stop + slip, far), (start + slip, far)], fill=255
        )


def shade(image, mask, strength, scale):
    """Darkens the picture, a little less in red, where the mask is."""
    soft = mask.filter(ImageFilter.GaussianBlur(0.7 * scale))
    night = Image.blend(image, Image.new("RGB", image.size, (18, 22, 38)), strength)
    image.paste(night, (0, 0), soft)


def patch(rng, image, side):
    """Gives the asphalt its grain: broad tones, repairs and joints."""
    rows = np.asarray(image, np.float32)
    rows = rows * (0.86 + 0.28 * soft_noise(rng, side, side, rng.randint(4, 9)))[..., None]
    rows = rows * (0.93 + 0.14 * soft_noise(rng, side, side, 70))[..., None]
    image.paste(Image.fromarray(np.clip(rows, 0, 255).astype(np.uint8)))
    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        x, y = rng.uniform(0, side), rng.uniform(0, side)
        wide, tall = (rng.uniform(0.04, 0.25) * side for _ in range(2))
        tone = rng.choice([(40, 40, 44, 110), (60, 60, 62, 80), (160, 158, 150, 60)])
        draw.rectangle((x, y, x + wide, y + tall), fill=tone)
    for _ in range(rng.choice([0, 0, 1, 2])):
        ends = (rng.uniform(0, side), 0, rng.uniform(0, side), side)
        draw.line(ends, fill=(50, 50, 52, 160), width=max(1, side // 320))


def seen(place, scale, margin):
    """Whether a place lies in the picture, or no further outside than a margin in units."""
    low, high = -margin * scale, (SIDE + margin) * scale
    return all(low <= part < high for part in place)


def elements(ground, stalls, cars, cast, cover, sun):
    """What can be pointed at: cars and empty stalls that are at least half seen, and the shadows.

    A shadow is what something other than a car casts on the ground, where no car stands.
    """
    side = cast.width
    hidden = np.asarray(cover) > 127
    found = []
    on_cars = np.zeros((side, side), bool)
    empty = [s["corners"] for s in stalls if not s.get("taken")]
    shapes = [("car", car["outline"]) for car in cars]
    shapes += [("empty stall", ground.shape(corners)) for corners in empty]
    for name, outline in shapes:
        middle = [sum(part) / len(outline) for part in zip(*outline)]
        element = Element(name, bounds(outline, side), outline)
        pixels = element.pixels(side, side)
        if name == "car":
            on_cars |= pixels
        if seen(middle, ground.scale, 0) and hidden[pixels].mean() < 0.5:
            found.append(element)
    shadow = (np.asarray(cast) > 127) & ~on_cars & ~hidden
    if sun[2] > 0.3 and shadow.sum() > 0.005 * side * side:
        found.append(Element("shadow", box_of(shadow), mask=shadow))
    return found


def bounds(outline, side):
    """The upright box around an outline within the picture."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    low, high = (max(0, min(xs)), max(0, min(ys))), (min(side, max(xs)), min(side, max(ys)))
    return [round(part, 1) for part in (*low, *high)]


def finish(rng, image, label, parts, size):
    """Tints, blurs and grains the picture as a camera high above would."""
    blur = rng.choice([0, 0, rng.uniform(0.3, 0.9)])
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur * image.width / SIDE))
    if size is not None:
        image = image.resize(size, Image.Resampling.BILINEAR)
    tint = np.array([rng.uniform(0.92, 1.08) for _ in range(3)], np.float32)
    rows = np.asarray(image, np.float32) * tint * rng.uniform(0.85, 1.15) + rng.uniform(-8, 14)
    grain = rng.choice([2, 4, 6])
    noise = np.random.default_rng(rng.getrandbits(64))
    rows += noise.normal(0, grain, rows.shape[:2])[..., None].astype(np.float32)
    return Picture(Image.fromarray(np.clip(rows, 0, 255).astype(np.uint8)), parts, label)


def write_lots(seed, count, folder):
    """Writes the first `count` lots of a seed with their `boxes.json` to a folder."""
    drawn = ((f"lot-{number:04d}.jpg", draw_lot(seed, number, 1.0)) for number in range(count))
    write_pictures(drawn, folder)


def main():
    """Reads the options and writes the lots."""
    parser = argparse.ArgumentParser(description="Draw parking lots with exact ground truth.")
    parser.add_argument("--seed", type=int, default=10, help="lots of different seeds never repeat")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    write_lots(options.seed, options.count, options.output)


if __name__ == "__main__":
    main()
