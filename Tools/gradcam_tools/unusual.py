"""Tiny models that are unusual in one way each: some must work, some must be refused.

All that work compute the same function: conv 3→4, ReLU, mean over the plane, linear 4→5. So one
input and one expected set of arrays (`Shared/`) serves them all, layout apart.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

from .probe import session
from .reference import grad_cam, relative_error

FLOAT = TensorProto.FLOAT
SIDE, CLASSES = 8, 5
_DRAW = np.random.default_rng(20)
KERNEL = (_DRAW.standard_normal((4, 3, 3, 3)) * 0.4).astype(np.float32)
KERNEL_BIAS = (_DRAW.standard_normal(4) * 0.1).astype(np.float32)
HEAD = _DRAW.standard_normal((CLASSES, 4)).astype(np.float32)
HEAD_BIAS = (_DRAW.standard_normal(CLASSES) * 0.1).astype(np.float32)
INPUT = _DRAW.standard_normal((2, 3, SIDE, SIDE)).astype(np.float32)

WEIGHTS = {"kernel": KERNEL, "kernel_bias": KERNEL_BIAS, "head": HEAD, "head_bias": HEAD_BIAS}


def node(op, inputs, output, **attributes):
    """A node named for its first output; names are written separated by spaces."""
    names = output.split()
    return helper.make_node(op, inputs.split(), names, name=f"{names[0]}_{op}", **attributes)


def stem(input="input"):
    return [
        node("Conv", f"{input} kernel kernel_bias", "conv", pads=[1, 1, 1, 1]),
        node("Relu", "conv", "feature"),
    ]


def head(feature="feature", output="logits"):
    return [
        node("GlobalAveragePool", feature, "pooled"),
        node("Flatten", "pooled", "flat"),
        node("Gemm", "flat head head_bias", output, transB=1),
    ]


def initializers(**replaced):
    return [numpy_helper.from_array(array, name) for name, array in (WEIGHTS | replaced).items()]


def image(*shape, name="input"):
    return helper.make_tensor_value_info(name, FLOAT, shape or ("N", 3, SIDE, SIDE))


def scores(name="logits", shape=("N", CLASSES)):
    return helper.make_tensor_value_info(name, FLOAT, shape)


def model(nodes, inputs=None, outputs=None, weights=None, opset=17, ir=8, domains=(), **more):
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs or [image()],
        outputs or [scores()],
        initializers() if weights is None else weights,
    )
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(name, 1) for name in domains)]
    return helper.make_model(
        graph, opset_imports=opsets, ir_version=ir, producer_name="fixtures", **more
    )


def working() -> dict[str, tuple[onnx.ModelProto, str]]:
    """Models that must be explained, each with what is unusual about it."""
    made = {}

    def add(name, note, proto):
        made[name] = (proto, note)

    add("plain", "nothing unusual", model(stem() + head()))
    add("fixed-batch", "the batch is 1, not a symbol", model(
        stem() + head(), [image(1, 3, SIDE, SIDE)], [scores(shape=(1, CLASSES))]))
    add("dynamic-size", "height and width are symbols", model(
        stem() + head(), [image("N", 3, "H", "W")]))
    add("unnamed-dimensions", "the batch has neither value nor name", model(
        stem() + head(), [image(None, 3, SIDE, SIDE)], [scores(shape=(None, CLASSES))]))
    add("unnamed-nodes", "nodes have no names", _without_node_names(model(stem() + head())))
    add("softmax-tail", "ends in Softmax", model(
        stem() + head() + [node("Softmax", "logits", "probabilities", axis=-1)],
        outputs=[scores("probabilities")]))
    add("log-softmax-tail", "ends in LogSoftmax and Identity", model(
        stem() + head() + [node("LogSoftmax", "logits", "log", axis=1), node("Identity", "log", "out")],
        outputs=[scores("out")]))
    add("sigmoid-tail", "ends in Sigmoid", model(
        stem() + head() + [node("Sigmoid", "logits", "probabilities")],
        outputs=[scores("probabilities")]))
    add("softmax-then-reshape", "Softmax on [N, C, 1, 1], then Flatten and Cast", model(
        stem()
        + [node("GlobalAveragePool", "feature", "pooled"),
           node("Conv", "pooled head_kernel head_bias", "logits"),
           node("Softmax", "logits", "soft", axis=1),
           node("Flatten", "soft", "flat"),
           node("Cast", "flat", "out", to=FLOAT)],
        outputs=[scores("out")],
        weights=initializers(head_kernel=HEAD.reshape(CLASSES, 4, 1, 1))))
    add("channels-last", "the input is [N, H, W, C]", model(
        [node("Transpose", "input", "planes", perm=[0, 3, 1, 2])] + stem("planes") + head(),
        [image("N", SIDE, SIDE, 3)]))
    add("initializers-are-inputs", "IR 3: initializers are graph inputs too", model(
        stem() + head(),
        [image(), *(image(*array.shape, name=name) for name, array in WEIGHTS.items())],
        opset=7, ir=3))
    add("opset-7", "AveragePool, Reshape and Dropout of opset 7", model(
        stem()
        + [node("AveragePool", "feature", "pooled", kernel_shape=[SIDE, SIDE]),
           node("Reshape", "pooled flat_shape", "flat"),
           node("Dropout", "flat", "kept", ratio=0.5),
           node("Gemm", "kept head head_bias", "logits", transB=1)],
        weights=initializers(flat_shape=np.array([0, -1], np.int64)), opset=7, ir=4))
    add("shape-chain", "Reshape to a shape computed by Shape, Gather and Concat", model(
        stem()
        + [node("GlobalAveragePool", "feature", "pooled"),
           node("Shape", "pooled", "shape"),
           node("Gather", "shape zero", "batch", axis=0),
           node("Unsqueeze", "batch zero_axis", "batch_row"),
           node("Concat", "batch_row rest", "flat_shape", axis=0),
           node("Reshape", "pooled flat_shape", "flat"),
           node("Gemm", "flat head head_bias", "logits", transB=1)],
        weights=initializers(zero=np.array(0, np.int64), zero_axis=np.array([0], np.int64),
                             rest=np.array([-1], np.int64))))
    constants = [
        helper.make_node("Constant", [], [name], name=f"{name}_Constant",
                         value=numpy_helper.from_array(array))
        for name, array in WEIGHTS.items()
    ]
    add("constant-nodes", "weights are Constant nodes", model(constants + stem() + head(), weights=[]))
    typed = [
        helper.make_tensor(name, FLOAT, array.shape, array.flatten().tolist())
        for name, array in WEIGHTS.items()
    ]
    add("typed-data", "weights in float_data instead of raw_data", model(stem() + head(), weights=typed))
    add("two-outputs", "a second output beside the logits", model(
        stem() + head(), outputs=[scores(), image("N", 4, SIDE, SIDE, name="feature")]))
    add("aside", "a layer 'aside' that the logits do not read", model(
        stem() + [node("Sigmoid", "conv", "aside")] + head(),
        outputs=[scores(), image("N", 4, SIDE, SIDE, name="aside")]))
    unknown = onnx.ModelProto.FromString(
        model(stem() + head()).SerializeToString() + b"\xfa\x7d\x05hello" + b"\x80\x7e\x07")
    add("unknown-fields", "fields 2015 and 2016, which no schema knows", unknown)
    sign = np.where(np.arange(CLASSES)[:, None] == 0, -np.abs(HEAD), HEAD)
    dead = model(stem() + head(), weights=initializers(head=sign.astype(np.float32)))
    add("only-evidence-against", "for class 0 the map is nowhere above 0", dead)
    return made


def refused() -> dict[str, tuple[onnx.ModelProto | bytes, str]]:
    """Models that must be refused, or explained only from some layer on, each with the reason."""
    made = {}

    def add(name, note, proto):
        made[name] = (proto, note)

    plain = model(stem() + head()).SerializeToString()
    grid = _DRAW.uniform(-1, 1, (1, SIDE, SIDE, 2)).astype(np.float32)
    add("grid-sample", "GridSample before 'feature': the input's gradient has no rule", model(
        [node("GridSample", "input grid", "sampled")] + stem("sampled") + head(),
        [image(1, 3, SIDE, SIDE)], [scores(shape=(1, CLASSES))], weights=initializers(grid=grid)))
    add("grid-sample-after", "GridSample after 'feature', before the later layer 'second'", model(
        stem()
        + [node("GridSample", "feature grid", "sampled"), node("Relu", "sampled", "second")]
        + head("second"),
        [image(1, 3, SIDE, SIDE)], [scores(shape=(1, CLASSES))], weights=initializers(grid=grid)))
    add("custom-domain", "an operator of a domain that nobody knows", model(
        stem() + [node("Sharpen", "feature", "sharp", domain="example.custom")] + head("sharp"),
        domains=["example.custom"]))
    add("tabular", "the input is [N, 10]: not an image", model(
        [node("Gemm", "input table table_bias", "logits", transB=1)], [image("N", 10)],
        weights=[numpy_helper.from_array(_DRAW.standard_normal((CLASSES, 10)).astype(np.float32), "table"),
                 numpy_helper.from_array(HEAD_BIAS, "table_bias")]))
    add("tokens", "the input is int64 [N, 16]", model(
        [node("Gather", "embedding input", "embedded"),
         node("ReduceMean", "embedded", "pooled", axes=[1], keepdims=0),
         node("Gemm", "pooled head head_bias", "logits", transB=1)],
        [helper.make_tensor_value_info("input", TensorProto.INT64, ("N", 16))],
        weights=initializers(embedding=_DRAW.standard_normal((9, 4)).astype(np.float32))))
    add("segmentation", "the output is [N, 5, 8, 8]", model(
        stem() + [node("Conv", "feature head_kernel head_bias", "logits")],
        outputs=[scores(shape=("N", CLASSES, SIDE, SIDE))],
        weights=initializers(head_kernel=HEAD.reshape(CLASSES, 4, 1, 1))))
    add("no-spatial-layer", "flattened at once: no layer is spatial", model(
        [node("Flatten", "input", "flat"), node("Gemm", "flat table head_bias", "logits", transB=1)],
        weights=[numpy_helper.from_array(
            _DRAW.standard_normal((CLASSES, 3 * SIDE * SIDE)).astype(np.float32), "table"),
            numpy_helper.from_array(HEAD_BIAS, "head_bias")]))
    add("two-images", "two image inputs", model(
        [node("Add", "input other", "both")] + stem("both") + head(),
        [image(), image("N", 3, SIDE, SIDE, name="other")]))
    add("constant-logits", "the logits do not depend on the input", model(
        stem() + [node("Shape", "input", "shape"), node("ConstantOfShape", "shape", "zeros")]
        + head("zeros_four"),
        weights=initializers(zeros_four=np.zeros((1, 4, 2, 2), np.float32)),
        outputs=[scores(shape=(1, CLASSES))]))
    branch = helper.make_graph([node("Relu", "conv", "kept")], "then", [], [scores("kept", None)])
    other = helper.make_graph([node("Neg", "conv", "flipped")], "else", [], [scores("flipped", None)])
    add("if-branch", "an If on the way to the logits", model(
        [stem()[0], helper.make_node("If", ["always"], ["feature"], name="feature_If",
                                     then_branch=branch, else_branch=other)] + head(),
        weights=initializers(always=np.array(True))))
    square = helper.make_function(
        "example.local", "Square", ["x"], ["y"], [node("Mul", "x x", "y")],
        [helper.make_opsetid("", 17)])
    add("local-function", "a function of the model's own on the way to the logits", model(
        stem() + [node("Square", "feature", "squared", domain="example.local")] + head("squared"),
        domains=["example.local"], functions=[square]))
    for name, location, note in [
        ("external-missing", "absent.data", "external data in a file that is not there"),
        ("external-escaping", "../plain.onnx", "external data outside the model's folder"),
        ("external-absolute", "/absent/weights.data", "external data at an absolute path"),
        ("external-beyond", "plain.onnx", "external data past the end of its file"),
    ]:
        proto = model(stem() + head())
        _point(proto.graph.initializer[0], location, 10**6 if name == "external-beyond" else 0)
        add(name, note, proto)
    short = model(stem() + head())
    short.graph.initializer[0].raw_data = short.graph.initializer[0].raw_data[:-8]
    add("short-initializer", "initializer 'kernel' holds 8 bytes too few", short)
    huge = model(stem() + head())
    huge.graph.initializer[0].dims[:] = [2**40, 2**40, 3, 3]
    add("huge-dimensions", "initializer 'kernel' claims 2^40 × 2^40 × 3 × 3 entries", huge)
    add("unknown-value", "a node reads a value that nobody makes", model(
        stem() + head("featur")))
    add("cycle", "two nodes read each other's output", model(
        [node("Add", "input later", "earlier"), node("Relu", "earlier", "later")]
        + stem("later") + head()))
    add("truncated", "the first 60 % of 'plain'", plain[: len(plain) * 6 // 10])
    add("empty", "no bytes", b"")
    add("text", "a text, not a model", b"This is not a model.\n")
    add("endless-varint", "a length of eleven continuation bytes", b"\x3a" + b"\xff" * 11)
    add("no-graph", "a model without a graph", onnx.ModelProto(ir_version=8).SerializeToString())
    add("future-opset", "opset 9999", model(stem() + head(), opset=9999))
    return made


def _without_node_names(proto):
    for each in proto.graph.node:
        each.name = ""
    return proto


def _point(tensor, location, offset):
    length = len(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": str(offset), "length": str(length)}.items():
        tensor.external_data.add(key=key, value=value)


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
        values = _values(proto, feed)
        for value, array in expected.items():
            if name == "only-evidence-against" and value == "logits":
                continue
            found = values[value].reshape(-1, *array.shape[1:])
            if relative_error(found, array[: len(found)]) > 1e-5:
                raise SystemExit(f"{name}: '{value}' differs")
        (folder / f"{name}.onnx").write_bytes(data)
        rows.append({"name": name, "works": True, "note": note, "defaultLayer": "feature",
                     "logits": "logits"})
    rows.append(_write_external(folder))
    for name, (proto, note) in refused().items():
        data = proto if isinstance(proto, bytes) else proto.SerializeToString()
        (folder / f"{name}.onnx").write_bytes(data)
        rows.append({"name": name, "works": False, "note": note})
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "models.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(rows)} unusual models")


def _values(proto, feed):
    from .probe import all_values

    return all_values(proto, {"input": feed})


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
        _point(tensor, "external.onnx.data", offset)
        data += raw
    (folder / "external.onnx").write_bytes(proto.SerializeToString())
    (folder / "external.onnx.data").write_bytes(bytes(data))
    (logits,) = session(folder / "external.onnx").run(["logits"], {"input": INPUT})
    if relative_error(logits, np.load(folder / "Shared" / "logits.npy")) > 1e-5:
        raise SystemExit("external: logits differ")
    return {"name": "external", "works": True, "note": "weights in 'external.onnx.data'",
            "defaultLayer": "feature", "logits": "logits"}
