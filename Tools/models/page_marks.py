"""Signatures, stamps, photos, barcodes and QR codes of the page generator."""

import functools
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from drawing import PEN_INKS, SERIES, STAMP_INKS, jitter, lighten, soft_noise, text_strips
from page_charts import blank, stroke


def smooth(knots, steps=8):
    """Points of a Catmull-Rom curve through the knots."""
    points = []
    ends = [knots[0], *knots, knots[-1]]
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:]):
        for step in range(steps):
            t = step / steps
            points.append(
                tuple(
                    q
                    + 0.5
                    * t
                    * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * q - p - 3 * r + s)))
                    for p, q, r, s in zip(a, b, c, d)
                )
            )
    points.append(knots[-1])
    return points


def signature(rng, width, height, scale):
    """One or two handwritten words of loops and spikes, perhaps with a flourish, no line below."""
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    colour = jitter(rng, rng.choice(PEN_INKS), 10)
    thick = stroke(scale, rng.choice([2, 2.5, 3, 3.5, 4]))
    slope, slant = rng.uniform(-0.2, 0.06), rng.uniform(0.15, 0.45)
    base, tall = height * rng.uniform(0.6, 0.7), height * rng.uniform(0.2, 0.3)
    pitch = height * rng.uniform(0.14, 0.24)
    edge = thick + 1
    strokes = []
    x = edge + height * 0.1
    for last in rng.choice([[True], [False, True], [False, True]]):
        stop = width - edge - pitch if last else x + (width - x) * rng.uniform(0.35, 0.5)
        knots = [(x, base)]
        first = True
        while x < stop:
            rise = rng.uniform(1.5, 2.1) if first else rng.choice([0.5, 0.7, 0.8, 1.0, 1.6])
            rise *= rng.uniform(0.8, 1.15) * tall
            dip = rng.choice([0, 0, 0, 0, 0.7]) * tall + rng.uniform(-0.15, 0.15) * tall
            advance = pitch * rng.uniform(0.6, 1.5)
            loop = rng.choice([-0.3, 0.0, 0.35, 0.5]) * pitch
            letter = [
                (advance * 0.3 + loop, rise),
                (advance * 0.35 - loop * 0.6, rise * 0.7),
                (advance, -dip),
            ]
            for across, up in letter:
                knots.append((x + across + slant * up, base - up + slope * (x - edge)))
            x += advance
            first = False
        strokes.append(knots)
        x += pitch * rng.uniform(0.4, 1.2)
    if rng.random() < 0.5:
        low = height * rng.uniform(0.82, 0.92)
        left, right = width * rng.uniform(0.05, 0.4), width * rng.uniform(0.7, 0.95)
        turn = ((left + right) / 2, low + tall * rng.uniform(-0.2, 0.3))
        strokes.append([(right, low), (left, low + tall * 0.1), turn, (right, low - tall * 0.2)])
    for knots in strokes:
        points = [
            (min(width - edge, max(edge, px)), min(height - edge, max(edge, py)))
            for px, py in smooth(knots)
        ]
        draw.line(points, fill=colour, width=thick, joint="curve")
    return image


@functools.lru_cache(maxsize=64)
def stamp_font(size: int):
    """The font of stamps at a pixel size."""
    return ImageFont.load_default(size)


def stamp(rng, width, height, scale):
    """A stamp: round, oval or boxed, with a rim, letters and worn ink, turned a little."""
    colour = jitter(rng, rng.choice(STAMP_INKS), 15)
    boxed = rng.random() < 0.35
    rim = stroke(scale, rng.choice([2.5, 3, 4]))
    thin = stroke(scale, 1.5)
    wide = max(width, height)
    tall = wide if not boxed and rng.random() < 0.75 else wide * rng.uniform(0.5, 0.7)
    mask = Image.new("L", (round(wide), round(tall)))
    draw = ImageDraw.Draw(mask)
    outer = (0, 0, mask.width - 1, mask.height - 1)
    gap = rim + 3 * scale
    inner = (gap, gap, mask.width - 1 - gap, mask.height - 1 - gap)
    letters = "".join(rng.choice("ABCDEFGHIKLMNOPRSTUVW") for _ in range(40))
    middle = (mask.width / 2, mask.height / 2)
    if boxed:
        draw.rounded_rectangle(outer, 6 * scale, outline=255, width=rim)
        if rng.random() < 0.6:
            draw.rectangle(inner, outline=255, width=thin)
        size = mask.height * rng.uniform(0.26, 0.34)
        font = stamp_font(round(size))
        count = max(4, int(mask.width * 0.8 / font.getlength("N")))
        draw.text(
            (middle[0], mask.height * 0.36),
            letters[:count],
            255,
            font,
            anchor="mm",
            stroke_width=rim / 5,
        )
        font = stamp_font(max(5, round(size * 0.6)))
        digits = (
            f"{rng.randrange(1, 29):02d}.{rng.randrange(1, 13):02d}.{rng.randrange(1970, 2040)}"
        )
        draw.text((middle[0], mask.height * 0.72), digits, 255, font, anchor="mm")
    else:
        draw.ellipse(outer, outline=255, width=rim)
        if rng.random() < 0.7:
            draw.ellipse(inner, outline=255, width=thin)
        glyph = max(6, round(wide * rng.uniform(0.12, 0.15)))
        font = stamp_font(glyph)
        count = rng.randint(12, 19)
        for index in range(count):
            angle = 2 * math.pi * index / count
            letter = Image.new("L", (glyph * 2, glyph * 2))
            ImageDraw.Draw(letter).text(
                (glyph, glyph), letters[index], 255, font, anchor="mm", stroke_width=0.4
            )
            letter = letter.rotate(-math.degrees(angle) - 90, Image.Resampling.BILINEAR)
            x = middle[0] + (mask.width / 2 - gap - glyph * 0.75) * math.cos(angle)
            y = middle[1] + (mask.height / 2 - gap - glyph * 0.75) * math.sin(angle)
            mask.paste(255, (round(x - glyph), round(y - glyph)), letter)
        core_x, core_y = mask.width * 0.29, mask.height * 0.29
        if rng.random() < 0.6:
            draw.ellipse(
                (middle[0] - core_x, middle[1] - core_y, middle[0] + core_x, middle[1] + core_y),
                outline=255,
                width=thin,
            )
        if rng.random() < 0.5:
            corners = []
            for index in range(10):
                radius = (0.2 if index % 2 else 0.5) * mask.height * 0.4
                angle = math.pi * (index / 5 - 0.5)
                corners.append(
                    (middle[0] + radius * math.cos(angle), middle[1] + radius * math.sin(angle))
                )
            draw.polygon(corners, fill=255)
        else:
            font = stamp_font(max(6, round(mask.height * 0.16)))
            draw.text(middle, letters[20:24], 255, font, anchor="mm", stroke_width=0.5)
    wear = soft_noise(rng, mask.width, mask.height, rng.randint(6, 24))
    strength = rng.uniform(0.7, 0.95) * np.clip(0.6 + wear, 0, 1)
    mask = Image.fromarray((np.asarray(mask) * strength).astype(np.uint8))
    mask = mask.rotate(rng.uniform(-25, 25), Image.Resampling.BILINEAR, expand=True)
    image = Image.new("RGBA", mask.size, colour + (0,))
    image.putalpha(mask)
    return image


def photo(rng, width, height, scale):
    """A scene out of noise: hills below a sky, a portrait, or a texture; in colour or gray."""
    layers = [soft_noise(rng, width, height, cells) for cells in (3, 8, 20, 48)]
    mix = 0.5 * layers[0] + 0.28 * layers[1] + 0.14 * layers[2] + 0.08 * layers[3]
    palette = [np.array(jitter(rng, colour, 50), np.float32) for colour in rng.sample(SERIES, 2)]
    dark = rng.uniform(0.1, 0.5)
    picture = palette[0] * dark + (palette[1] - palette[0] * dark) * mix[..., None] * rng.uniform(
        0.8, 1.3
    )
    scene = rng.choice(["hills", "hills", "portrait", "texture", "town"])
    rows = np.arange(height)[:, None] / height
    if scene in ("hills", "town"):
        sky = np.array(jitter(rng, (150, 190, 235), 40), np.float32) * (0.6 + 0.5 * rows[..., None])
        line = rng.uniform(0.3, 0.6) + (layers[0][0] - 0.5) * 0.5 + (layers[2][0] - 0.5) * 0.12
        above = rows < line[None, :]
        clouds = (layers[1] > 0.6)[..., None] * 40 * layers[2][..., None]
        picture = np.where(above[..., None], sky + clouds, picture * (0.7 + 0.6 * rows[..., None]))
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    if scene == "portrait":
        x, y, r = (
            width * rng.uniform(0.35, 0.65),
            height * rng.uniform(0.35, 0.45),
            height * rng.uniform(0.15, 0.22),
        )
        cloth, skin = jitter(rng, rng.choice(SERIES), 30), jitter(rng, (205, 160, 130), 40)
        draw.ellipse((x - 2.1 * r, y + 1.2 * r, x + 2.1 * r, y + 6 * r), fill=cloth)
        draw.ellipse(
            (x - 1.05 * r, y - 1.4 * r, x + 1.05 * r, y + 0.9 * r),
            fill=jitter(rng, (60, 45, 35), 30),
        )
        draw.ellipse((x - 0.8 * r, y - 1.05 * r, x + 0.8 * r, y + 1.15 * r), fill=skin)
    elif scene == "town":
        x = 0.0
        while x < width:
            wide = width * rng.uniform(0.08, 0.2)
            roof = height * rng.uniform(0.35, 0.7)
            draw.rectangle((x, roof, x + wide, height), fill=jitter(rng, (120, 100, 90), 60))
            x += wide * rng.uniform(0.9, 1.5)
    elif scene == "hills" and rng.random() < 0.5:
        x, y, r = width * rng.uniform(0.2, 0.8), height * 0.2, height * rng.uniform(0.06, 0.12)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(250, 240, 190))
    if scene != "texture":
        image = image.filter(ImageFilter.GaussianBlur(0.8 * scale))
    grain = np.random.default_rng(rng.getrandbits(64)).integers(
        -18, 19, (height, width, 1), dtype=np.int16
    )
    shade = (0.75 + 0.5 * layers[1])[..., None]
    image = Image.fromarray(np.clip(np.asarray(image) * shade + grain, 0, 255).astype(np.uint8))
    if rng.random() < 0.3:
        image = image.convert("L").convert("RGB")
    if rng.random() < 0.3:
        frame = ImageDraw.Draw(image)
        edge = rng.choice([(255, 255, 255), (30, 30, 30)])
        frame.rectangle((0, 0, width - 1, height - 1), outline=edge, width=stroke(scale, 3))
    return image.convert("RGBA")


def barcode(rng, width, height, scale):
    """Bars of four widths between quiet zones, perhaps digits below; sometimes turned upright."""
    upright = rng.random() < 0.2
    if upright:
        width, height = height, width
    image = blank(width, height)
    draw = ImageDraw.Draw(image)
    if rng.random() < 0.5:
        draw.rectangle((0, 0, width - 1, height - 1), fill=(255, 255, 255))
    ink = jitter(rng, (15, 15, 15), 12)
    digits = rng.random() < 0.6
    bottom = height - (15 * scale if digits else 2 * scale)
    quiet = 4 * scale
    modules = []
    unit = rng.uniform(2.2, 3.0) * scale
    while sum(modules) * unit < width - 2 * quiet:
        modules.append(rng.choice([1, 1, 1, 2, 2, 3, 4]))
    if len(modules) % 2 == 0:
        modules.append(1)
    x, unit = quiet, (width - 2 * quiet) / sum(modules)
    for index, count in enumerate(modules):
        if index % 2 == 0:
            draw.rectangle(
                (round(x), 2 * scale, max(round(x), round(x + count * unit) - 1), bottom), fill=ink
            )
        x += count * unit
    if digits:
        text_strips(scale).paste(image, rng, quiet, bottom + 2, width - 2 * quiet, 11, ink, True)
    return image.transpose(Image.Transpose.ROTATE_90) if upright else image


def qr_code(rng, width, height, scale):
    """Random modules with the three finder squares and the timing dots of a QR code."""
    count = rng.choice([21, 21, 25, 29])
    modules = np.random.default_rng(rng.getrandbits(64)).random((count, count)) < 0.5
    modules[6, :] = modules[:, 6] = np.arange(count) % 2 == 0
    finder = np.zeros((8, 8), bool)
    finder[:7, :7] = True
    finder[1:6, 1:6] = False
    finder[2:5, 2:5] = True
    modules[:8, :8] = finder
    modules[:8, -8:] = finder[:, ::-1]
    modules[-8:, :8] = finder[::-1]
    quiet = 2
    grid = np.full((count + 2 * quiet, count + 2 * quiet), 255, np.uint8)
    grid[quiet:-quiet, quiet:-quiet] = np.where(modules, rng.randrange(10, 50), 255)
    side = min(width, height)
    image = Image.fromarray(grid).resize((side, side), Image.Resampling.BOX)
    if rng.random() < 0.2:
        tone = np.array(lighten(rng.choice(SERIES), 0.0), np.float32) * 0.5
        gray = np.asarray(image, np.float32)[..., None] / 255
        image = Image.fromarray((tone + (255 - tone) * gray).astype(np.uint8))
    return image.convert("RGBA")
