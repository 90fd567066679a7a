"""Tiny models with other inputs and outputs than one image and one list of classes.

With what each row says they are told, they compute the common function of `unusual`, or for a
segmentation a sum of it, so that the arrays in `Shared/` serve them too.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from . import volume
from .probe import all_values
from .reference import relative_error
from .tiny import (
    CLASSES,
    FLOAT,
    HEAD,
    HEAD_BIAS,
    INPUT,
    KERNEL,
    SIDE,
    head,
    image,
    initializers,
    model,
    node,
    scores,
    stem,
)

# The class whose arrays are in `Shared/`.
CLASS = 2

# Models of another function than the common one.
OTHER_FUNCTIONS = """
    bytes detector gray open-size signal six-bands volume volume-channels-last
""".split()


def value(name, type, *shape):
    return helper.make_tensor_value_info(name, type, shape)


def asked() -> dict[str, dict]:
    """Models by name: `proto`, a `note`, the numbers to `feed`, and the `value` that holds the
    logits where it has another name."""
    made = {}

    def add(name, note, proto, feed=None, **more):
        made[name] = {"note": note, "proto": proto, "feed": feed or {}, **more}

    add(
        "scale-input",
        "a second input, by which the features are multiplied",
        model(
            stem()[:1]
            + [node("Relu", "conv", "bare"), node("Mul", "bare scale", "feature")]
            + head(),
            [image(), value("scale", FLOAT, "N", 4, 1, 1)],
        ),
        {"scale": np.ones((2, 4, 1, 1), np.float32)},
    )
    add(
        "flag-input",
        "a truth value that chooses between two paths",
        model(
            stem()[:1]
            + [
                node("Relu", "conv", "bare"),
                node("Neg", "bare", "turned"),
                node("Where", "is_training turned bare", "feature"),
            ]
            + head(),
            [value("is_training", TensorProto.BOOL), image()],
        ),
        {"is_training": np.array(False)},
    )
    add(
        "size-input",
        "the size of a Resize, without which no shape after it is known",
        model(
            [
                node("Shape", "input", "sides", start=0, end=2),
                node("Concat", "sides size", "wanted", axis=0),
                node("Resize", "input wanted", "resized", mode="nearest"),
            ]
            + stem("resized")
            + head(),
            [image(), value("size", TensorProto.INT64, 2)],
        ),
        {"size": np.array([SIDE, SIDE])},
    )
    made["size-input"]["proto"].graph.node[2].input[:] = ["input", "", "", "wanted"]
    default = model(
        stem()[:1] + [node("Relu", "conv", "bare"), node("Mul", "bare gain", "feature")] + head(),
        [image(), value("gain", FLOAT, 1)],
        weights=initializers(gain=np.ones(1, np.float32)),
    )
    add("default-input", "an input whose value the file stores", default)
    add(
        "two-inputs-of-images",
        "two images, which are added",
        model(
            [node("Add", "input other", "both")] + stem("both") + head(),
            [image("N", 3, SIDE, SIDE, name="other"), image()],
        ),
        {"other": np.zeros_like(INPUT)},
    )
    add(
        "fixed-batch-of-four",
        "the batch is 4",
        model(stem() + head(), [image(4, 3, SIDE, SIDE)], [scores(shape=(4, CLASSES))]),
    )
    add(
        "batch-of-one-inside",
        "the batch is open, but a Reshape makes it 1",
        model(
            stem()
            + [
                node("GlobalAveragePool", "feature", "pooled"),
                node("Reshape", "pooled one_row", "flat"),
                node("Gemm", "flat head head_bias", "logits", transB=1),
            ],
            weights=initializers(one_row=np.array([1, 4], np.int64)),
        ),
    )
    add(
        "argmax-tail",
        "gives the class alone",
        model(
            stem() + head() + [node("ArgMax", "logits", "class", axis=1, keepdims=0)],
            outputs=[value("class", TensorProto.INT64, "N")],
        ),
    )
    add("zip-map", "a class, and a sequence of maps from name to probability", _zip_map())
    row = initializers(head=HEAD[CLASS : CLASS + 1], head_bias=HEAD_BIAS[CLASS : CLASS + 1])
    add(
        "regression",
        "one number [N, 1]: the common function's logit of class 2",
        model(stem() + head(output="price"), outputs=[scores("price", ("N", 1))], weights=row),
        value="price",
    )
    add(
        "regression-without-axis",
        "the same as [N]",
        model(
            stem() + head(output="wide") + [node("Flatten", "wide", "tall", axis=0)]
            + [node("Reshape", "tall all", "price")],
            outputs=[scores("price", ("N",))],
            weights=row + initializers(all=np.array([-1], np.int64))[-1:],
        ),
        value="price",
    )
    add(
        "one-logit",
        "the same before a Sigmoid",
        model(
            stem() + head(output="logit") + [node("Sigmoid", "logit", "probability")],
            outputs=[scores("probability", ("N", 1))],
            weights=row,
        ),
        value="logit",
    )
    add("sequence", "five classes at each of three positions; the common ones at 1", _positions())
    pixels = stem() + [node("Conv", "feature head_kernel head_bias", "pixels")]
    kernel = initializers(head_kernel=HEAD.reshape(CLASSES, 4, 1, 1))
    add(
        "segmentation",
        "a class for each pixel",
        model(pixels, outputs=[scores("pixels", ("N", CLASSES, SIDE, SIDE))], weights=kernel),
        value="pixels",
    )
    add(
        "segmentation-softmax",
        "the same after a Softmax",
        model(
            pixels + [node("Softmax", "pixels", "out", axis=1)],
            outputs=[scores("out", ("N", CLASSES, SIDE, SIDE))],
            weights=kernel,
        ),
        value="pixels",
    )
    add(
        "segmentation-channels-last",
        "the same with the classes last",
        model(
            pixels + [node("Transpose", "pixels", "out", perm=[0, 2, 3, 1])],
            outputs=[scores("out", ("N", SIDE, SIDE, CLASSES))],
            weights=kernel,
        ),
        value="pixels",
    )
    add(
        "segmentation-argmax",
        "the class of each pixel alone",
        model(
            pixels + [node("ArgMax", "pixels", "out", axis=1, keepdims=0)],
            outputs=[value("out", TensorProto.INT64, "N", SIDE, SIDE)],
            weights=kernel,
        ),
        value="pixels",
    )
    add(
        "mask",
        "one probability for each pixel, [N, H, W]",
        model(
            pixels
            + [
                node("Gather", "pixels which", "plane", axis=1),
                node("Sigmoid", "plane", "out"),
            ],
            outputs=[scores("out", ("N", SIDE, SIDE))],
            weights=kernel + initializers(which=np.array(CLASS))[-1:],
        ),
        value="plane",
    )
    add("detector", "boxes are suppressed: the number and order of outputs change", _detector())
    add("bytes", "bytes [N, H, W, C]; ImageNet's numbers inside", _bytes())
    add(
        "gray",
        "one channel",
        model(
            stem() + head(),
            [image("N", 1, SIDE, SIDE)],
            weights=initializers(kernel=KERNEL.sum(1, keepdims=True)),
        ),
    )
    wide = np.concatenate([KERNEL, np.zeros_like(KERNEL)], 1)
    add(
        "six-bands",
        "six channels, of which the last three count nothing",
        model(stem() + head(), [image("N", 6, SIDE, SIDE)], weights=initializers(kernel=wide)),
    )
    add("volume", "the input is a volume [N, C, D, H, W]", volume.volume())
    add("volume-channels-last", "the same as [N, D, H, W, C]", volume.volume(last=True))
    add(
        "open-size",
        "height and width are open; two poolings halve them",
        model(
            stem()
            + [
                node("MaxPool", "feature", "half", kernel_shape=[2, 2], strides=[2, 2]),
                node("MaxPool", "half", "quarter", kernel_shape=[2, 2], strides=[2, 2]),
                node("Relu", "quarter", "last"),
            ]
            + head("last"),
            [image("N", 3, "H", "W")],
        ),
    )
    add(
        "signal",
        "the input is [N, 3, 64]: a signal",
        model(
            [
                node("ReduceMean", "input", "mean", axes=[2], keepdims=0),
                node("Gemm", "mean three", "logits", transB=1),
            ],
            [image("N", 3, 64)],
            weights=initializers(three=HEAD[:, :3]),
        ),
    )
    return made


def _zip_map():
    proto = model(
        stem()
        + head()
        + [
            node("Softmax", "logits", "scores", axis=1),
            node("ArgMax", "scores", "label", axis=1, keepdims=0),
            node(
                "ZipMap",
                "scores",
                "probabilities",
                domain="ai.onnx.ml",
                classlabels_strings=["cat", "dog", "bird", "fish", "mole"],
            ),
        ],
        outputs=[value("label", TensorProto.INT64, "N")],
    )
    proto.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    kind = helper.make_sequence_type_proto(
        helper.make_map_type_proto(
            TensorProto.STRING, helper.make_tensor_type_proto(FLOAT, None)
        )
    )
    proto.graph.output.append(helper.make_value_info("probabilities", kind))
    return proto


def _positions():
    """Three copies of the pooled channels, weighted, each through the head."""
    factors = np.array([0.5, 1, -2], np.float32).reshape(1, 3, 1)
    return model(
        stem()
        + [
            node("GlobalAveragePool", "feature", "pooled"),
            node("Flatten", "pooled", "flat"),
            node("Unsqueeze", "flat place", "row"),
            node("Mul", "row factors", "rows"),
            node("MatMul", "rows turned_head", "products"),
            node("Add", "products head_bias", "letters"),
        ],
        outputs=[scores("letters", ("N", 3, CLASSES))],
        weights=initializers(
            place=np.array([1], np.int64), factors=factors, turned_head=HEAD.T.copy()
        ),
    )


def _detector():
    """A box a pixel, whose scores are a segmentation's."""
    limits = {"most": np.array([5], np.int64), "overlap": np.array([0.5], np.float32)}
    return model(
        stem()
        + [
            node("Conv", "feature head_kernel head_bias", "pixels"),
            node("Reshape", "pixels score_shape", "scores"),
            node("Reshape", "feature box_shape", "boxes_last"),
            node("Transpose", "boxes_last", "boxes", perm=[0, 2, 1]),
            node("NonMaxSuppression", "boxes scores most overlap", "kept"),
            node("Slice", "kept two three one", "kept_boxes"),
            node("Squeeze", "kept_boxes one", "rows"),
            node("Gather", "boxes rows", "detections", axis=1),
        ],
        [image(1, 3, SIDE, SIDE)],
        [
            scores("detections", (1, "count", 4)),
            value("kept", TensorProto.INT64, "count", 3),
        ],
        weights=initializers(
            head_kernel=HEAD.reshape(CLASSES, 4, 1, 1),
            score_shape=np.array([1, CLASSES, -1], np.int64),
            box_shape=np.array([1, 4, -1], np.int64),
            one=np.array([1], np.int64),
            two=np.array([2], np.int64),
            three=np.array([3], np.int64),
            **limits,
        ),
    )


def _bytes():
    mean = np.array([0.485, 0.456, 0.406], np.float32)
    deviation = np.array([0.229, 0.224, 0.225], np.float32)
    return model(
        [
            node("Cast", "input", "numbers", to=FLOAT),
            node("Div", "numbers full", "unit"),
            node("Sub", "unit mean", "centred"),
            node("Div", "centred deviation", "scaled"),
            node("Transpose", "scaled", "planes", perm=[0, 3, 1, 2]),
        ]
        + stem("planes")
        + head(),
        [value("input", TensorProto.UINT8, "N", SIDE, SIDE, 3)],
        weights=initializers(full=np.float32(255), mean=mean, deviation=deviation),
    )


def write(folder: Path) -> None:
    """Writes the models and `asked.json`, and checks those with arrays in `Shared/`."""
    expected = np.load(folder / "Shared" / "logits.npy")[:, CLASS]
    rows = []
    for name, made in asked().items():
        proto = made["proto"]
        onnx.checker.check_model(proto)
        (folder / f"{name}.onnx").write_bytes(proto.SerializeToString())
        rows.append({"name": name, "note": made["note"]})
        if name in OTHER_FUNCTIONS:
            continue
        feed = {"input": INPUT} | made["feed"]
        if name == "fixed-batch-of-four":
            feed["input"] = np.repeat(INPUT[:1], 4, 0)
        if name == "batch-of-one-inside":
            feed["input"] = INPUT[:1]
        values = all_values(proto, feed)
        found = values[made.get("value", "letters" if name == "sequence" else "logits")]
        if name == "sequence":
            found = found[:, 1]
        if found.ndim == 4:
            found = found[:, CLASS]
        if found.ndim == 3:
            found = found.mean((1, 2))
        if found.ndim == 2:
            found = found[:, CLASS if found.shape[1] > 1 else 0]
        if relative_error(found[:1], expected[:1]) > 1e-5:
            raise SystemExit(f"{name}: the logit differs")
    volume.write(folder / "Volume")
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "asked.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(rows)} models with other inputs and outputs")
