"""Bakes small networks with the built command, and checks the files with nothing of ours.

Each file has to pass `onnx.checker.check_model(full_check=True)`, use only domains that its plain
model uses, run in ONNX Runtime with the plain model's outputs to the bit, and give a heatmap of the
declared shape between 0 and 1; an open batch has to give each image what it gets alone. Where the
class is an input, feeding what would be predicted gives what feeding nothing gives.

Without arguments it works through the networks and methods below. Exit code 1 where a check failed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from gradcam_tools import command

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "Tests" / "Fixtures"

NETWORKS = [
    "Models/plain", "Models/opset-7", "Models/initializers-are-inputs", "Models/external",
    "Models/fixed-batch", "Models/fixed-batch-of-four", "Models/functions", "Models/zip-map",
    "Models/channels-last", "Models/unnamed-dimensions",
    "Models/segmentation", "Models/volume", "Networks/resnet18-dynamo", "Networks/vgg11-torchscript",
    "Networks/densenet121-torchscript", "Networks/efficientnet_b0-dynamo",
    "Tokens/vit-dynamo", "Tokens/swin-torchscript", "Tokens/convnext-dynamo",
    "Zoo/keras-resnet50-tf2onnx", "Zoo/keras-mobilenet_v2-tf2onnx", "Zoo/caffe2-squeezenet",
    "Zoo/mxnet-resnet18v1", "Quantized/qdq-uint8", "Quantized/integer-uint8",
]
"""Small networks of every kind, by their folder or file below the fixtures."""

FORMS = [
    [], ["--size", "input", "--uint8"], ["--target", "input", "--evidence", "both"],
    ["--target", "top:2", "--raw"], ["--size", "17x23", "--weights", "beside"],
]
"""What else is asked of Grad-CAM."""

METHODS = [
    "gradcam++", "xgradcam", "hirescam", "elementwise", "layercam", "fem", "guided-backprop",
    "gradient", "input-x-gradient", "guided-gradcam",
]
"""Methods that are baked as they come."""


def path(network: str) -> Path:
    """The file of a fixture."""
    folder = FIXTURES / network
    return folder / "model.onnx" if folder.is_dir() else folder.with_suffix(".onnx")


def domains(graph) -> set[str]:
    """The domains of a graph's operators, of graphs within too."""
    found = set()
    for node in graph.node:
        found.add(node.domain)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                found |= domains(attribute.g)
    return found


def session(file: Path, fuses: bool = True) -> onnxruntime.InferenceSession:
    """A session that runs a file as the command does, or as it is written."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    if not fuses:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def image(declared, batch: int) -> np.ndarray:
    """Seeded numbers for an input."""
    sides = [batch] + [side if isinstance(side, int) else 224 for side in declared.shape[1:]]
    if isinstance(declared.shape[0], int):
        sides[0] = declared.shape[0]
    draws = np.random.default_rng(3)
    if "uint8" in declared.type:
        return draws.integers(0, 256, sides, dtype=np.uint8)
    kinds = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}
    return draws.standard_normal(sides).astype(kinds[declared.type])


def check(plain: Path, baked: Path, form: list[str]) -> None:
    """Raises AssertionError where a baked file is not what it should be."""
    onnx.checker.check_model(str(baked), full_check=True)
    before, after = (onnx.load(file, load_external_data=False) for file in (plain, baked))
    functions = {function.domain for function in before.functions}
    allowed = domains(before.graph) - functions | {""}
    assert domains(after.graph) <= allowed, f"domains {domains(after.graph)}"
    versions = [{o.domain: o.version for o in m.opset_import}.get("") for m in (before, after)]
    assert versions[0] == versions[1], f"operator sets {versions}"
    first, second = session(plain), session(baked)
    taken = second.get_inputs()[0]
    needs_target = len(second.get_inputs()) > 1
    assert not needs_target or after.ir_version < 4, "a class has to be fed"
    heatmap = second.get_outputs()[-1]
    own = [value.name for value in first.get_outputs()]
    assert [value.name for value in second.get_outputs()] == own + [heatmap.name]
    numbers = [value.name for value in first.get_outputs() if value.type.startswith("tensor")]
    declared = onnx.shape_inference.infer_shapes(after).graph.output[-1]
    assert declared.name == heatmap.name
    maps = {}
    for batch in [1, 3]:
        x = image(taken, batch)
        fed = {taken.name: x}
        if needs_target:
            fed["target"] = np.full(len(x), -1, np.int64)
        if any(a.tobytes() != b.tobytes()
               for a, b in zip(first.run(numbers, {taken.name: x}), second.run(numbers, fed))):
            # The runtime fuses what only one node reads: without fusions nothing may differ.
            pairs = zip(session(plain, False).run(numbers, {taken.name: x}),
                        session(baked, False).run(numbers, fed))
            for a, b in pairs:
                assert a.tobytes() == b.tobytes(), f"outputs differ by {np.abs(a - b).max()}"
        (found,) = second.run([heatmap.name], fed)
        sides = [s if isinstance(s, int) else len(x) for s in heatmap.shape]
        assert list(found.shape) == sides, f"shape {found.shape}, declared {heatmap.shape}"
        assert np.isfinite(found).all()
        if "--raw" not in form and found.dtype == np.float32:
            low = -1 if "both" in form else 0
            assert low <= found.min() and found.max() <= 1 + 1e-6
        maps[batch] = x, found
    if len(maps[3][0]) == 3 and not isinstance(taken.shape[0], int):
        for row in range(3):
            fed = {taken.name: maps[3][0][row:row + 1]}
            if needs_target:
                fed["target"] = np.full(1, -1, np.int64)
            (alone,) = second.run([heatmap.name], fed)
            apart = np.abs(alone[0].astype(float) - maps[3][1][row].astype(float)).max()
            scale = np.abs(alone).max() if "--raw" in form else 1
            assert apart <= (1 if found.dtype == np.uint8 else 1e-5 * max(scale, 1e-30)), (
                f"image {row} of three differs from itself alone by {apart}")
    if "--target" in form and form[form.index("--target") + 1] == "input":
        check_target(second, taken, heatmap.name, maps)


def check_target(run, taken, heatmap: str, maps: dict) -> None:
    """Feeding nothing, −1, and the class that wins are one."""
    for x, found in maps.values():
        fed = {taken.name: x, "target": np.full(len(x), -1, np.int64)}
        (again,) = run.run([heatmap], fed)
        assert again.tobytes() == found.tobytes(), "-1 is not the predicted class"
    x, found = maps[3]
    others = [run.run([heatmap], {taken.name: x, "target": np.full(len(x), c, np.int64)})[0]
              for c in (0, 1)]
    assert others[0].tobytes() != others[1].tobytes(), "the class changes nothing"
    try:
        run.run([heatmap], {taken.name: x, "target": np.full(len(x), 10**6, np.int64)})
    except Exception:  # The package has a class for each status, and none for all.
        return
    raise AssertionError("a class that there is not is no error")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gradcam", type=Path, default=ROOT / ".build/debug/gradcam")
    parser.add_argument("--only", nargs="*", default=NETWORKS, help="networks, by their fixture")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        for network in options.only:
            forms = FORMS + [["--method", method] for method in METHODS]
            if network not in NETWORKS[:1] + NETWORKS[13:14] + NETWORKS[17:18]:
                forms = FORMS
            for number, form in enumerate(forms):
                file = Path(scratch) / f"{network.replace('/', '-')}-{number}.onnx"
                try:
                    command.finished(
                        [options.gradcam, "bake", path(network), "-o", file, *form], 300)
                    check(path(network), file, form)
                    words = "ok"
                except Exception as error:
                    failures += 1
                    words = f"{type(error).__name__}: {str(error)[:300]}"
                print(f"{network:36} {' '.join(form):44} {words}", flush=True)
    print(f"{failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
