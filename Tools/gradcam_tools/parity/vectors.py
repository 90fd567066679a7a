"""Tiny models whose explanations are known without computing."""

import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


@dataclasses.dataclass
class Vector:
    """A model, its input, and what must come out."""

    name: str
    nodes: list
    weights: dict[str, list]
    input: list
    rows: list[dict]

    def model(self) -> onnx.ModelProto:
        channels, height, width = np.shape(self.input)
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info(
                "input", TensorProto.FLOAT, ["N", channels, height, width])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", self.classes])],
            [numpy_helper.from_array(np.array(values, dtype), name)
             for name, values in self.weights.items()
             for dtype in [np.float32]],
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
            producer_name="goldens",
        )
        onnx.checker.check_model(model)
        return model

    @property
    def classes(self) -> int:
        return len(self.weights["head"])


def _node(op: str, inputs: str, output: str, **attributes):
    return helper.make_node(op, inputs.split(), [output], name=output, **attributes)


def _pooled(maps: str, bias: str = "") -> list:
    return [
        _node("GlobalAveragePool", maps, "pooled"),
        _node("Flatten", "pooled", "flat"),
        _node("Gemm", f"flat head {bias}".strip(), "logits", transB=1),
    ]


def _refined() -> Vector:
    """Two layers whose maps are [[0, 1], [2, 3]] and [[3, 2], [1, 0]]."""
    return Vector(
        "refined",
        [
            _node("Conv", "input same", "first"),
            _node("Conv", "first turned three", "second"),
            _node("Concat", "first second", "both", axis=1),
            *_pooled("both"),
        ],
        {"same": [[[[1]]]], "turned": [[[[-1]]]], "three": [3], "head": [[8, 4], [4, 8]]},
        [[[0, 1], [2, 3]]],
        [dict(method="refinecam", preset="paper", layers=["first", "second"], target=0,
              kind="map", values=[[0, 2 / 9], [2 / 9, 0]], absolute=True)],
    )


def _contrasted() -> Vector:
    """A class that its rivals, equally probable and equally far away, cancel exactly."""
    return Vector(
        "contrasted",
        [_node("Conv", "input same", "features"), *_pooled("features", "shift")],
        {"same": [[[[1]]]], "head": [[1], [3], [-1]], "shift": [0, -2, 2]},
        [[[1, 1], [1, 1]]],
        [dict(method="finercam", preset=preset, layers=["features"], target=0, kind="map",
              values=[[0, 0], [0, 0]], absolute=True) for preset in ("paper", "pytorch-grad-cam")],
    )


def _linear() -> Vector:
    """A linear model: Integrated Gradients is w ⊙ (x − x'), whatever the steps."""
    weight = np.arange(-8, 8) / 4
    x = np.arange(16).reshape(1, 4, 4) / 5 - 1
    return Vector(
        "linear",
        [_node("Flatten", "input", "flat"), _node("Gemm", "flat head", "logits", transB=1)],
        {"head": [weight.tolist(), (weight[::-1] / 2).tolist()]},
        x.tolist(),
        [dict(method="integrated-gradients", preset=preset, layers=[], target=0,
              parameters={"steps": steps}, kind="attribution", absolute=True,
              values=(weight.reshape(1, 4, 4) * x).tolist(), measures={"residual": 0.0})
         for preset in ("paper", "captum") for steps in (1, 3, 50)],
    )


def _ramp() -> Vector:
    """One convolution, a ReLU and one linear layer with a ReLU, worked out by hand."""
    x = np.arange(16.0).reshape(1, 4, 4)
    row = [1, 1, 1, 1, 1, -1, -1, -1]
    maps = {"conv": [[11.25, 13.5], [20.25, 22.5]], "relu": [[0, 4], [28, 32.5]],
            "input": (0.5625 * x[0]).tolist()}
    return Vector(
        "ramp",
        [
            _node("Conv", "input ones falls", "conv"),
            _node("Relu", "conv", "relu"),
            _node("Flatten", "relu", "flat"),
            _node("Gemm", "flat head", "linear", transB=1),
            _node("Relu", "linear", "logits"),
        ],
        {"ones": np.ones((2, 1, 3, 3)).tolist(), "falls": [-50, -75], "head": [row] * 4},
        x.tolist(),
        [dict(method="gradcam", preset="paper", layers=[layer], target=0, kind="map",
              values=values, absolute=True) for layer, values in maps.items()],
    )


def _squared() -> Vector:
    """Half the sum of squares: the gradient is the activation."""
    maps = np.array([[[1, 1], [1, 1]], [[1, 1], [0, 0]], [[1, 0.5], [0, 0]], [[0.5, 0], [0, 0]]])
    weights = np.array([1, 0.5, 0.375, 0.125])
    return Vector(
        "squared",
        [
            _node("Conv", "input same", "features"),
            _node("Mul", "features features", "squares"),
            *_pooled("squares"),
        ],
        {"same": np.eye(4)[..., None, None].tolist(), "head": [[2] * 4, [1] * 4]},
        maps.tolist(),
        [dict(method="gradcam", preset="paper", layers=["features"], target=0, kind="map",
              values=np.tensordot(weights, maps, 1).tolist(), absolute=True)],
    )


def _meant() -> Vector:
    """Means over the plane and a linear head: four methods are one, up to the plane's size."""
    maps = np.array([[[1, 2], [0, 3]], [[2, 0], [1, 1]]])
    cam = np.tensordot([1, -2], maps, 1)
    return Vector(
        "meant",
        [_node("Conv", "input same", "features"), *_pooled("features")],
        {"same": np.eye(2)[..., None, None].tolist(), "head": [[1, -2], [0.5, 1]]},
        maps.tolist(),
        [dict(method=method, preset="paper", layers=["features"], target=0, kind="map",
              values=(cam / places).tolist(), absolute=True)
         for method, places in (("cam", 1), ("gradcam", 4), ("hirescam", 4), ("xgradcam", 4))],
    )


VECTORS = [_ramp(), _squared(), _meant(), _refined(), _contrasted(), _linear()]
