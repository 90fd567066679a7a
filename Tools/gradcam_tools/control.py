"""Tiny models with functions of their own and with control flow."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .tiny import FLOAT, SIDE, head, image, initializers, model, node, scores, stem

DOMAIN = "example.local"
STANDARD = [helper.make_opsetid("", 17)]


def call(op, inputs, outputs, **attributes):
    return node(op, inputs, outputs, domain=DOMAIN, **attributes)


def function(name, inputs, outputs, nodes, attributes=(), defaults=(), opset=17):
    return helper.make_function(
        DOMAIN,
        name,
        inputs.split(),
        outputs.split(),
        nodes,
        [helper.make_opsetid("", opset), helper.make_opsetid(DOMAIN, 1)],
        attributes=list(attributes),
        attribute_protos=list(defaults),
    )


def reference(each, name, attribute, kind):
    """Lets a node's attribute stand for one of the function around it."""
    each.attribute.append(
        onnx.AttributeProto(name=name, ref_attr_name=attribute, type=kind)
    )
    return each


def functions():
    """The tiny network in functions: one within another, one called twice, attributes given, taken
    from a default and left out, and a result that is an input."""
    ints, integer = onnx.AttributeProto.INTS, onnx.AttributeProto.INT
    convolve = reference(node("Conv", "x w b", "y"), "pads", "margin", ints)
    relu = [node("Identity", "x", "inner"), node("Relu", "inner", "y")]
    linear = reference(node("Gemm", "flat w b", "y"), "transB", "turns", integer)
    linear = reference(linear, "transA", "never", integer)
    return [
        function("Convolve", "x w b", "y", [convolve], attributes=["margin"]),
        function("Rectify", "x", "y", relu),
        function(
            "Stem",
            "x w b",
            "y untouched",
            [
                call("Convolve", "x w b", "inner", margin=[1, 1, 1, 1]),
                call("Rectify", "inner", "y"),
                node("Identity", "x", "untouched"),
            ],
        ),
        function(
            "Head",
            "x w b unused",
            "y",
            [
                node("GlobalAveragePool", "x", "inner"),
                node("Flatten", "inner", "flat"),
                linear,
            ],
            attributes=["never"],
            defaults=[helper.make_attribute("turns", 1)],
        ),
    ]


def branch(name, output, nodes, weights=()):
    value = helper.make_tensor_value_info(output, FLOAT, None)
    return helper.make_graph(nodes, name, [], [value], list(weights))


def choice(condition, output, then, other):
    return helper.make_node(
        "If",
        [condition],
        [output],
        name=f"{output}_If",
        then_branch=then,
        else_branch=other,
    )


def working() -> dict[str, tuple[onnx.ModelProto, str]]:
    made = {}
    truth = numpy_helper.from_array(np.array(True), "always")
    made["functions"] = (
        model(
            [
                call("Stem", "input kernel kernel_bias", "rectified same"),
                call("Rectify", "rectified", "feature"),
                helper.make_node(
                    "Head",
                    ["feature", "head", "head_bias"],
                    ["logits"],
                    name="logits_Head",
                    domain=DOMAIN,
                ),
            ],
            domains=[DOMAIN],
            functions=functions(),
        ),
        "layers are calls of the model's own functions, one within another",
    )
    relu = branch("yes", "chosen", [node("Relu", "conv", "chosen")])
    other = branch("no", "chosen", [node("Neg", "conv", "chosen")])
    made["known-if"] = (
        model(
            [stem()[0], choice("always", "feature", relu, other)] + head(),
            weights=initializers() + [truth],
        ),
        "an If whose condition is stored",
    )
    inner = choice(
        "wide",
        "inner",
        branch("deep", "deep_inner", [node("Mul", "conv one", "deep_inner")], [
            numpy_helper.from_array(np.array(1, np.float32), "one")
        ]),
        branch("flat", "deep_inner", [node("Neg", "conv", "deep_inner")]),
    )
    made["if-by-shape"] = (
        model(
            [
                stem()[0],
                node("Shape", "input", "shape"),
                node("Gather", "shape two", "height", axis=0),
                node("Greater", "height four", "tall"),
                node("Equal", "height eight", "exact"),
                node("Not", "exact", "wrong"),
                node("Not", "wrong", "right"),
                node("And", "tall right", "wide"),
                choice(
                    "wide",
                    "feature",
                    branch("yes", "yes_out", [inner, node("Relu", "inner", "yes_out")]),
                    branch("no", "no_out", [node("Identity", "conv", "no_out")]),
                ),
            ]
            + head(),
            weights=initializers(
                two=np.array(2, np.int64),
                four=np.array(4, np.int64),
                eight=np.array(SIDE, np.int64),
            ),
        ),
        "an If within an If, whose conditions ask for the input's height",
    )
    made["loop-aside"] = (
        model(
            stem() + head() + [loop("feature", "aside")],
            outputs=[scores(), image("N", 4, SIDE, SIDE, name="aside")],
            weights=initializers(times=np.array(3, np.int64)) + [truth],
        ),
        "a Loop that the logits do not read",
    )
    return made


def loop(value, output):
    """Three rounds of a square root of a sum."""
    body = helper.make_graph(
        [
            node("Identity", "going", "still"),
            node("Add", "before before", "twice"),
            node("Sqrt", "twice", "after"),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("before", FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("after", FLOAT, None),
        ],
    )
    return helper.make_node(
        "Loop", ["times", "always", value], [output], name=f"{output}_Loop", body=body
    )


def refused() -> dict[str, tuple[onnx.ModelProto, str]]:
    made = {}
    truth = numpy_helper.from_array(np.array(True), "always")
    relu = branch("yes", "chosen", [node("Relu", "conv", "chosen")])
    other = branch("no", "chosen", [node("Neg", "conv", "chosen")])
    made["if-branch"] = (
        model(
            [
                stem()[0],
                node("ReduceSum", "conv", "sum", keepdims=0),
                node("Greater", "sum zero", "bright"),
                choice("bright", "feature", relu, other),
            ]
            + head(),
            weights=initializers(zero=np.array(0, np.float32)),
        ),
        "an If on the way to the logits that asks the image",
    )
    made["loop"] = (
        model(
            stem() + [loop("feature", "looped")] + head("looped"),
            weights=initializers(times=np.array(3, np.int64)) + [truth],
        ),
        "a Loop on the way to the logits",
    )
    square = function("Square", "x", "y", [node("Mul", "x x", "y")], opset=13)
    made["local-function"] = (
        model(
            stem() + [call("Square", "feature", "squared")] + head("squared"),
            domains=[DOMAIN],
            functions=[square],
        ),
        "a function of another operator set than the model's",
    )
    again = function("Again", "x", "y", [call("Again", "x", "y")])
    made["recursive-function"] = (
        model(
            stem() + [call("Again", "feature", "squared")] + head("squared"),
            domains=[DOMAIN],
            functions=[again],
        ),
        "a function that calls itself",
    )
    chain = [
        function(
            f"Twice{depth}",
            "x",
            "y",
            [call(f"Twice{depth + 1}", "x", "inner"), call(f"Twice{depth + 1}", "inner", "y")]
            if depth < 40
            else [node("Relu", "x", "y")],
        )
        for depth in range(41)
    ]
    made["doubling-functions"] = (
        model(
            stem() + [call("Twice0", "feature", "squared")] + head("squared"),
            domains=[DOMAIN],
            functions=chain,
        ),
        "forty functions that each call the next one twice",
    )
    return made
