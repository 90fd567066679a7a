"""Tiny models that are unusual in one way each: some must work, some must be refused.

All that work compute the same function, so one input and one expected set of arrays (`Shared/`)
serves them all, layout apart.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

from . import control
from .probe import all_values, session
from .reference import grad_cam, relative_error
from .refused import refused
from .tiny import (
    CLASSES,
    FLOAT,
    HEAD,
    INPUT,
    SIDE,
    WEIGHTS,
    head,
    image,
    initializers,
    model,
    node,
    point,
    scores,
    stem,
)


def working() -> dict[str, tuple[onnx.ModelProto, str]]:
    """Models that must be explained, each with what is unusual about it."""
    made = {}

    def add(name, note, proto):
        made[name] = (proto, note)

    add("plain", "nothing unusual", model(stem() + head()))
    add(
        "fixed-batch",
        "the batch is 1, not a symbol",
        model(stem() + head(), [image(1, 3, SIDE, SIDE)], [scores(shape=(1, CLASSES))]),
    )
    add(
        "dynamic-size",
        "height and width are symbols",
        model(stem() + head(), [image("N", 3, "H", "W")]),
    )
    add(
        "unnamed-dimensions",
        "the batch has neither value nor name",
        model(stem() + head(), [image(None, 3, SIDE, SIDE)], [scores(shape=(None, CLASSES))]),
    )
    add("unnamed-nodes", "nodes have no names", _without_node_names(model(stem() + head())))
    fused = dict(domain="com.microsoft", pads=[1, 1, 1, 1], activation="Relu")
    add(
        "stored-optimised",
        "Conv and Relu are one operator, as ONNX Runtime stores them",
        model(
            [node("FusedConv", "input kernel kernel_bias", "feature", **fused)] + head(),
            domains=["com.microsoft"],
        ),
    )
    add(
        "softmax-tail",
        "ends in Softmax",
        model(
            stem() + head() + [node("Softmax", "logits", "probabilities", axis=-1)],
            outputs=[scores("probabilities")],
        ),
    )
    add(
        "log-softmax-tail",
        "ends in LogSoftmax and Identity",
        model(
            stem()
            + head()
            + [node("LogSoftmax", "logits", "log", axis=1), node("Identity", "log", "out")],
            outputs=[scores("out")],
        ),
    )
    add(
        "sigmoid-tail",
        "ends in Sigmoid",
        model(
            stem() + head() + [node("Sigmoid", "logits", "probabilities")],
            outputs=[scores("probabilities")],
        ),
    )
    add(
        "softmax-then-reshape",
        "Softmax on [N, C, 1, 1], then Flatten and Cast",
        model(
            stem()
            + [
                node("GlobalAveragePool", "feature", "pooled"),
                node("Conv", "pooled head_kernel head_bias", "logits"),
                node("Softmax", "logits", "soft", axis=1),
                node("Flatten", "soft", "flat"),
                node("Cast", "flat", "out", to=FLOAT),
            ],
            outputs=[scores("out")],
            weights=initializers(head_kernel=HEAD.reshape(CLASSES, 4, 1, 1)),
        ),
    )
    add(
        "channels-last",
        "the input is [N, H, W, C]",
        model(
            [node("Transpose", "input", "planes", perm=[0, 3, 1, 2])] + stem("planes") + head(),
            [image("N", SIDE, SIDE, 3)],
        ),
    )
    add(
        "initializers-are-inputs",
        "IR 3: initializers are graph inputs too",
        model(
            stem() + head(),
            [image(), *(image(*array.shape, name=name) for name, array in WEIGHTS.items())],
            opset=7,
            ir=3,
        ),
    )
    add(
        "opset-7",
        "AveragePool, Reshape and Dropout of opset 7",
        model(
            stem()
            + [
                node("AveragePool", "feature", "pooled", kernel_shape=[SIDE, SIDE]),
                node("Reshape", "pooled flat_shape", "flat"),
                node("Dropout", "flat", "kept", ratio=0.5),
                node("Gemm", "kept head head_bias", "logits", transB=1),
            ],
            weights=initializers(flat_shape=np.array([0, -1], np.int64)),
            opset=7,
            ir=4,
        ),
    )
    add(
        "shape-chain",
        "Reshape to a shape computed by Shape, Gather and Concat",
        model(
            stem()
            + [
                node("GlobalAveragePool", "feature", "pooled"),
                node("Shape", "pooled", "shape"),
                node("Gather", "shape zero", "batch", axis=0),
                node("Unsqueeze", "batch zero_axis", "batch_row"),
                node("Concat", "batch_row rest", "flat_shape", axis=0),
                node("Reshape", "pooled flat_shape", "flat"),
                node("Gemm", "flat head head_bias", "logits", transB=1),
            ],
            weights=initializers(
                zero=np.array(0, np.int64),
                zero_axis=np.array([0], np.int64),
                rest=np.array([-1], np.int64),
            ),
        ),
    )
    add(
        "strided-view",
        "a view by strides: a flat Gather by indices that count from the batch",
        _strided(),
    )
    constants = [
        helper.make_node(
            "Constant", [], [name], name=f"{name}_Constant", value=numpy_helper.from_array(array)
        )
        for name, array in WEIGHTS.items()
    ]
    add(
        "constant-nodes",
        "weights are Constant nodes",
        model(constants + stem() + head(), weights=[]),
    )
    typed = [
        helper.make_tensor(name, FLOAT, array.shape, array.flatten().tolist())
        for name, array in WEIGHTS.items()
    ]
    add(
        "typed-data",
        "weights in float_data instead of raw_data",
        model(stem() + head(), weights=typed),
    )
    add(
        "two-outputs",
        "a second output beside the logits",
        model(stem() + head(), outputs=[scores(), image("N", 4, SIDE, SIDE, name="feature")]),
    )
    add(
        "aside",
        "a layer 'aside' that the logits do not read",
        model(
            stem() + [node("Sigmoid", "conv", "aside")] + head(),
            outputs=[scores(), image("N", 4, SIDE, SIDE, name="aside")],
        ),
    )
    unknown = onnx.ModelProto.FromString(
        model(stem() + head()).SerializeToString() + b"\xfa\x7d\x05hello" + b"\x80\x7e\x07"
    )
    add("unknown-fields", "fields 2015 and 2016, which no schema knows", unknown)
    sign = np.where(np.arange(CLASSES)[:, None] == 0, -np.abs(HEAD), HEAD)
    dead = model(stem() + head(), weights=initializers(head=sign.astype(np.float32)))
    add("only-evidence-against", "for class 0 the map is nowhere above 0", dead)
    return made | control.working()


def _strided():
    """The pooled channels, widened, and read through `as_strided` as PyTorch exports it."""
    width = 192
    wide = np.random.default_rng(21).standard_normal((width, 4)).astype(np.float32)
    proto = model(
        stem()
        + [
            node("GlobalAveragePool", "feature", "pooled"),
            node("Conv", "pooled wide", "widened"),
            node("Reshape", "widened all", "line"),
            node("Shape", "input", "batch", start=0, end=1),
            node("Squeeze", "batch", "count"),
            node("Range", "zero count one", "images"),
            node("Mul", "images width", "starts"),
            node("Unsqueeze", "starts places", "rows"),
            node("Add", "rows channels", "indices"),
            node("Gather", "line indices", "view"),
            node("Flatten", "view", "flat"),
            node("Gemm", "flat narrow head_bias", "logits", transB=1),
        ],
        weights=initializers(
            wide=wide.reshape(width, 4, 1, 1),
            narrow=(HEAD @ np.linalg.pinv(wide)).astype(np.float32),
            all=np.array([-1], np.int64),
            zero=np.array(0, np.int64),
            one=np.array(1, np.int64),
            width=np.array(width, np.int64),
            places=np.array([1, 2, 3], np.int64),
            channels=np.arange(width, dtype=np.int64).reshape(1, width, 1, 1),
        ),
    )
    sides = {
        "images": ("N",),
        "starts": ("N",),
        "rows": ("N", 1, 1, 1),
        "indices": ("N", width, 1, 1),
    }
    proto.graph.value_info.extend(
        helper.make_tensor_value_info(name, onnx.TensorProto.INT64, shape)
        for name, shape in sides.items()
    )
    proto.graph.value_info.append(scores("view", ("N", width, 1, 1)))
    return proto


def _without_node_names(proto):
    for each in proto.graph.node:
        each.name = ""
    return proto


def write(folder: Path) -> None:
    """Writes the models, the arrays they share, and `models.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    expected = _expected(folder / "Shared")
    rows = []
    for name, (proto, note) in working().items():
        feed = INPUT
        if name == "channels-last":
            feed = INPUT.transpose(0, 2, 3, 1)
        if name == "fixed-batch":
            feed = INPUT[:1]
        data = proto.SerializeToString()
        values = all_values(proto, {"input": feed})
        for value, array in expected.items():
            if name == "only-evidence-against" and value == "logits":
                continue
            found = values[value].reshape(-1, *array.shape[1:])
            if relative_error(found, array[: len(found)]) > 1e-5:
                raise SystemExit(f"{name}: '{value}' differs")
        (folder / f"{name}.onnx").write_bytes(data)
        rows.append(
            {
                "name": name,
                "works": True,
                "note": note,
                "defaultLayer": "feature",
                "logits": "logits",
            }
        )
    rows.append(_write_external(folder))
    for name, (proto, note) in refused().items():
        data = proto if isinstance(proto, bytes) else proto.SerializeToString()
        (folder / f"{name}.onnx").write_bytes(data)
        rows.append({"name": name, "works": False, "note": note})
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "models.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(rows)} unusual models")


def _expected(folder: Path) -> dict[str, np.ndarray]:
    """Arrays of the common function for class 2, in float64 autograd, stored as float32."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: torch.tensor(array, dtype=torch.float64) for name, array in WEIGHTS.items()}
    x = torch.tensor(INPUT, dtype=torch.float64, requires_grad=True)
    feature = F.conv2d(x, weights["kernel"], weights["kernel_bias"], padding=1).relu()
    logits = feature.mean((2, 3)) @ weights["head"].T + weights["head_bias"]
    gradient, input_gradient = torch.autograd.grad(logits[:, 2].sum(), [feature, x])
    activation = feature.detach().numpy()
    arrays = {
        "input": INPUT,
        "logits": logits.detach().numpy(),
        "layer-activation": activation,
        "layer-gradient": gradient.numpy(),
        "map": grad_cam(activation, gradient.numpy()),
        "input-gradient": input_gradient.numpy(),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array, np.float32))
    (folder / "reference.json").write_text(json.dumps({"classes": [2, 2]}) + "\n")
    return {"logits": arrays["logits"], "feature": activation}


def _write_external(folder: Path) -> dict:
    """A model whose weights lie in the file beside it, at offsets with gaps."""
    proto = model(stem() + head())
    data = bytearray()
    for tensor in proto.graph.initializer:
        data += b"\0" * (-len(data) % 64)
        raw, offset = tensor.raw_data, len(data)
        point(tensor, "external.onnx.data", offset)
        data += raw
    (folder / "external.onnx").write_bytes(proto.SerializeToString())
    (folder / "external.onnx.data").write_bytes(bytes(data))
    (logits,) = session(folder / "external.onnx").run(["logits"], {"input": INPUT})
    if relative_error(logits, np.load(folder / "Shared" / "logits.npy")) > 1e-5:
        raise SystemExit("external: logits differ")
    return {
        "name": "external",
        "works": True,
        "note": "weights in 'external.onnx.data'",
        "defaultLayer": "feature",
        "logits": "logits",
    }
