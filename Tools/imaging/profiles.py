"""Small ICC profiles for fixtures, written byte by byte (ICC.1, version 2.1)."""

import struct

import numpy as np

D50 = (0.9642, 1.0, 0.8249)


def fixed(value: float) -> bytes:
    """A number as s15Fixed16."""
    return struct.pack(">i", round(value * 65536))


def xyz(values) -> bytes:
    """A tag of type XYZ."""
    return b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in values)


def curve(gamma: float) -> bytes:
    """A tag of type curv that holds one exponent."""
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def description(text: str) -> bytes:
    """A tag of type desc."""
    data = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (12 + 67)


def text(words: str) -> bytes:
    """A tag of type text."""
    return b"text\0\0\0\0" + words.encode() + b"\0"


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A display profile of these tags."""
    table, data = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        body += b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", start + len(data), len(body))
        data += body
    header = struct.pack(">I4sI4s4s4s", start + len(data), b"\0" * 4, 0x02100000, b"mntr", space,
                         b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    header += b"".join(fixed(value) for value in D50)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def gamma_profile() -> bytes:
    """A gamut wider than sRGB's (the primaries of Display P3) with gamma 1.8."""
    # Rows: X, Y, Z of the red, green and blue primary, adapted to D50.
    primaries = np.array([[0.5151, 0.2412, -0.0011], [0.2920, 0.6922, 0.0419],
                          [0.1571, 0.0666, 0.7841]])
    return profile(b"RGB ", {
        b"desc": description("wide gamut"), b"cprt": text("public domain"), b"wtpt": xyz(D50),
        b"rXYZ": xyz(primaries[0]), b"gXYZ": xyz(primaries[1]), b"bXYZ": xyz(primaries[2]),
        b"rTRC": curve(1.8), b"gTRC": curve(1.8), b"bTRC": curve(1.8),
    })


def gray_profile() -> bytes:
    """Gray with gamma 1.0."""
    return profile(b"GRAY", {
        b"desc": description("linear gray"), b"cprt": text("public domain"), b"wtpt": xyz(D50),
        b"kTRC": curve(1.0),
    })
