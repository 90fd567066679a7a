"""What both generators draw with: palettes, text strips, soft noise and the wear of print."""

import functools
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

CONSONANTS = "b c d f g h l m n p r s t v w br ch cl dr gr pl pr sh st th tr".split()
VOWELS = "a e i o u ai ea io ou".split()
ENDINGS = ["", "", "n", "r", "s", "t", "l", "nd", "st"]

INKS = [(20, 20, 20), (35, 35, 45), (55, 55, 60), (25, 30, 70), (70, 50, 40)]
"""Colours of printed text and rules."""

SERIES = [
    (31, 119, 180),
    (214, 69, 65),
    (46, 139, 87),
    (240, 160, 40),
    (120, 80, 170),
    (20, 150, 160),
    (190, 80, 130),
    (110, 110, 110),
    (60, 60, 60),
    (140, 180, 60),
    (80, 140, 220),
    (160, 100, 60),
]
"""Colours of charts and of coloured blocks."""

PEN_INKS = [(20, 30, 110), (25, 50, 150), (15, 15, 20), (40, 40, 50), (30, 30, 80)]
"""Colours of handwriting."""

STAMP_INKS = [
    (190, 30, 40),
    (170, 20, 80),
    (30, 60, 170),
    (20, 120, 80),
    (110, 40, 140),
    (60, 60, 70),
]
"""Colours of stamp ink."""

TEXT_SIZES = [11, 13, 15, 18, 24, 32]
"""Heights of text in page units, smallest first."""


def word(rng: random.Random) -> str:
    """A made-up word of one to four syllables."""
    syllables = rng.choice([1, 2, 2, 2, 3, 3, 4])
    return "".join(
        rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(syllables)
    ) + rng.choice(ENDINGS)


def number(rng: random.Random) -> str:
    """A made-up number as a table or an axis would print it."""
    form = rng.randrange(5)
    if form == 0:
        return str(rng.randrange(10, 999))
    if form == 1:
        return f"{rng.uniform(0, 100):.1f}"
    if form == 2:
        return f"{rng.randrange(1, 99)} {rng.randrange(100, 999)}"
    if form == 3:
        return f"{rng.uniform(0, 100):.0f}%"
    return f"{rng.uniform(0, 10):.2f}"


class TextStrips:
    """Long strips of made-up text drawn once for one scale, from which pages cut their lines.

    Cutting is about fifty times faster than drawing glyphs for every line of every page.
    """

    def __init__(self, scale: float, seed: int = 7):
        rng = random.Random(f"strips/{scale}/{seed}")
        self.strips = {}
        for size in TEXT_SIZES:
            for numeric in (False, True):
                rows = []
                for index in range(14):
                    bold = index % 4 == 3
                    rows.append(self._strip(rng, max(5, round(size * scale)), scale, numeric, bold))
                self.strips[size, numeric] = rows

    @staticmethod
    def _strip(rng, pixels, scale, numeric, bold):
        font = ImageFont.load_default(pixels)
        limit = round(900 * scale)
        words, stops, x = [], [0], 0.0
        while x < limit:
            text = number(rng) if numeric else word(rng)
            if not numeric and rng.random() < 0.15:
                text = text.capitalize()
            if not numeric and rng.random() < 0.12:
                text += rng.choice(",.;")
            words.append((round(x), text))
            x += font.getlength(text + " ") + (pixels * 0.6 if numeric else 0)
            stops.append(round(x))
        image = Image.new("L", (stops[-1] + 4, round(pixels * 1.3) + 2))
        draw = ImageDraw.Draw(image)
        for left, text in words:
            draw.text((left, 0), text, fill=255, font=font, stroke_width=pixels / 32 if bold else 0)
        return image, stops

    def paste(self, page, rng, x, y, width, size, colour, numeric=False, single=False):
        """Pastes text at most `width` pixels wide, its top left at (x, y); returns its width."""
        image, stops = rng.choice(self.strips[size, numeric])
        start = rng.randrange(len(stops) - 1)
        end = start + 1
        while not single and end + 1 < len(stops) and stops[end + 1] - stops[start] <= width:
            end += 1
        cut = min(stops[end] - stops[start], round(width))
        if cut <= 1:
            return 0
        mask = image.crop((stops[start], 0, stops[start] + cut, image.height))
        page.paste(colour, (round(x), round(y)), mask)
        return cut


@functools.lru_cache(maxsize=8)
def text_strips(scale: float) -> TextStrips:
    """The strips for a scale, drawn at first use."""
    return TextStrips(scale)


def soft_noise(rng: random.Random, width: int, height: int, cells: int) -> np.ndarray:
    """Smooth noise in [0, 1], about `cells` bumps along the longer side, as [height, width]."""
    across = max(2, round(cells * width / max(width, height)))
    down = max(2, round(cells * height / max(width, height)))
    grid = np.random.default_rng(rng.getrandbits(64)).integers(
        0, 256, (down, across), dtype=np.uint8
    )
    image = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32) / 255


def jitter(rng: random.Random, colour, amount: int = 20):
    """A colour near the given one."""
    return tuple(min(255, max(0, part + rng.randint(-amount, amount))) for part in colour)


def lighten(colour, part: float):
    """A colour moved towards white by a part of the way."""
    return tuple(round(value + (255 - value) * part) for value in colour)
