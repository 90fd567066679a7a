"""Tiny models that must be refused, or explained only from some layer on."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import control
from .tiny import (
    CLASSES,
    DRAW,
    HEAD_BIAS,
    SIDE,
    head,
    image,
    initializers,
    model,
    node,
    point,
    scores,
    stem,
)


def refused() -> dict[str, tuple[onnx.ModelProto | bytes, str]]:
    """Models that must be refused, or explained only from some layer on, each with the reason."""
    made = {}

    def add(name, note, proto):
        made[name] = (proto, note)

    plain = model(stem() + head()).SerializeToString()
    # Turns the first image round, for each channel: an operator that has no gradient rule.
    turned = dict(time_axis=0, batch_axis=1)
    add(
        "reverse-sequence",
        "ReverseSequence before 'feature': the input's gradient has no rule",
        model(
            [node("ReverseSequence", "input lengths", "reversed", **turned)]
            + stem("reversed")
            + head(),
            [image(1, 3, SIDE, SIDE)],
            [scores(shape=(1, CLASSES))],
            weights=initializers(lengths=np.ones(3, np.int64)),
        ),
    )
    add(
        "reverse-sequence-after",
        "ReverseSequence after 'feature', before the later layer 'second'",
        model(
            stem()
            + [
                node("ReverseSequence", "feature lengths", "reversed", **turned),
                node("Relu", "reversed", "second"),
            ]
            + head("second"),
            [image(1, 3, SIDE, SIDE)],
            [scores(shape=(1, CLASSES))],
            weights=initializers(lengths=np.ones(4, np.int64)),
        ),
    )
    add(
        "custom-domain",
        "an operator of a domain that nobody knows",
        model(
            stem() + [node("Sharpen", "feature", "sharp", domain="example.custom")] + head("sharp"),
            domains=["example.custom"],
        ),
    )
    add(
        "tabular",
        "the input is [N, 10]: not an image",
        model(
            [node("Gemm", "input table table_bias", "logits", transB=1)],
            [image("N", 10)],
            weights=[
                numpy_helper.from_array(
                    DRAW.standard_normal((CLASSES, 10)).astype(np.float32), "table"
                ),
                numpy_helper.from_array(HEAD_BIAS, "table_bias"),
            ],
        ),
    )
    add(
        "tokens",
        "the input is int64 [N, 16]",
        model(
            [
                node("Gather", "embedding input", "embedded"),
                node("ReduceMean", "embedded", "pooled", axes=[1], keepdims=0),
                node("Gemm", "pooled head head_bias", "logits", transB=1),
            ],
            [helper.make_tensor_value_info("input", TensorProto.INT64, ("N", 16))],
            weights=initializers(embedding=DRAW.standard_normal((9, 4)).astype(np.float32)),
        ),
    )
    add(
        "no-spatial-layer",
        "flattened at once: no layer is spatial",
        model(
            [
                node("Flatten", "input", "flat"),
                node("Gemm", "flat table head_bias", "logits", transB=1),
            ],
            weights=[
                numpy_helper.from_array(
                    DRAW.standard_normal((CLASSES, 3 * SIDE * SIDE)).astype(np.float32), "table"
                ),
                numpy_helper.from_array(HEAD_BIAS, "head_bias"),
            ],
        ),
    )
    add(
        "two-images",
        "two image inputs",
        model(
            [node("Add", "input other", "both")] + stem("both") + head(),
            [image(), image("N", 3, SIDE, SIDE, name="other")],
        ),
    )
    add(
        "constant-logits",
        "the logits do not depend on the input",
        model(
            stem()
            + [node("Shape", "input", "shape"), node("ConstantOfShape", "shape", "zeros")]
            + head("zeros_four"),
            weights=initializers(zeros_four=np.zeros((1, 4, 2, 2), np.float32)),
            outputs=[scores(shape=(1, CLASSES))],
        ),
    )
    made |= control.refused()
    for name, location, note in [
        ("external-missing", "absent.data", "external data in a file that is not there"),
        ("external-escaping", "../plain.onnx", "external data outside the model's folder"),
        ("external-absolute", "/absent/weights.data", "external data at an absolute path"),
        ("external-beyond", "plain.onnx", "external data past the end of its file"),
    ]:
        proto = model(stem() + head())
        point(proto.graph.initializer[0], location, 10**6 if name == "external-beyond" else 0)
        add(name, note, proto)
    short = model(stem() + head())
    short.graph.initializer[0].raw_data = short.graph.initializer[0].raw_data[:-8]
    add("short-initializer", "initializer 'kernel' holds 8 bytes too few", short)
    huge = model(stem() + head())
    huge.graph.initializer[0].dims[:] = [2**40, 2**40, 3, 3]
    add("huge-dimensions", "initializer 'kernel' claims 2^40 × 2^40 × 3 × 3 entries", huge)
    add("unknown-value", "a node reads a value that nobody makes", model(stem() + head("featur")))
    add(
        "cycle",
        "two nodes read each other's output",
        model(
            [node("Add", "input later", "earlier"), node("Relu", "earlier", "later")]
            + stem("later")
            + head()
        ),
    )
    add("truncated", "the first 60 % of 'plain'", plain[: len(plain) * 6 // 10])
    add("empty", "no bytes", b"")
    add("text", "a text, not a model", b"This is not a model.\n")
    add("endless-varint", "a length of eleven continuation bytes", b"\x3a" + b"\xff" * 11)
    add("no-graph", "a model without a graph", onnx.ModelProto(ir_version=8).SerializeToString())
    add("future-opset", "opset 9999", model(stem() + head(), opset=9999))
    return made
