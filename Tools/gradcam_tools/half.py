"""A small network in half precision whose gradients float16 could not hold.

Its activations are smooth, so that rounding moves no kink; its weights are rounded first, so that
the float64 reference is of the same function.
"""

import copy
import json
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from .export import export
from .reference import Trace, grad_cam

SIDE, CLASSES, IMAGES = 32, 5, 1
SMALLEST = 2.0**-24
"""The least number above zero in float16."""


class SmoothNetwork(nn.Module):
    """Convolutions and a gate without kinks; the head's weights are small."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.activation = nn.SiLU()
        self.last = nn.Conv2d(6, 6, 3, padding=1)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(6, CLASSES)

    def forward(self, x):
        x = self.activation(self.stem(x))
        x = torch.sigmoid(self.last(x))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def network(type: torch.dtype) -> tuple[nn.Module, torch.Tensor]:
    """The network with weights of a type, held in float64, and images of it."""
    seed = zlib.crc32(b"half")
    generator = torch.Generator().manual_seed(seed)
    model = SmoothNetwork().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.3, generator=generator)
        # Shared by 1024 positions, a weight of the head is below the least number of float16.
        model.fc.weight.mul_(2.0**-13)
        model.fc.bias.mul_(2.0**-13)
    input = torch.randn(IMAGES, 3, SIDE, SIDE, generator=generator)
    return model.to(type).double(), input.to(type).double()


def write(folder: Path) -> None:
    for name, type in {"float16": torch.float16, "bfloat16": torch.bfloat16}.items():
        model, input = network(type)
        trace = Trace(model, input)
        logits = trace.logits.detach()
        classes = logits.argmax(dim=1).tolist()
        feature = next(step for step in reversed(trace.steps) if step.tensor.shape[-1] == SIDE)
        gradient, input_gradient = trace.gradients(classes, [feature.tensor, trace.input])
        largest = gradient.abs().max().item()
        if largest >= SMALLEST:
            raise SystemExit(f"{name}: the gradient at the layer, {largest}, does not underflow")
        print(f"{name}: gradient at most {largest:.2g}, at the input {input_gradient.abs().max():.2g}")
        for end in ("whole", "mixed"):
            place = folder / f"{name}-{end}"
            place.mkdir(parents=True, exist_ok=True)
            proto = narrowed(model, input, place / "model.onnx", name, end == "mixed")
            onnx.save(proto, str(place / "model.onnx"))
            activation = feature.tensor.detach().numpy()
            arrays = {
                "input": input.numpy(),
                "logits": logits.numpy(),
                "layer-activation": activation,
                "layer-gradient": gradient.numpy(),
                "map": grad_cam(activation, gradient.numpy()),
                "input-gradient": input_gradient.numpy(),
            }
            for key, array in arrays.items():
                np.save(place / f"{key}.npy", np.ascontiguousarray(array, dtype=np.float32))
            facts = {"classes": classes, "layer": layer(proto)}
            (place / "reference.json").write_text(json.dumps(facts, indent=2) + "\n")


def layer(proto: onnx.ModelProto) -> str:
    (pool,) = [node for node in proto.graph.node if node.op_type == "GlobalAveragePool"]
    return pool.input[0]


def narrowed(model, input, path: Path, name: str, mixed: bool) -> onnx.ModelProto:
    """The network exported in float32, then every value in half precision; where it is mixed, the
    graph's input, its output and the head stay in float32 between casts."""
    element = {"float16": TensorProto.FLOAT16, "bfloat16": TensorProto.BFLOAT16}[name]
    export(copy.deepcopy(model).float(), input.float(), path, "torchscript", lean=True)
    proto = onnx.load(str(path))
    graph = proto.graph
    del graph.value_info[:]
    head = {each for node in graph.node if node.op_type == "Gemm" for each in node.input}
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and not (mixed and tensor.name in head):
            tensor.CopyFrom(stored(tensor, element))
    ends = [graph.input[0], graph.output[0]]
    if not mixed:
        for end in ends:
            end.type.tensor_type.elem_type = element
        return proto
    graph.node.insert(0, helper.make_node("Cast", ["input"], ["narrow"], "narrow", to=element))
    for node in graph.node[1:]:
        for place, value in enumerate(node.input):
            if value == "input":
                node.input[place] = "narrow"
    place = next(i for i, node in enumerate(graph.node) if node.op_type == "Gemm")
    value = graph.node[place].input[0]
    graph.node[place].input[0] = "wide"
    cast = helper.make_node("Cast", [value], ["wide"], "wide", to=TensorProto.FLOAT)
    graph.node.insert(place, cast)
    return proto


def stored(tensor: onnx.TensorProto, element: int) -> onnx.TensorProto:
    """A tensor's numbers, which that type holds exactly."""
    values = torch.from_numpy(numpy_helper.to_array(tensor).copy())
    type = torch.float16 if element == TensorProto.FLOAT16 else torch.bfloat16
    narrow = values.to(type)
    if not torch.equal(narrow.float(), values):
        raise SystemExit(f"'{tensor.name}' does not fit")
    result = onnx.TensorProto(name=tensor.name, dims=tensor.dims, data_type=element)
    result.raw_data = narrow.view(torch.int16).numpy().tobytes()
    return result
