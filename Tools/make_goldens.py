"""Records what the packages people use say of small networks, and exact vectors.

    python Tools/make_goldens.py

It writes Tests/Fixtures/Goldens. Everything is seeded: a second run writes the same numbers up to
rounding. The packages are pinned in Tools/requirements-parity.txt.
"""

import contextlib
import io
import json
import warnings
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch

from gradcam_tools.export import export
from gradcam_tools.parity import small_networks
from gradcam_tools.parity.case import ATTRIBUTION, Case, Parameters, Reference
from gradcam_tools.parity.registry import REFERENCES
from gradcam_tools.parity.vectors import VECTORS
from gradcam_tools.weights import enliven

FOLDER = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "Goldens"

WITHOUT_ATTRIBUTIONS = {"two-layer-head"}
"""Networks of which only maps are recorded, to keep the file small."""


class Recording:
    """The rows of the file, and the arrays they point at."""

    def __init__(self):
        self.rows: list[dict] = []
        self.arrays = bytearray()

    def add(self, values: np.ndarray, **row) -> None:
        stored = np.ascontiguousarray(values, "<f4")
        if not np.isfinite(stored).all():
            raise SystemExit(f"{row}: not finite")
        self.rows.append(row | {"shape": list(stored.shape), "offset": len(self.arrays)})
        self.arrays += stored.tobytes()

    def write(self) -> None:
        lines = ",\n".join(json.dumps(row) for row in self.rows)
        (FOLDER / "goldens.json").write_text(f"[\n{lines}\n]\n")
        (FOLDER / "goldens.bin").write_bytes(self.arrays)


def network(name: str) -> tuple[torch.nn.Module, torch.Tensor, int]:
    """A small network in float32, an image, and the class that is explained: the second likely."""
    make, seed = small_networks.NETWORKS[name], zlib.crc32(name.encode())
    torch.manual_seed(seed)
    side = small_networks.SIDE
    model = enliven(make(), [torch.randn(32, 3, side, side)], seed)
    x = torch.randn(1, 3, side, side)
    return model, x, int(model(x)[0].argsort()[-2])


def parameters(reference: Reference) -> Parameters:
    return Parameters(samples=60) if reference.method == "kernel-shap" else Parameters()


def record(recording: Recording, name: str) -> None:
    model, x, target = network(name)
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    export(model, x, folder / "model.onnx", "torchscript", lean=True)
    np.save(folder / "input.npy", x.numpy())
    model, x = model.double(), x.double()
    layers = small_networks.NETWORKS[name].layers
    for reference in REFERENCES:
        if reference.method == "cam" and name != "normalized":
            continue
        given = parameters(reference)
        looked_at = layers if reference.several_layers else layers[-1:]
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            result = reference.compute(Case(model, x, target, looked_at, given))
        if result.kind == ATTRIBUTION and name in WITHOUT_ATTRIBUTIONS:
            continue
        if not np.abs(result.values).max() > 0:
            print(f"{name}: {reference.name} under {reference.preset} is zero everywhere")
            continue
        row = dict(
            network=name, method=reference.method, preset=reference.preset, layers=looked_at,
            target=target, kind=result.kind,
        )
        row |= {"options": list(reference.options)} if reference.options else {}
        row |= {"upToSign": True} if reference.up_to_sign else {}
        row |= {"parameters": {each: getattr(given, each) for each in reference.uses}}
        row |= {"measures": result.measures} if result.measures else {}
        recording.add(result.values, **row)


def main() -> None:
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    recording = Recording()
    for name in small_networks.NETWORKS:
        record(recording, name)
    for vector in VECTORS:
        folder = FOLDER / vector.name
        folder.mkdir(exist_ok=True)
        onnx.save(vector.model(), str(folder / "model.onnx"))
        np.save(folder / "input.npy", np.array(vector.input, np.float32)[None])
        for row in vector.rows:
            row = {"parameters": {}} | row
            recording.add(np.array(row.pop("values")), network=vector.name, **row)
    recording.write()
    bytes = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    print(f"{len(recording.rows)} goldens, {bytes / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
