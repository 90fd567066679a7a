"""Lets PyTorch's TorchScript exporter write two unfolds in a row, as halo attention has them.

Its symbolic of `unfold` forgets the sizes of what it gives, that of `pad` too, and neither takes
an input without sizes.
"""

import torch
from torch.onnx import symbolic_helper
from torch.onnx._internal.torchscript_exporter import symbolic_opset9


@symbolic_helper.parse_args("v", "i", "i", "i")
def _unfold(graph, input, dimension, size, step):
    _tell_sizes(input)
    output = symbolic_opset9.unfold(graph, input, dimension, size, step)
    sizes = symbolic_helper._get_tensor_sizes(input)
    if sizes is not None and sizes[dimension] is not None:
        known = [*sizes, size]
        known[dimension] = (sizes[dimension] - size) // step + 1
        output.setType(input.type().with_sizes(known))
    return output


def _tell_sizes(value) -> None:
    """Sets the sizes of a padded tensor, which the exporter keeps in its strides only."""
    sizes, strides = value.type().sizes(), value.type().strides()
    if (sizes is None or None in sizes) and value.node().kind() == "onnx::Pad" and strides:
        inner = [outer // stride for outer, stride in zip(strides, strides[1:])]
        value.setType(value.type().with_sizes([None, *inner]))


def teach() -> None:
    """Registers it; once is enough."""
    torch.onnx.register_custom_op_symbolic("aten::unfold", _unfold, 12)
