"""Records what the packages people use say of maps of small networks.

    python Tools/make_metric_goldens.py

It writes Tests/Fixtures/Metrics; the networks are those of Tests/Fixtures/Goldens. Everything is
seeded. The packages are pinned in Tools/requirements-parity.txt and Tools/requirements-quantus.txt.
"""

import json
from pathlib import Path

import numpy as np
import torch

from make_goldens import FOLDER as GOLDENS
from make_goldens import network
from gradcam_tools.parity.metrics import METRICS, Judged, box, drawn_map

FOLDER = GOLDENS.parent / "Metrics"
NETWORKS = ["normalized", "two-layer-head", "dense"]


def main() -> None:
    rows = []
    maps = bytearray()
    for number, name in enumerate(NETWORKS):
        model, _, target = network(name)
        x = torch.from_numpy(np.load(GOLDENS / name / "input.npy")).double()
        height, width = x.shape[-2:]
        given = drawn_map(height, width, number)
        judged = Judged(model.double(), x, target, given, box(height, width))
        for reference in METRICS:
            value = reference.compute(judged)
            if not np.isfinite(value):
                raise SystemExit(f"{name}, {reference.name}: {value}")
            rows.append({
                "network": name, "target": target, "metric": reference.metric,
                "package": reference.package, "value": value, "box": judged.box,
                "offset": len(maps), "shape": [height, width],
            })
        maps += given.astype("<f4").tobytes()
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row) for row in rows)
    (FOLDER / "metrics.json").write_text(f"[\n{lines}\n]\n")
    (FOLDER / "maps.bin").write_bytes(maps)
    print(f"{len(rows)} values")


if __name__ == "__main__":
    main()
