"""Quantises models as ONNX Runtime's tool does it, and compares the maps of float and int8.

    python Tools/quantize.py MODEL PHOTOS… [--format qdq|integer|dynamic] [--preset imagenet]
                             [--photos N] [--output FOLDER] [--gradcam PATH]

Half of the photos measure the ranges of the activations; on the other half the maps of both models
are compared by `gradcam compare`, whose similarity is printed for each and over all. The figures
and the quantised model go to the output folder.
"""

import argparse
import json
import logging
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import version_converter
from onnxruntime import quantization
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
PRESETS = {
    "imagenet": lambda x: (x / 255 - MEAN) / DEVIATION,
    "imagenet-squash": lambda x: (x / 255 - MEAN) / DEVIATION,
    "tf": lambda x: x / 127.5 - 1,
    "unit": lambda x: x / 255,
    "raw": lambda x: x,
}


class Photos(CalibrationDataReader):
    """Photos as the model takes them, squeezed to its size: ranges need no better."""

    def __init__(self, name: str, shape: list[int], paths: list[Path], preset: str):
        self.name, self.shape, self.preset = name, shape, preset
        self.paths = iter(paths)

    def get_next(self):
        path = next(self.paths, None)
        if path is None:
            return None
        picture = Image.open(path).convert("RGB").resize((self.shape[3], self.shape[2]))
        numbers = PRESETS[self.preset](np.asarray(picture, np.float32)).astype(np.float32)
        return {self.name: numbers.transpose(2, 0, 1)[None]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("photos", type=Path, nargs="+", help="photos, or folders of them")
    parser.add_argument("--format", choices=["qdq", "integer", "dynamic"], default="qdq")
    parser.add_argument("--preset", choices=PRESETS, default="imagenet")
    parser.add_argument("--count", type=int, default=40, help="how many photos, both halves")
    parser.add_argument("--output", type=Path, default=ROOT / ".cache" / "quantized")
    parser.add_argument("--gradcam", type=Path, default=ROOT / ".build" / "debug" / "gradcam")
    options = parser.parse_args()
    paths = listed(options.photos)
    stride = max(1, len(paths) // options.count)
    paths = paths[::stride][: options.count]
    options.output.mkdir(parents=True, exist_ok=True)
    target = options.output / f"{options.model.stem}-{options.format}.onnx"
    quantise(options, target, paths[::2])
    found = [compared(options, target, path) for path in paths[1::2]]
    for measure in ("pearson", "cosine", "ssim"):
        values = [each[measure] for each in found if each[measure] is not None]
        print(
            f"{measure}: median {statistics.median(values):.3f}, least {min(values):.3f}, "
            f"of {len(values)} photos"
        )


def listed(places: list[Path]) -> list[Path]:
    found = []
    for place in places:
        found += sorted(place.iterdir()) if place.is_dir() else [place]
    return [path for path in found if path.suffix.lower() in {".jpg", ".jpeg", ".png"}]


def quantise(options, target: Path, paths: list[Path]) -> None:
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "model.onnx"
        model = onnx.load(str(options.model))
        opset = next(each.version for each in model.opset_import if each.domain in ("", "ai.onnx"))
        if opset < 13:
            # Scales for each channel need operator set 13.
            model = version_converter.convert_version(model, 13)
        onnx.save(model, str(source))
        ready = Path(place) / "ready.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        if options.format == "dynamic":
            quantization.quantize_dynamic(str(ready), str(target), weight_type=QuantType.QUInt8)
            return
        stored = {tensor.name for tensor in model.graph.initializer}
        input = next(each for each in model.graph.input if each.name not in stored)
        shape = [side.dim_value for side in input.type.tensor_type.shape.dim]
        whole = options.format == "integer"
        quantization.quantize_static(
            str(ready),
            str(target),
            Photos(input.name, shape, paths, options.preset),
            quant_format=QuantFormat.QOperator if whole else QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )


def compared(options, target: Path, path: Path) -> dict:
    """What `gradcam compare` says of one photo."""
    figure = options.output / f"{target.stem}.{path.stem}.png"
    run = subprocess.run(
        [options.gradcam, "compare", options.model, target, path, "--preprocess", options.preset]
        + ["--json", "--quiet", "--output", figure],
        capture_output=True,
        text=True,
    )
    if run.returncode:
        sys.exit(run.stderr)
    found = json.loads(run.stdout)
    sides = [f"{each['class']} {each['probability']:.2f}" for each in found["models"]]
    similarity = found["similarity"]
    print(f"{path.name}: {' / '.join(sides)}, {similarity}", flush=True)
    return similarity


if __name__ == "__main__":
    main()
