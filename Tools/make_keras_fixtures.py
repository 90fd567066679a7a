"""Makes the fixtures of Keras networks, by both converters, with TensorFlow's float64 gradients.

    python Tools/make_keras_fixtures.py [--only NAME…]

It runs in an environment of its own (Tools/requirements-keras.txt).  Everything is seeded.
"""

import argparse
import contextlib
import io
import json
import logging
import os
import shutil
import zlib
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow
import tf2onnx
from gradcam_tools.keras_small import CLASSES, NETWORKS

FIXTURES = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "Zoo"

_TWICE_AT_MOST = 70_000
"""Bytes of a model that is kept by both converters."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=None, help="names of networks")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    for name, network in NETWORKS.items():
        if arguments.only is None or name in arguments.only:
            make(name, network)


def make(name: str, network) -> None:
    seed = zlib.crc32(f"keras {name}".encode())
    draw = np.random.default_rng(seed)
    single = build(network, "float32")
    enliven(single, draw, network.side)
    double = build(network, "float64")
    for mine, other in zip(double.variables, single.variables, strict=True):
        mine.assign(np.asarray(other, mine.dtype))
    input = draw.standard_normal((2, network.side, network.side, 3)).astype(np.float32)
    layer = resolve(network.layer, double)

    classes = np.asarray(single(input)).argmax(axis=1).tolist()
    truth = gradients(double, layer, input.astype(np.float64), classes)
    rough = gradients(single, layer, input, classes)
    arrays = {
        "input": input,
        "logits": truth[0],
        "layer-gradient": truth[2],
        "input-gradient": truth[3],
    }
    rounding = relative_error(rough[3], truth[3])
    print(f"{name}: logits spread {truth[0].std():.2g}, float32 error {rounding:.1e}", flush=True)
    first = None
    for converter, convert in {"tf2onnx": with_tf2onnx, "keras": with_keras}.items():
        place = FIXTURES / f"keras-{name}-{converter}"
        place.mkdir(parents=True, exist_ok=True)
        path = place / "model.onnx"
        with contextlib.redirect_stdout(io.StringIO()):
            convert(single, network, path)
        model = onnx.load(str(path))
        try:
            session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:
            print(f"  {converter}: left out, {error}")
            shutil.rmtree(place)
            continue
        unfed = [entry.name for entry in session.get_inputs()][1:]
        if unfed or (first and path.stat().st_size > _TWICE_AT_MOST):
            print(f"  {converter}: left out, inputs {unfed}, {path.stat().st_size} bytes")
            shutil.rmtree(place)
            continue
        (found,) = session.run(None, {model.graph.input[0].name: input})
        if not relative_error(found, truth[0]) < 1e-4:
            raise SystemExit(f"{place.name}: logits differ")
        for key, array in arrays.items():
            write_array(place / f"{key}.npy", array, first)
        facts = {
            "network": name,
            "producer": f"{model.producer_name} {model.producer_version}".strip(),
            "opset": model.opset_import[0].version,
            "seed": seed,
            "input": model.graph.input[0].name,
            "output": model.graph.output[0].name,
            "classes": classes,
            "float32InputError": rounding,
            "isChannelsLast": True,
            "defaultLayer": layer,
            "defaultShape": list(truth[1].shape),
            "names": {
                named: list(double.get_layer(named).output.shape[1:]) for named in network.names
            },
        }
        (place / "reference.json").write_text(json.dumps(facts, indent=2) + "\n")
        first = first or place
        kinds = sorted({node.op_type for node in model.graph.node})
        print(f"  {converter}: {path.stat().st_size // 1024} KiB, {' '.join(kinds)}", flush=True)


def build(network, dtype: str) -> keras.Model:
    """The network, its logits unactivated."""
    keras.backend.clear_session()
    keras.backend.set_floatx(dtype)
    try:
        return network.make(
            input_shape=(network.side, network.side, 3),
            weights=None,
            classes=CLASSES,
            classifier_activation=None,
        )
    finally:
        keras.backend.set_floatx("float32")


def enliven(model: keras.Model, draw: np.random.Generator, side: int) -> None:
    """Draws weights under which signals neither die nor explode; re-estimates batch statistics."""
    for layer in model.layers:
        for variable in layer.weights:
            kind, shape = variable.path.split("/")[-1], variable.shape
            if kind == "gamma" and "layer_scale" not in layer.name:
                value = draw.uniform(0.5, 1.5, shape)
            elif kind in ("beta", "bias"):
                value = draw.standard_normal(shape) * 0.1
            elif kind in ("kernel", "depthwise_kernel", "pointwise_kernel"):
                inputs = np.prod(shape[:2]) if "depthwise" in variable.path else np.prod(shape[:-1])
                if layer.__class__.__name__ == "DepthwiseConv2D":
                    inputs = np.prod(shape[:2])
                value = draw.standard_normal(shape) * np.sqrt(2 / inputs)
            else:
                continue
            variable.assign(value.astype(np.float32))
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(draw.standard_normal((32, side, side, 3)).astype(np.float32), training=True)


def resolve(layer: str, model: keras.Model) -> str:
    """The layer's name, `{last}` being the number of the last such layer that is a feature map."""
    if "{last}" not in layer:
        return layer
    stem = layer.removesuffix("{last}")
    found = [
        entry.name
        for entry in model.layers
        if entry.name.startswith(stem)
        and len(entry.output.shape) == 4
        and entry.output.shape[1] * entry.output.shape[2] > 1
    ]
    return found[-1]


def gradients(model: keras.Model, layer: str, input: np.ndarray, classes: list[int]):
    """Logits, the layer's activation, and the gradients there and at the input."""
    inspected = keras.Model(model.inputs, [model.get_layer(layer).output, model.output])
    image = tensorflow.constant(input)
    with tensorflow.GradientTape() as tape:
        tape.watch(image)
        activation, logits = inspected(image)
        target = tensorflow.reduce_sum(tensorflow.gather(logits, classes, axis=1, batch_dims=1))
    found = tape.gradient(target, [activation, image])
    return [tensor.numpy() for tensor in (logits, activation, *found)]


def with_tf2onnx(model: keras.Model, network, path: Path) -> None:
    signature = [tensorflow.TensorSpec((None, network.side, network.side, 3), name="input")]
    tf2onnx.convert.from_keras(
        model, input_signature=signature, opset=network.opset, output_path=str(path)
    )


def with_keras(model: keras.Model, network, path: Path) -> None:
    model.export(str(path), format="onnx", verbose=False)


def relative_error(value, reference) -> float:
    """max |value − reference| / max |reference|."""
    return float(np.abs(value - reference).max() / np.abs(reference).max())


def write_array(path: Path, array: np.ndarray, first: Path | None) -> None:
    """Writes float32, or a link where the first converter's folder has the same array."""
    path.unlink(missing_ok=True)
    np.save(path, np.ascontiguousarray(array, np.float32))
    if first is not None and (first / path.name).read_bytes() == path.read_bytes():
        path.unlink()
        os.symlink(os.path.join("..", first.name, path.name), path)


if __name__ == "__main__":
    main()
