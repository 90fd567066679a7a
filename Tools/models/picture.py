"""A drawn picture with what is known of it: its class and where each thing lies, exactly."""

import dataclasses

import numpy as np
from PIL import Image, ImageDraw

from annotations import Annotations


@dataclasses.dataclass
class Element:
    """One thing in a picture: a name, a box, and the shape within it where one is known."""

    name: str
    box: list[float]
    """Left, top, right and bottom in pixels, right and bottom excluded."""
    outline: list[tuple[float, float]] | None = None
    """The corners of a shape that is a polygon."""
    mask: np.ndarray | None = None
    """The pixels [H, W] of a shape that is none."""

    def pixels(self, width: int, height: int) -> np.ndarray:
        """The shape's pixels [H, W]; the box's where no shape is known."""
        if self.mask is not None:
            return self.mask
        image = Image.new("1", (width, height))
        if self.outline is not None:
            ImageDraw.Draw(image).polygon(self.outline, fill=1)
        else:
            x0, y0, x1, y1 = self.box
            ImageDraw.Draw(image).rectangle((x0, y0, x1 - 1, y1 - 1), fill=1)
        return np.asarray(image)


@dataclasses.dataclass
class Picture:
    """A drawn picture, its elements, and its class where that is not the name of an element."""

    image: Image.Image
    elements: list[Element]
    label: str | None = None


def box_of(mask) -> list[int]:
    """The box around the pixels of a mask [H, W]."""
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    return [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]


def write_pictures(pictures, folder, quality: int = 88):
    """Writes pictures [(file name, picture)] with what is in them as COCO, `annotations.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    annotations = Annotations()
    for name, picture in pictures:
        picture.image.save(folder / name, quality=quality)
        annotations.add(name, picture)
    annotations.write(folder / "annotations.json")
