"""Writes Tests/ImagingTests/Fixtures: small pictures in every kind of file that is read.

Run from the project's root:

    pip install -r Tools/imaging/requirements.txt
    python Tools/imaging/fixtures.py

For each picture NAME.EXT there is NAME.ppm beside it with the pixels that Pillow reads (upright,
converted to RGB, for colour profiles by Little CMS through ImageCms). `resampling.txt` has
FNV-1a hashes of what Pillow and torchvision make of pictures that tests draw by themselves. The
SVG file there is a snapshot of FigureTests, and stays.
"""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps

sys.path.insert(0, str(Path(__file__).parent))
from profiles import gamma_profile, gray_profile  # noqa: E402

TARGET = Path("Tests/ImagingTests/Fixtures")
WIDTH, HEIGHT = 23, 17


def photo() -> np.ndarray:
    """A colourful picture with smooth parts, an edge and some noise, as uint8 [H, W, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red = 255 * x / (WIDTH - 1)
    green = 255 * y / (HEIGHT - 1)
    blue = 127.5 + 127.5 * np.sin(x / 3.0) * np.cos(y / 4.0)
    picture = np.stack([red, green, blue], axis=-1)
    picture[3:9, 12:20] = [250, 240, 20]
    noise = np.random.default_rng(1).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def alpha() -> np.ndarray:
    """Values from transparent to opaque, as uint8 [H, W]."""
    return np.linspace(0, 255, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).astype(np.uint8)


def deep() -> np.ndarray:
    """The picture with 16 bits, as uint16 [H, W, 3]."""
    low = np.random.default_rng(2).integers(0, 256, (HEIGHT, WIDTH, 3))
    return (photo().astype(np.uint16) << 8) | low.astype(np.uint16)


# MARK: Writing


def write_ppm(name: str, pixels: np.ndarray) -> None:
    """The expected pixels of NAME."""
    height, width, _ = pixels.shape
    header = f"P6 {width} {height} 255\n".encode()
    (TARGET / f"{name}.ppm").write_bytes(header + pixels.astype(np.uint8).tobytes())


def expect_pillow(path: Path) -> None:
    """Lets Pillow say what a picture looks like."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image)
        write_ppm(path.stem, np.asarray(upright.convert("RGB")))


def save(image: Image.Image, name: str, **options) -> None:
    """Writes one picture and its expectation."""
    path = TARGET / name
    image.save(path, **options)
    expect_pillow(path)


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def write_png(name: str, samples: np.ndarray, *, extra: bytes = b"", adam7: bool = False) -> None:
    """A PNG of a kind that Pillow does not write: 16-bit RGB, interlaced, with odd chunks."""
    height, width, channels = samples.shape
    bits = samples.dtype.itemsize * 8
    starts = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
    passes = [*starts, (0, 1, 1, 2)] if adam7 else [(0, 0, 1, 1)]
    raw = b""
    for x, y, across, down in passes:
        part = samples[y::down, x::across].astype(samples.dtype.newbyteorder(">"))
        raw += b"".join(b"\0" + row.tobytes() for row in part if row.size)
    color = {1: 0, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, int(adam7))
    (TARGET / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


# MARK: The pictures


def pngs() -> None:
    """PNG: every colour type, 1 to 16 bits."""
    rgb = Image.fromarray(photo())
    rgba = Image.fromarray(np.dstack([photo(), alpha()]))
    save(rgb, "png-rgb.png")
    save(rgba, "png-rgba.png")
    save(rgb.convert("L"), "png-gray.png")
    save(Image.merge("LA", [rgb.convert("L"), Image.fromarray(alpha())]), "png-gray-alpha.png")
    save(rgb.convert("1"), "png-bilevel.png")
    save(rgb.quantize(200), "png-palette.png")
    save(rgb.quantize(4), "png-palette-2-bits.png", transparency=1, bits=2)
    write_png("png-rgb-16.png", deep())
    write_ppm("png-rgb-16", deep() >> 8)
    write_png("png-gray-16.png", deep()[:, :, :1])
    write_ppm("png-gray-16", (deep()[:, :, :1] >> 8).repeat(3, axis=2))
    write_png("png-interlaced.png", photo(), adam7=True)
    expect_pillow(TARGET / "png-interlaced.png")
    # A gamma that nothing applies: what is stored is what a model saw when it was trained.
    write_png("png-gamma.png", photo(), extra=chunk(b"gAMA", struct.pack(">I", 100000)))
    expect_pillow(TARGET / "png-gamma.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    save(rgb, "png-turned.png", exif=exif)


def jpegs() -> None:
    """JPEG: samplings, progressive, gray, CMYK, all orientations."""
    rgb = Image.fromarray(photo())
    save(rgb, "jpeg-444.jpg", quality=95, subsampling=0)
    save(rgb, "jpeg-422.jpg", quality=90, subsampling=1)
    save(rgb, "jpeg-420.jpg", quality=90, subsampling=2)
    save(rgb, "jpeg-progressive.jpg", quality=90, progressive=True)
    save(rgb.convert("L"), "jpeg-gray.jpg", quality=90)
    save(rgb.convert("CMYK"), "jpeg-cmyk.jpg", quality=95)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        save(rgb, f"jpeg-orientation-{orientation}.jpg", quality=90, exif=exif)


def webps() -> None:
    """WebP: lossy, lossless, with alpha, turned."""
    rgb = Image.fromarray(photo())
    rgba = Image.fromarray(np.dstack([photo(), alpha()]))
    save(rgb, "webp-lossy.webp", quality=80)
    save(rgb, "webp-lossless.webp", lossless=True)
    save(rgba, "webp-rgba.webp", lossless=True, exact=True)
    exif = Image.Exif()
    exif[0x0112] = 8
    save(rgb, "webp-turned.webp", lossless=True, exif=exif)


def tiffs() -> None:
    """TIFF: colour models, depths, strips, tiles, planes, compressions."""
    rgb = Image.fromarray(photo())
    rgba = Image.fromarray(np.dstack([photo(), alpha()]))
    save(rgb, "tiff-rgb.tif")
    save(rgb, "tiff-lzw.tif", compression="tiff_lzw")
    save(rgb, "tiff-deflate.tif", compression="tiff_adobe_deflate")
    save(rgb, "tiff-jpeg.tif", compression="jpeg", quality=95)
    save(rgb.convert("L"), "tiff-gray.tif")
    save(rgb.convert("1"), "tiff-bilevel.tif", compression="group4")
    save(rgb.quantize(200), "tiff-palette.tif")
    save(rgb.convert("CMYK"), "tiff-cmyk.tif")
    save(rgba, "tiff-rgba.tif", compression="tiff_lzw")
    save(rgb, "tiff-turned.tif", tiffinfo={0x0112: 5})
    arrays = {
        "tiff-rgb-16": (deep(), {"photometric": "rgb"}),
        "tiff-big-endian-16": (deep(), {"photometric": "rgb", "byteorder": ">"}),
        "tiff-gray-16": (deep()[:, :, 0], {"photometric": "minisblack"}),
        "tiff-white-is-zero": (255 - photo()[:, :, 0], {"photometric": "miniswhite"}),
        "tiff-tiled": (photo(), {"photometric": "rgb", "tile": (16, 16)}),
        "tiff-planes": (
            np.moveaxis(photo(), -1, 0), {"photometric": "rgb", "planarconfig": "separate"}),
        "tiff-strips": (photo(), {"photometric": "rgb", "rowsperstrip": 5}),
        "tiff-big": (photo(), {"photometric": "rgb", "bigtiff": True}),
    }
    for name, (samples, options) in arrays.items():
        big = {key: options.pop(key) for key in ("byteorder", "bigtiff") if key in options}
        with tifffile.TiffWriter(TARGET / f"{name}.tif", **big) as writer:
            writer.write(samples, metadata=None, **options)
        pixels = deep() >> 8 if name.endswith("16") else photo()
        if name in ("tiff-gray-16", "tiff-white-is-zero"):
            pixels = pixels[:, :, :1].repeat(3, axis=2)
        write_ppm(name, pixels)
    tifffile.imwrite(
        TARGET / "refused-float.tif", photo().astype(np.float32), photometric="rgb",
        metadata=None)


def profiled() -> None:
    """Pictures with colour profiles: wide gamut, gray, and sRGB, which changes nothing."""
    srgb = ImageCms.createProfile("sRGB")
    wide, gray = gamma_profile(), gray_profile()
    rgb = Image.fromarray(photo())
    pictures = [
        ("profile-wide.png", rgb, wide, {}),
        ("profile-wide.jpg", rgb, wide, {"quality": 95, "subsampling": 0}),
        ("profile-wide.webp", rgb, wide, {"lossless": True}),
        ("profile-wide.tif", rgb, wide, {}),
        ("profile-gray.png", rgb.convert("L"), gray, {}),
    ]
    for name, image, profile, options in pictures:
        path = TARGET / name
        path = path.with_stem(f"{path.stem}-{path.suffix[1:]}")
        image.save(path, icc_profile=profile, **options)
        with Image.open(path) as stored:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            pixels = ImageCms.profileToProfile(stored, source, srgb, outputMode="RGB")
        write_ppm(path.stem, np.asarray(pixels))
    # Bytes 24 to 35 are the time at which it was made.
    stored = bytearray(ImageCms.ImageCmsProfile(srgb).tobytes())
    stored[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    save(rgb, "srgb.png", icc_profile=bytes(stored))


# MARK: Resampling


def drawn(width: int, height: int) -> np.ndarray:
    """The picture that tests draw for a size: the high bytes of a linear congruential generator."""
    state = (width * 65537 + height) & 0xFFFFFFFF
    values = np.empty(width * height * 3, dtype=np.uint8)
    for i in range(values.size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = state >> 24
    return values.reshape(height, width, 3)


def fnv(data: bytes) -> str:
    """FNV-1a with 64 bits."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def resampling() -> None:
    """Hashes of resized and cropped pictures."""
    import torch

    if not hasattr(torch.ops.torchvision, "nms"):
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from torchvision.transforms import InterpolationMode
    from torchvision.transforms import functional as F

    sources = [(1, 1), (1, 50), (50, 1), (2, 3), (37, 29), (64, 64), (101, 67), (31, 160)]
    sizes = [(1, 1), (7, 5), (37, 29), (29, 37), (64, 64), (3, 120), (150, 99), (224, 16)]
    filters = {
        "bilinear": Image.Resampling.BILINEAR,
        "bicubic": Image.Resampling.BICUBIC,
        "nearest": Image.Resampling.NEAREST,
    }
    rows = []
    for source in sources:
        image = Image.fromarray(drawn(*source))
        prefix = f"{source[0]} {source[1]}"
        for name, filter in filters.items():
            for size in sizes:
                pixels = image.resize(size, filter)
                rows.append(f"{name} {prefix} {size[0]} {size[1]} {fnv(pixels.tobytes())}")
        for size in (1, 9, 29, 60):
            pixels = F.resize(image, size, InterpolationMode.BILINEAR)
            rows.append(
                f"shorter {prefix} {size} 0 {pixels.width} {pixels.height} {fnv(pixels.tobytes())}")
        for width, height in [(1, 1), (6, 5), (5, 6), (28, 28), (36, 64), (65, 30), (102, 103)]:
            pixels = F.center_crop(image, [height, width])
            rows.append(f"crop {prefix} {width} {height} {fnv(pixels.tobytes())}")
    (TARGET / "resampling.txt").write_text("\n".join([*rows, ""]))


def main() -> None:
    """Writes everything."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in [path for path in TARGET.iterdir() if path.suffix != ".svg"]:
        old.unlink()
    for part in (pngs, jpegs, webps, tiffs, profiled, resampling):
        part()


if __name__ == "__main__":
    main()
