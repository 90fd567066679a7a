"""A small network quantised as ONNX Runtime's tool does it, with straight-through gradients.

Integers are drawn down to seven bits of weight where eight could overflow the 16-bit sums of older
processors, so that every machine computes the same ones.
"""

import contextlib
import json
import logging
import tempfile
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from onnxruntime import quantization
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType
from torch import nn

from .export import export
from .probe import all_values
from .reference import grad_cam, relative_error
from .straight_through import StraightThrough
from .weights import enliven

SIDE, CLASSES, IMAGES = 20, 5, 2


class Gate(nn.Module):
    """Channels weighed by what they hold on average: Sigmoid and a product."""

    def __init__(self, width):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Conv2d(width, width, 1)
        self.activation = nn.Sigmoid()

    def forward(self, x):
        return x * self.activation(self.fc(self.pool(x)))


class SmallNetwork(nn.Module):
    """An operator of every kind that the quantisation tool knows."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.left = nn.Conv2d(8, 8, 3, padding=1, groups=4)
        self.leaky = nn.LeakyReLU(0.1)
        self.right = nn.Conv2d(8, 4, 1)
        self.gate = Gate(12)
        self.last = nn.Conv2d(12, 12, 3, padding=1)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(12, CLASSES)

    def forward(self, x):
        x = self.maxpool(self.relu(self.stem(x)))
        x = torch.cat([x + self.leaky(self.left(x)), self.right(x)], 1)
        x = self.gate(x)
        x = self.relu(x + self.last(x))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Photos(CalibrationDataReader):
    """What the ranges of the activations are measured on."""

    def __init__(self, arrays):
        self.arrays = iter([{"input": array} for array in arrays])

    def get_next(self):
        return next(self.arrays, None)


def variants():
    """Every way to quantise, by the fixture's name."""
    uint8, int8, int16 = QuantType.QUInt8, QuantType.QInt8, QuantType.QInt16
    extra = {"ForceQuantizeNoInputCheck": True}

    def static(format, activation, weight=int8, per_channel=False, **options):
        return lambda source, target, photos: quantization.quantize_static(
            source,
            target,
            Photos(photos),
            quant_format=format,
            per_channel=per_channel,
            reduce_range=True,
            activation_type=activation,
            weight_type=weight,
            extra_options=extra | options,
        )

    def dynamic(source, target, photos):
        quantization.quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["Conv", "MatMul", "Gemm"],
            weight_type=uint8,
            reduce_range=True,
        )

    return {
        "qdq-uint8": static(QuantFormat.QDQ, uint8),
        "qdq-int8-channels": static(
            QuantFormat.QDQ, int8, per_channel=True, ActivationSymmetric=True
        ),
        "qdq-int16": static(QuantFormat.QDQ, int16, per_channel=True),
        "integer-uint8": static(QuantFormat.QOperator, uint8, weight=uint8),
        "integer-int8-channels": static(QuantFormat.QOperator, int8, per_channel=True),
        "dynamic": dynamic,
    }


def network() -> tuple[nn.Module, list[np.ndarray], np.ndarray]:
    """The network, the images its ranges are measured on, and those it is explained on."""
    seed = zlib.crc32(b"quantized")
    generator = torch.Generator().manual_seed(seed)

    def images(count):
        return torch.randn(count, 3, SIDE, SIDE, generator=generator)

    model = enliven(SmallNetwork(), [images(16)], seed)
    # Wider images than the ranges were measured on, so that some values saturate.
    return model, [images(1).numpy() for _ in range(4)], (1.3 * images(IMAGES)).numpy()


def write(folder: Path) -> None:
    model, photos, input = network()
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "float.onnx"
        export(model, torch.from_numpy(photos[0]), source, "torchscript", lean=True)
        for name, quantise in variants().items():
            target = Path(place) / f"{name}.onnx"
            logging.disable(logging.WARNING)
            with contextlib.redirect_stdout(None):
                quantise(str(source), str(target), photos)
            logging.disable(logging.NOTSET)
            proto = onnx.load(str(target))
            del proto.graph.value_info[:]
            write_fixture(folder / name, name, proto, input)
    for name, proto in handmade().items():
        write_fixture(folder / name, name, proto, input)


def write_fixture(folder: Path, name: str, proto: onnx.ModelProto, input: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(proto, str(folder / "model.onnx"))
    # One by one, as photos are explained: a dynamic scale covers all images of a run.
    images = [explained(proto, input[index : index + 1]) for index in range(len(input))]
    arrays = {
        key: np.concatenate([image[key] for image in images])
        for key in images[0]
        if isinstance(images[0][key], np.ndarray)
    }
    for key, array in arrays.items():
        np.save(folder / f"{key}.npy", np.ascontiguousarray(array, dtype=np.float32))
    facts = {
        "classes": [image["class"] for image in images],
        "layer": images[0]["layer"],
        "operators": sorted({node.op_type for node in proto.graph.node}),
    }
    (folder / "reference.json").write_text(json.dumps(facts, indent=2) + "\n")
    zeros = (arrays["layer-gradient"] == 0).mean(), (arrays["input-gradient"] == 0).mean()
    print(f"{name}: layer '{facts['layer']}', classes {facts['classes']}, zeros {zeros}")


def explained(proto: onnx.ModelProto, input: np.ndarray) -> dict:
    """The reference's arrays for one image."""
    values = all_values(proto, {"input": input})
    truth = StraightThrough(proto, values, input)
    logits = truth.values["logits"].detach().numpy()
    error = relative_error(values["logits"], logits)
    if error > 1e-5:
        raise SystemExit(f"logits differ by {error}")
    classes = [int(logits.argmax())]
    layer, activation, scale = last_layer(proto, truth)
    gradient = truth.gradient(layer, classes) / scale
    return {
        "class": classes[0],
        "layer": layer,
        "input": input,
        "logits": logits,
        "layer-activation": activation,
        "layer-gradient": gradient,
        "map": grad_cam(activation, gradient),
        "input-gradient": truth.gradient(proto.graph.input[0].name, classes),
    }


def last_layer(proto, truth):
    """The last value that is averaged to one position: its name, its real values, its scale."""
    for node in reversed(proto.graph.node):
        if node.op_type == "GlobalAveragePool":
            value = truth.values[node.input[0]]
            return node.input[0], value.detach().numpy(), 1.0
        if node.op_type == "QLinearGlobalAveragePool":
            scale = float(truth.values[node.input[1]])
            zero = float(truth.values[node.input[2]])
            value = (truth.values[node.input[0]] - zero) * scale
            return node.input[0], value.detach().numpy(), scale
    raise SystemExit("no average over space")


def handmade() -> dict[str, onnx.ModelProto]:
    """Graphs that the tool does not write: integers pooled, turned and rectified between
    quantisation and its undoing."""
    draw = np.random.default_rng(31)
    weights = {
        "kernel": draw.integers(-100, 100, (6, 3, 3, 3)).astype(np.int8),
        "kernel_scale": draw.uniform(0.002, 0.006, 6).astype(np.float32),
        "kernel_zero": np.zeros(6, np.int8),
        "head": draw.integers(0, 255, (6, CLASSES)).astype(np.uint8),
        "head_scale": np.array(0.01, np.float32),
        "head_zero": np.array(120, np.uint8),
        "scale": np.array(0.03, np.float32),
        "zero": np.array(0, np.int8),
        "sides": np.array([0, 6, 1, 1], np.int64),
        "flat_sides": np.array([0, -1], np.int64),
    }

    def node(op, inputs, output, **attributes):
        return helper.make_node(op, inputs.split(), [output], name=output, **attributes)

    nodes = [
        node("DequantizeLinear", "kernel kernel_scale kernel_zero", "kernel_real", axis=0),
        node("Conv", "input kernel_real", "conv", pads=[1, 1, 1, 1]),
        node("QuantizeLinear", "conv scale zero", "conv_whole"),
        node("Relu", "conv_whole", "relu_whole"),
        node("Transpose", "relu_whole", "last_whole", perm=[0, 2, 3, 1]),
        node("Transpose", "last_whole", "first_whole", perm=[0, 3, 1, 2]),
        node("MaxPool", "first_whole", "pooled_whole", kernel_shape=[2, 2], strides=[2, 2]),
        node("DequantizeLinear", "pooled_whole scale zero", "feature"),
        node("GlobalAveragePool", "feature", "average"),
        node("QuantizeLinear", "average scale zero", "average_whole"),
        node("Reshape", "average_whole sides", "shaped_whole"),
        node("Reshape", "shaped_whole flat_sides", "flat_whole"),
        node("DequantizeLinear", "flat_whole scale zero", "flat"),
        node("DequantizeLinear", "head head_scale head_zero", "head_real"),
        node("MatMul", "flat head_real", "logits"),
    ]
    graph = helper.make_graph(
        nodes,
        "handmade",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", CLASSES])],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    return {"whole-views": helper.make_model(graph, opset_imports=opset, ir_version=8)}
