"""Writes a graph node by node, and says what is known of it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import onnx
from onnx import helper

CLASSES = 6


class Writer:
    """Writes a graph node by node, drawing weights as they are asked for."""

    def __init__(self, seed: int):
        self.draw = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}
        self.endings = ("_w", "_b")

    def weight(self, name: str, *shape: int, fan: int | None = None) -> str:
        """A weight under which signals neither die nor explode."""
        fan = fan or int(np.prod(shape[1:]))
        return self.constant(name, self.draw.standard_normal(shape) * np.sqrt(2 / fan))

    def bias(self, name: str, *shape: int) -> str:
        return self.constant(name, self.draw.standard_normal(shape) * 0.1)

    def constant(self, name: str, array, kind=np.float32) -> str:
        self.weights[name] = np.asarray(array, kind)
        return name

    def node(self, kind: str, inputs, outputs, name: str = "", **attributes) -> str:
        inputs = [inputs] if isinstance(inputs, str) else inputs
        outputs = [outputs] if isinstance(outputs, str) else outputs
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=name, **attributes))
        return outputs[0]

    def norm(self, x: str, out: str, stem: str, channels: int, name: str = "", **attributes) -> str:
        """BatchNormalization with weights of its own."""
        arrays = [
            ("gamma", self.draw.uniform(0.5, 1.5, channels)),
            ("beta", self.draw.standard_normal(channels) * 0.1),
            ("running_mean", self.draw.standard_normal(channels) * 0.1),
            ("running_var", self.draw.uniform(0.5, 1.5, channels)),
        ]
        inputs = [x] + [self.constant(f"{stem}_{part}", array) for part, array in arrays]
        return self.node("BatchNormalization", inputs, out, name, **attributes)

    def conv(
        self, x: str, out: str, stem: str, inputs: int, outputs: int, size: int = 3, *,
        name: str = "", biased: bool = True, groups: int = 1, **attributes,
    ) -> str:
        weight = self.weight(stem + self.endings[0], outputs, inputs // groups, size, size)
        biases = [self.bias(stem + self.endings[1], outputs)] if biased else []
        attributes = {"kernel_shape": [size, size]} | attributes
        if groups > 1:
            attributes["group"] = groups
        return self.node("Conv", [x, weight, *biases], out, name, **attributes)

    def linear(self, x: str, out: str, stem: str, inputs: int, outputs: int, name: str = "") -> str:
        parts = [self.weight(stem + self.endings[0], outputs, inputs), self.bias(stem + self.endings[1], outputs)]
        return self.node("Gemm", [x, *parts], out, name, transB=1)


@dataclasses.dataclass(frozen=True)
class Network:
    """One miniature: how its graph is written, and what its layers are called."""

    write: Callable[[Writer], str]
    """Writes the nodes and gives the name of the logits."""
    shape: tuple[int, ...]
    output: str
    opset: int
    layer: str
    """The value of the default layer."""
    names: dict[str, str]
    """Names as people write them → values."""
    input: str = "data"
    producer: str = "onnx-caffe2"
    ir: int = 3
    is_channels_last: bool = False
