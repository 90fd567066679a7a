"""An ONNX model as a PyTorch module with a submodule a node, for packages that hook modules."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import nn

from gradcam_tools.onnx_in_torch import _OPERATORS as OPERATORS

_TAILS = {"Softmax", "LogSoftmax"}


class Capped(nn.ReLU):
    """A ReLU with a cap, which is a ReLU to packages that look for those; flat at both ends, as ReLU6."""

    def __init__(self, cap: float = 6.0):
        super().__init__()
        self.cap = cap

    def forward(self, x):
        return nn.functional.hardtanh(x, 0.0, self.cap)


class _Node(nn.Module):
    def __init__(self, op: str, attributes: dict):
        super().__init__()
        self.op, self.attributes = op, attributes

    def forward(self, *inputs):
        known = _NEWER if len(inputs) > 1 and self.op in _NEWER else OPERATORS
        return known[self.op](self.attributes, *inputs)


def _constants(model: onnx.ModelProto, known: set[str]) -> dict[str, np.ndarray]:
    """The values that no input reaches."""
    nodes, fixed = [], set(known)
    for node in model.graph.node:
        if all(name in fixed or not name for name in node.input):
            nodes.append(node)
            fixed.update(node.output)
    if not nodes:
        return {}
    names = [name for node in nodes for name in node.output]
    part = onnx.ModelProto()
    part.CopyFrom(model)
    del part.graph.node[:], part.graph.input[:], part.graph.output[:]
    part.graph.node.extend(nodes)
    part.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    return dict(zip(names, ReferenceEvaluator(part).run(None, {})))


def _slice(attributes, x, starts, ends, axes=None, steps=None):
    """Slice as operator set 10 and later have it, forwards."""
    axes = range(len(starts)) if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    for axis, start, end, step in zip(axes, starts.tolist(), ends.tolist(), steps):
        whole = [slice(None)] * x.dim()
        whole[axis] = slice(start, min(end, x.shape[axis]), step)
        x = x[tuple(whole)]
    return x


def _pad(attributes, x, pads, value=None):
    """Pad by zeros, as operator set 11 and later have it."""
    sides = pads.tolist()
    half = len(sides) // 2
    pairs = [side for axis in reversed(range(half)) for side in (sides[axis], sides[half + axis])]
    return nn.functional.pad(x, pairs)


_NEWER = {"Slice": _slice, "Pad": _pad}


class OnnxModule(nn.Module):
    """The nodes up to the logits, in their order."""

    def __init__(self, path: Path):
        super().__init__()
        model = onnx.load(str(path))
        graph = model.graph
        stored = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
        stored |= _constants(model, set(stored))
        self.input = next(entry.name for entry in graph.input if entry.name not in stored)
        self._places: dict[str, str] = {}
        self._floats: dict[str, str] = {}
        for index, (name, array) in enumerate(stored.items()):
            if array.dtype.kind == "f":
                self._floats[name] = f"w{index}"
                values = torch.from_numpy(array.copy())
                self.register_parameter(f"w{index}", nn.Parameter(values))
        self._others = {
            name: torch.from_numpy(array.copy())
            for name, array in stored.items()
            if array.dtype.kind != "f"
        }
        nodes = [node for node in graph.node if node.output[0] not in stored]
        while nodes[-1].op_type in _TAILS:
            nodes.pop()
        self._nodes = []
        for index, node in enumerate(nodes):
            values = {
                entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute
            }
            self._nodes.append((f"n{index}", list(node.input), node.output[0]))
            self._places[node.output[0]] = f"n{index}"
            self.add_module(f"n{index}", self._module(node, values, stored))
        self.capped = any(isinstance(part, Capped) for part in self.modules())

    @staticmethod
    def _module(node, values: dict, stored: dict) -> nn.Module:
        if node.op_type == "Relu":
            return nn.ReLU()
        if node.op_type == "Clip":
            bounds = [values.get("min"), values.get("max")]
            for place, name in enumerate(node.input[1:]):
                bounds[place] = stored[name].item()
            if bounds[0] == 0 and bounds[1] is not None:
                return Capped(bounds[1])
        return _Node(node.op_type, values)

    def path(self, value: str) -> str:
        """The path of the module that makes a value."""
        return self._places[value]

    def forward(self, x):
        found = {self.input: x}
        for path, inputs, output in self._nodes:
            part = self.get_submodule(path)
            given = [self._value(name, found) for name in inputs]
            found[output] = part(*given) if isinstance(part, _Node) else part(given[0])
        return found[output]

    def _value(self, name: str, found: dict):
        if not name:
            return None
        if name in found:
            return found[name]
        if name in self._floats:
            return getattr(self, self._floats[name])
        return self._others[name]
