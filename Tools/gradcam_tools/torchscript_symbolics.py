"""What PyTorch's TorchScript exporter is taught, so that it writes networks which it refuses.

Its symbolic of `unfold` forgets the sizes of what it gives, those of `pad` and `cat` too, and
neither `unfold` nor `adaptive_avg_pool2d` takes an input without sizes. That of `col2im` wants
sides as a tensor. It has none of `rms_norm`.
"""

import torch
from torch.onnx import symbolic_helper
from torch.onnx._internal.torchscript_exporter import symbolic_opset9

_SIZED_BY_STRIDES = {"onnx::Pad", "onnx::Concat"}
"""What writes the sizes of its output into the strides only."""


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


@symbolic_helper.parse_args("v", "is")
def _adaptive_avg_pool2d(graph, input, output_size):
    _tell_sizes(input)
    sides = symbolic_helper._get_tensor_sizes(input)[2:]
    if output_size == [1, 1]:
        return graph.op("GlobalAveragePool", input)
    if None in sides or any(side % count for side, count in zip(sides, output_size)):
        return symbolic_helper._unimplemented("adaptive_avg_pool2d", "sides of no multiple", input)
    windows = [side // count for side, count in zip(sides, output_size)]
    return graph.op("AveragePool", input, kernel_shape_i=windows, strides_i=windows)


@symbolic_helper.parse_args("v", "is", "v", "f")
def _rms_norm(graph, input, shape, weight, epsilon):
    epsilon = torch.finfo(torch.float32).eps if epsilon is None else epsilon
    axes, square = list(range(-len(shape), 0)), graph.op("Mul", input, input)
    if graph.opset < 18:
        mean = graph.op("ReduceMean", square, axes_i=axes, keepdims_i=1)
    else:
        among = graph.op("Constant", value_t=torch.tensor(axes))
        mean = graph.op("ReduceMean", square, among, keepdims_i=1)
    constant = graph.op("Constant", value_t=torch.tensor(epsilon, dtype=torch.float32))
    root = graph.op("Sqrt", graph.op("Add", mean, constant))
    normed = graph.op("Div", input, root)
    return normed if symbolic_helper._is_none(weight) else graph.op("Mul", normed, weight)


@symbolic_helper.parse_args("v", "v", "is", "is", "is", "is")
def _col2im(graph, input, output_size, kernel, dilations, padding, strides):
    sides = symbolic_helper._maybe_get_const(output_size, "is")
    if symbolic_helper._is_value(sides):
        each = symbolic_helper._unpack_list(output_size)
        parts = [symbolic_helper._unsqueeze_helper(graph, side, [0]) for side in each]
        image = graph.op("Concat", *parts, axis_i=0)
    else:
        image = graph.op("Constant", value_t=torch.tensor(sides))
    block = graph.op("Constant", value_t=torch.tensor(kernel))
    return graph.op(
        "Col2Im", input, image, block, dilations_i=dilations, pads_i=2 * padding,
        strides_i=strides,
    )


def _tell_sizes(value) -> None:
    """Sets the sizes of a tensor that the exporter keeps in its strides only, the batch apart."""
    sizes, strides = value.type().sizes(), value.type().strides()
    if (sizes is None or None in sizes) and value.node().kind() in _SIZED_BY_STRIDES and strides:
        inner = [outer // stride for outer, stride in zip(strides, strides[1:])]
        value.setType(value.type().with_sizes([None, *inner]))


def teach() -> None:
    """Registers it; once is enough."""
    torch.onnx.register_custom_op_symbolic("aten::unfold", _unfold, 12)
    torch.onnx.register_custom_op_symbolic("aten::adaptive_avg_pool2d", _adaptive_avg_pool2d, 12)
    torch.onnx.register_custom_op_symbolic("aten::rms_norm", _rms_norm, 12)
    torch.onnx.register_custom_op_symbolic("aten::col2im", _col2im, 18)
