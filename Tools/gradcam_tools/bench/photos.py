"""Photos for timing: drawn, of a camera's usual small size, the same at every run."""

from pathlib import Path

import numpy as np
from PIL import Image


def drawn_photos(folder: Path, count: int, width: int = 500, height: int = 375) -> list[Path]:
    """The first `count` photos, drawn where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"photo-{index:03}.jpg" for index in range(count)]
    for index, path in enumerate(paths):
        if not path.exists():
            _draw(np.random.default_rng(index), width, height).save(path, quality=90)
    return paths


def _draw(generator: np.random.Generator, width: int, height: int) -> Image.Image:
    """Soft colours, textures of several sizes and some noise, so that it packs like a photo."""
    total = np.zeros((height, width, 3), dtype=np.float32)
    for cells, weight in [(3, 90), (8, 50), (24, 25), (80, 12)]:
        coarse = generator.standard_normal((cells, cells, 3)).astype(np.float32)
        for channel in range(3):
            layer = Image.fromarray(coarse[..., channel]).resize((width, height), Image.BICUBIC)
            total[..., channel] += weight * np.asarray(layer)
    total += generator.normal(128, 4, total.shape)
    return Image.fromarray(np.clip(total, 0, 255).astype(np.uint8))
