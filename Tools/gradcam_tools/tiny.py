"""One tiny classifier in parts: conv 3→4, ReLU, mean over the plane, linear 4→5."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
SIDE, CLASSES = 8, 5
DRAW = np.random.default_rng(20)
KERNEL = (DRAW.standard_normal((4, 3, 3, 3)) * 0.4).astype(np.float32)
KERNEL_BIAS = (DRAW.standard_normal(4) * 0.1).astype(np.float32)
HEAD = DRAW.standard_normal((CLASSES, 4)).astype(np.float32)
HEAD_BIAS = (DRAW.standard_normal(CLASSES) * 0.1).astype(np.float32)
INPUT = DRAW.standard_normal((2, 3, SIDE, SIDE)).astype(np.float32)

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


def point(tensor, location, offset):
    """Moves a tensor's bytes out: the model then says where they lie."""
    length = len(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": str(offset), "length": str(length)}.items():
        tensor.external_data.add(key=key, value=value)
