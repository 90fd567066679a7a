"""What a row of a single operator is, and the inputs that rows are made of."""

import dataclasses
import math
import zlib
from collections.abc import Callable

import numpy as np


@dataclasses.dataclass
class Case:
    """One node: its inputs in order, and the same computation in PyTorch."""

    name: str
    op: str
    opset: int
    inputs: list
    compute: Callable
    attributes: dict
    outputs: int
    note: str


CASES: list[Case] = []


class Constant:
    """An input that the graph holds as an initializer; not differentiated."""

    def __init__(self, values, dtype=None):
        self.array = np.asarray(values, dtype=dtype or _default_type(values))


class Fed:
    """An input fed at run time that has no gradient, such as a condition."""

    def __init__(self, array):
        self.array = np.asarray(array)


def _default_type(values):
    kind = np.asarray(values).dtype.kind
    return {"i": np.int64, "b": np.bool_}.get(kind, np.float32)


def case(op, name, inputs, compute, opset=17, outputs=1, note="", **attributes):
    """Adds a row. Array shapes among `inputs` are drawn at random; `None` is an input left out."""
    full = f"{op}: {name}"
    generator = np.random.default_rng(zlib.crc32(full.encode()))
    drawn = [
        generator.standard_normal(entry).astype(np.float32) if isinstance(entry, tuple) else entry
        for entry in inputs
    ]
    CASES.append(Case(full, op, opset, drawn, compute, attributes, outputs, note))


def weights(*shape, seed=0, scale=0.5, shift=0.0):
    generator = np.random.default_rng(1000 + seed)
    return Constant((generator.standard_normal(shape) * scale + shift).astype(np.float32))


def exact(*rows):
    """An input with chosen values."""
    return np.asarray(rows, dtype=np.float32)


def apart(*shape, seed=0, low=0.0, step=0.37):
    """An input whose entries all differ by at least `step`, in random order."""
    generator = np.random.default_rng(seed)
    return (generator.permutation(math.prod(shape)) * step + low).reshape(shape).astype(np.float32)


def levels(*shape, seed=0, count=3):
    """An input with many equal entries."""
    return np.random.default_rng(seed).integers(0, count, shape).astype(np.float32)


def positive(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.2, 3, shape).astype(np.float32)


def torch_pads(pads):
    """ONNX pads, all beginnings then all ends, as F.pad wants them: last axis first."""
    count = len(pads) // 2
    return [pads[axis + count * end] for axis in reversed(range(count)) for end in (0, 1)]
