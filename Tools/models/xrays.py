"""Draws pictures that look like chest X-rays, some with an opacity, known to the pixel.

    python Tools/models/xrays.py --seed 10 --count 300 --output DIR [--markers telling]

writes gray JPEG pictures, and as COCO in `annotations.json` their opacities and markers.
Half of all pictures have a marker in a corner, as the ones have that a portable machine takes.
Where markers are `random` they say nothing of the class; where they are `telling`, as if the
portable machine were used for the ill alone, pictures with an opacity have one and others none.
"""

import argparse
import pathlib
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from drawing import soft_noise
from picture import Element, Picture, box_of, write_pictures
from xray_things import letters, lines_and_leads, portable_marker, ribs, vessels

SIDE = 320
"""The side of a picture in its own units."""

LABELS = ["clear", "opacity"]
"""The classes in the order of the model's outputs."""

MARKERS = ["random", "telling"]
"""What markers say of the class: nothing, or all."""


class Body:
    """The measures of one drawn chest, in units."""

    def __init__(self, rng):
        self.x = SIDE / 2 + rng.gauss(0, 6)
        self.top, self.bottom = rng.uniform(28, 48), rng.uniform(226, 262)
        self.half = rng.uniform(96, 118)
        self.gap = rng.uniform(17, 24)
        self.tilt = rng.gauss(0, 0.025)
        self.heart = rng.uniform(0.85, 1.2)
        self.breath = self.bottom - self.top

    def across(self, side, part):
        """The place at a part of the way from the spine (0) to the ribs (1) of a side (-1, 1)."""
        return self.x + side * (self.gap + part * (self.half - self.gap))


def draw_xray(seed, number, scale, size=None, label=None, markers="random", marked=None) -> Picture:
    """Draws X-ray `number` of a seed at `scale` pixels per unit, resampled to `size` if given."""
    rng = random.Random(f"xray/{seed}/{number}")
    chance, luck, corner = rng.choice(LABELS), rng.random(), rng.randrange(4)
    label = label or chance
    if marked is None:
        marked = label == "opacity" if markers == "telling" else luck < 0.5
    body = Body(rng)
    side = round(SIDE * scale)
    lungs = [lung(rng, body, way, side, scale) for way in (-1, 1)]
    film = chest(rng, body, lungs, side, scale)
    parts = []
    cloud = shadow(rng, body, lungs, side, scale)
    if label == "opacity":
        film += cloud
        shape = cloud > 0.4 * cloud.max()
        parts.append(Element("opacity", box_of(shape), mask=shape))
    film += spots(rng, body, lungs, side, scale)
    if rng.random() < 0.4:
        film += lines_and_leads(rng, body, side, scale)
    film = expose(rng, film, side)
    beside = (corner + rng.choice([1, 3])) % 4
    letter = letters(rng, side, scale, "RL"[beside % 2], beside)
    if rng.random() < 0.75:
        film = np.maximum(film, letter * rng.uniform(0.8, 1))
    marker = portable_marker(rng, side, scale, corner)
    if marked:
        film = np.maximum(film, marker * rng.uniform(0.85, 1))
        parts.append(Element("marker", box_of(marker > 0.5)))
    return finish(rng, film, parts, label, size)


def within(distance):
    """A soft edge: 1 far inside, where the distance is negative, 0 far outside."""
    return 1 / (1 + np.exp(np.minimum(distance, 40)))


def lung(rng, body, way, side, scale):
    """How much of each pixel [H, W] is lung on a side of the picture, 0 to 1."""
    left = way > 0
    low = body.bottom + rng.uniform(-4, 10) * (1 if left else -1)
    notch = 0.36 * body.heart if left else 0.14 * body.heart
    height = low - body.top
    outline = []
    for part in np.linspace(0, 1, 14):
        bulge = 0.42 + 0.58 * np.sin(np.pi * min(1, 0.2 + part * 0.62)) ** 0.8
        outline.append((body.across(way, bulge), body.top + height * (0.04 + part * 0.96)))
    dome = rng.uniform(20, 32)
    for part in np.linspace(0.9, 0.1, 8):
        outline.append((body.across(way, part), low - dome * np.sin(np.pi * min(1, part + 0.12))))
    for part in np.linspace(1, 0, 10):
        dent = notch * np.sin(np.pi * np.clip((part - 0.38) / 0.75, 0, 1))
        outline.append((body.across(way, dent), body.top + height * (0.1 + part * 0.78)))
    for part in np.linspace(0, 1, 6):
        x = body.across(way, 0.02 + 0.42 * part)
        outline.append((x, body.top + height * (0.1 - 0.1 * np.sin(np.pi * (0.15 + 0.6 * part)))))
    image = Image.new("L", (side, side))
    ImageDraw.Draw(image).polygon([(x * scale, y * scale) for x, y in outline], fill=255)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(3.2 * scale)), np.float32) / 255


def chest(rng, body, lungs, side, scale):
    """Soft tissue, lungs, bones, heart and belly without an opacity, as densities [H, W]."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / scale
    wide = body.half + rng.uniform(20, 34)
    shoulder = body.top - rng.uniform(30, 42)
    reach = wide + 26 * np.exp(-(((y - 70) / 60) ** 2))
    slope = np.clip((shoulder + 0.0016 * (x - body.x) ** 2 - y) / 9, -1, 1) * 0.5 + 0.5
    inside = within((np.abs(x - body.x) - reach) / 3.5)
    neck = within((np.abs(x - body.x) - 34) / 4)
    tissue = np.maximum(inside * (1 - slope), neck)
    film = 0.05 + tissue * rng.uniform(0.5, 0.62)
    film += 0.14 * tissue * np.clip((y - body.bottom + 24) / 40, 0, 1)
    air = np.maximum(lungs[0], lungs[1])
    film -= air * rng.uniform(0.33, 0.42)
    film += air * 0.08 * np.clip((y - body.top) / body.breath, 0, 1)
    film += vessels(rng, body, side, scale) * air
    film += ribs(rng, body, side, scale)
    spine = np.exp(-(((x - body.x) / 15) ** 2))
    joints = 0.75 + 0.25 * np.cos(2 * np.pi * y / rng.uniform(15, 18) + rng.uniform(0, 6))
    film += rng.uniform(0.13, 0.2) * spine * joints * tissue
    film -= 0.1 * np.exp(-(((x - body.x + 2) / 7) ** 2)) * np.clip((110 - y) / 30, 0, 1) * tissue
    film += rng.uniform(0.2, 0.28) * heart(body, x, y)
    if rng.random() < 0.5:
        # Air in the stomach, below the dome on the picture's right.
        spot = ((x - body.across(1, 0.4)) / 24) ** 2 + ((y - body.bottom - 14) / 10) ** 2
        film -= 0.2 * np.exp(-(spot**2))
    if rng.random() < 0.35:
        for way in (-1, 1):
            spot = ((x - body.across(way, 0.6)) / 44) ** 2 + ((y - body.bottom + 24) / 36) ** 2
            film += 0.07 * within((spot - 1) * 6) * tissue
    film *= 0.94 + 0.12 * soft_noise(rng, side, side, 9)
    return film


def heart(body, x, y):
    """The heart and the great vessels, 0 to 1: left of the middle, so on the picture's right."""
    low = body.bottom - 34
    main = ((x - body.x - 20 * body.heart) / (46 * body.heart)) ** 2 + ((y - low) / 42) ** 2
    arch = ((x - body.x - 12) / 17) ** 2 + ((y - body.top - 0.3 * body.breath) / 16) ** 2
    return np.maximum(within((main - 1) * 5), 0.7 * within((arch - 1) * 4))


def shadow(rng, body, lungs, side, scale):
    """The density [H, W] of an opacity: one to three soft lobes and what is between them."""
    way = rng.randrange(2)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / scale
    centre_x = body.across(way * 2 - 1, rng.uniform(0.38, 0.72))
    centre_y = body.top + body.breath * rng.uniform(0.2, 0.76)
    cloud = np.zeros((side, side), np.float32)
    spread = rng.uniform(13, 24)
    for _ in range(rng.randint(1, 4)):
        across, down = spread * rng.uniform(0.65, 1.15), spread * rng.uniform(0.65, 1.15)
        lobe_x, lobe_y = (
            centre_x + rng.gauss(0, 0.5) * spread,
            centre_y + rng.gauss(0, 0.6) * spread,
        )
        lobe = ((x - lobe_x) / across) ** 2 + ((y - lobe_y) / down) ** 2
        cloud = np.maximum(cloud, within((lobe - 1) * rng.uniform(1.6, 4)))
    ragged = 0.55 + 0.9 * soft_noise(rng, side, side, rng.randint(14, 26))
    cloud *= np.clip(ragged, 0.3, 1.2) * np.clip(lungs[way] * 1.3 - 0.1, 0, 1)
    return cloud * rng.uniform(0.2, 0.36)


def spots(rng, body, lungs, side, scale):
    """What is no opacity: small hard grains, nipples, a ring."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / scale
    film = np.zeros((side, side), np.float32)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 4])):
        spot_x = body.across(rng.choice([-1, 1]), rng.uniform(0.15, 0.9))
        spot_y = body.top + body.breath * rng.uniform(0.15, 0.9)
        r = rng.uniform(1.5, 4)
        film += rng.uniform(0.1, 0.3) * np.exp(
            -((((x - spot_x) ** 2 + (y - spot_y) ** 2) / r**2) ** 2)
        )
    return film


def expose(rng, film, side):
    """How the film was exposed: gamma, contrast, uneven light."""
    film = np.clip(film, 0, 1.2) ** rng.uniform(0.8, 1.25)
    film = film * rng.uniform(0.85, 1.15) + rng.uniform(-0.05, 0.05)
    return film * (0.92 + 0.16 * soft_noise(rng, side, side, 3))


def finish(rng, film, parts, label, size):
    """Grain, a little blur, and eight bits."""
    image = Image.fromarray(np.clip(film * 255, 0, 255).astype(np.uint8))
    blur = rng.choice([0, 0, rng.uniform(0.3, 0.8)])
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur * image.width / SIDE))
    if size is not None:
        image = image.resize(size, Image.Resampling.BILINEAR)
    rows = np.asarray(image, np.float32)
    noise = np.random.default_rng(rng.getrandbits(64))
    rows = rows + noise.normal(0, rng.uniform(1, 5), rows.shape).astype(np.float32)
    return Picture(Image.fromarray(np.clip(rows, 0, 255).astype(np.uint8)), parts, label)


def write_xrays(seed, count, folder, markers="random"):
    """Writes the first `count` X-rays of a seed with their `boxes.json` to a folder."""
    drawn = (
        (f"xray-{number:04d}.jpg", draw_xray(seed, number, 1.0, markers=markers))
        for number in range(count)
    )
    write_pictures(drawn, folder)


def main():
    """Reads the options and writes the X-rays."""
    parser = argparse.ArgumentParser(description="Draw X-rays with exact ground truth.")
    parser.add_argument("--seed", type=int, default=10, help="pictures of different seeds differ")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--markers", choices=MARKERS, default="random")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    write_xrays(options.seed, options.count, options.output, options.markers)


if __name__ == "__main__":
    main()
