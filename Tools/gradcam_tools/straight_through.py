"""The truth a quantised model's gradient is measured against: its graph in PyTorch float64, where
rounding counts as the identity (the straight-through estimator).

Every integer is the one that ONNX Runtime computed, so that both differentiate at the same point:
a sum that lies near the middle between two integers cannot round to different sides.
"""

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

RANGES = {
    torch.uint8: (0, 255),
    torch.int8: (-128, 127),
    torch.uint16: (0, 65535),
    torch.int16: (-32768, 32767),
}


class StraightThrough:
    """A graph's values in float64, each integer with the gradient of what it stands for."""

    def __init__(self, model: onnx.ModelProto, values: dict[str, np.ndarray], input: np.ndarray):
        self.computed = values
        self.values = {
            tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float64))
            for tensor in model.graph.initializer
        }
        self.types = {
            tensor.name: onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
            for tensor in model.graph.initializer
        }
        self.input = torch.tensor(input, dtype=torch.float64, requires_grad=True)
        self.values[model.graph.input[0].name] = self.input
        self.before = {}
        self.reals = {}
        for node in model.graph.node:
            self.attributes = {
                attribute.name: onnx.helper.get_attribute_value(attribute)
                for attribute in node.attribute
            }
            results = getattr(self, node.op_type)(node)
            if not isinstance(results, tuple):
                results = (results,)
            for name, result in zip(node.output, results):
                self.values[name] = result

    def gradient(self, name: str, classes: list[int], logits: str = "logits") -> np.ndarray:
        """The gradient of each image's own logit by a value; a logit beyond the range of its
        integers counts as what it was before."""
        while logits in self.before:
            logits = self.before[logits]
        real = self.reals.get(logits, self.values.get(logits))
        rows = torch.arange(len(classes))
        target = real[rows, torch.tensor(classes)].sum()
        (found,) = torch.autograd.grad(target, [self.values[name]], retain_graph=True)
        return found.numpy()

    # Integers

    def _placed(self, parameter: torch.Tensor, rank: int, axis: int) -> torch.Tensor:
        """A scale or zero point as it broadcasts: one number, or one for each place of an axis."""
        if parameter.numel() == 1:
            return parameter.reshape(())
        shape = [1] * rank
        shape[axis] = -1
        return parameter.reshape(shape)

    def _value(self, name: str) -> torch.Tensor | None:
        return self.values[name] if name else None

    def _real(self, node, place: int, axis: int = 0) -> torch.Tensor:
        """(q − zero) · scale of three inputs in a row."""
        quantised = self.values[node.input[place]]
        scale = self._placed(self.values[node.input[place + 1]], quantised.dim(), axis)
        name = node.input[place + 2] if len(node.input) > place + 2 else ""
        zero = self._placed(self.values[name], quantised.dim(), axis) if name else 0
        return (quantised - zero) * scale

    def _rounded(self, node, steps: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
        """ONNX Runtime's integers with the gradient of `steps` where `inside`."""
        whole = torch.from_numpy(self.computed[node.output[0]].astype(np.float64))
        far = (whole - steps.detach()).abs()[inside]
        if far.numel() and far.max() > 1:
            raise SystemExit(f"'{node.output[0]}' is {far.max()} off what it should round")
        straight = steps * inside
        # In brackets: what is added must be nothing at all, or equal integers come apart.
        return whole + (straight - straight.detach())

    def _range(self, name: str) -> tuple[int, int]:
        return RANGES[torch.from_numpy(self.computed[name][:1]).dtype]

    def QuantizeLinear(self, node):
        x = self.values[node.input[0]]
        axis = self.attributes.get("axis", 1)
        scale = self._placed(self.values[node.input[1]], x.dim(), axis)
        zero = 0
        if len(node.input) > 2:
            zero = self._placed(self.values[node.input[2]], x.dim(), axis)
        low, high = self._range(node.output[0])
        self.before[node.output[0]] = node.input[0]
        steps = x / scale + zero
        place = torch.round(x.detach() / scale) + zero
        return self._rounded(node, steps, (place >= low) & (place <= high))

    def DequantizeLinear(self, node):
        self.before[node.output[0]] = node.input[0]
        return self._real(node, 0, self.attributes.get("axis", 1))

    def DynamicQuantizeLinear(self, node):
        scale, zero = (
            torch.from_numpy(self.computed[name].astype(np.float64)) for name in node.output[1:]
        )
        steps = self.values[node.input[0]] / scale + zero
        return self._rounded(node, steps, torch.ones_like(steps, dtype=torch.bool)), scale, zero

    def _requantised(self, node, real: torch.Tensor, place: int) -> torch.Tensor:
        """What an integer operator gives: only its integers are known, so that one at the end of
        its range counts as saturated."""
        self.reals[node.output[0]] = real
        scale = self.values[node.input[place]].reshape(())
        has_zero = len(node.input) > place + 1 and node.input[place + 1]
        zero = self.values[node.input[place + 1]].reshape(()) if has_zero else 0
        low, high = self._range(node.output[0])
        whole = torch.from_numpy(self.computed[node.output[0]].astype(np.float64))
        return self._rounded(node, real / scale + zero, (whole > low) & (whole < high))

    # Integer operators

    def QLinearConv(self, node):
        bias = None
        if len(node.input) > 8:
            step = self.values[node.input[1]] * self.values[node.input[4]]
            bias = (self.values[node.input[8]] * step).reshape(-1)
        real = self._convolution(self._real(node, 0), self._real(node, 3), bias)
        return self._requantised(node, real, 6)

    def ConvInteger(self, node):
        x, w = self.values[node.input[0]], self.values[node.input[1]]
        if len(node.input) > 2 and node.input[2]:
            x = x - self.values[node.input[2]]
        if len(node.input) > 3:
            w = w - self._placed(self.values[node.input[3]], w.dim(), 0)
        return self._convolution(x, w, None)

    def QLinearMatMul(self, node):
        return self._requantised(node, self._real(node, 0) @ self._real(node, 3, axis=1), 6)

    def MatMulInteger(self, node):
        a, b = self.values[node.input[0]], self.values[node.input[1]]
        if len(node.input) > 2 and node.input[2]:
            a = a - self.values[node.input[2]]
        if len(node.input) > 3:
            b = b - self._placed(self.values[node.input[3]], b.dim(), b.dim() - 1)
        return a @ b

    def QGemm(self, node):
        turns = self.attributes.get("transB", 0)
        a, b = self._real(node, 0), self._real(node, 3, axis=0 if turns else 1)
        real = self.attributes.get("alpha", 1.0) * a @ (b.T if turns else b)
        if len(node.input) > 6 and node.input[6]:
            step = self.values[node.input[1]] * self.values[node.input[4]]
            real = real + self.values[node.input[6]] * step.reshape(-1)
        return self._requantised(node, real, 7) if len(node.input) > 7 else real

    def QLinearAdd(self, node):
        return self._requantised(node, self._real(node, 0) + self._real(node, 3), 6)

    def QLinearMul(self, node):
        return self._requantised(node, self._real(node, 0) * self._real(node, 3), 6)

    def QLinearSigmoid(self, node):
        return self._requantised(node, torch.sigmoid(self._real(node, 0)), 3)

    def QLinearLeakyRelu(self, node):
        real = F.leaky_relu(self._real(node, 0), self.attributes.get("alpha", 0.01))
        return self._requantised(node, real, 3)

    def QLinearSoftmax(self, node):
        return self._requantised(node, torch.softmax(self._real(node, 0), -1), 3)

    def QLinearGlobalAveragePool(self, node):
        return self._requantised(node, self._real(node, 0).mean((2, 3), keepdim=True), 3)

    def QLinearAveragePool(self, node):
        return self._requantised(node, self._average(self._real(node, 0)), 3)

    def QLinearConcat(self, node):
        parts = [self._real(node, place) for place in range(2, len(node.input), 3)]
        return self._requantised(node, torch.cat(parts, self.attributes["axis"]), 0)

    # Operators of real numbers, which integers between quantisation and its undoing pass too

    def _convolution(self, x, w, bias):
        pads = self.attributes.get("pads", [0] * 4)
        x = F.pad(x, (pads[1], pads[3], pads[0], pads[2]))
        return F.conv2d(
            x,
            w,
            bias,
            stride=self.attributes.get("strides", [1, 1]),
            dilation=self.attributes.get("dilations", [1, 1]),
            groups=self.attributes.get("group", 1),
        )

    def _average(self, x):
        return F.avg_pool2d(
            x, self.attributes["kernel_shape"], self.attributes.get("strides", [1, 1])
        )

    def Conv(self, node):
        bias = self.values[node.input[2]] if len(node.input) > 2 else None
        return self._convolution(self.values[node.input[0]], self.values[node.input[1]], bias)

    def MatMul(self, node):
        return self.values[node.input[0]] @ self.values[node.input[1]]

    def Gemm(self, node):
        a, b = self.values[node.input[0]], self.values[node.input[1]]
        real = a @ (b.T if self.attributes.get("transB", 0) else b)
        return real + self.values[node.input[2]] if len(node.input) > 2 else real

    def MaxPool(self, node):
        pads = self.attributes.get("pads", [0] * 4)
        return F.max_pool2d(
            self.values[node.input[0]],
            self.attributes["kernel_shape"],
            self.attributes.get("strides", [1, 1]),
            padding=pads[:2],
        )

    def AveragePool(self, node):
        return self._average(self.values[node.input[0]])

    def GlobalAveragePool(self, node):
        return self.values[node.input[0]].mean((2, 3), keepdim=True)

    def Relu(self, node):
        return F.relu(self.values[node.input[0]])

    def LeakyRelu(self, node):
        return F.leaky_relu(self.values[node.input[0]], self.attributes.get("alpha", 0.01))

    def Sigmoid(self, node):
        return torch.sigmoid(self.values[node.input[0]])

    def Softmax(self, node):
        return torch.softmax(self.values[node.input[0]], self.attributes.get("axis", -1))

    def Add(self, node):
        return self.values[node.input[0]] + self.values[node.input[1]]

    def Mul(self, node):
        return self.values[node.input[0]] * self.values[node.input[1]]

    def Concat(self, node):
        return torch.cat([self.values[name] for name in node.input], self.attributes["axis"])

    def Flatten(self, node):
        return self.values[node.input[0]].flatten(self.attributes.get("axis", 1))

    def Reshape(self, node):
        x = self.values[node.input[0]]
        sides = self.values[node.input[1]].to(torch.int64).tolist()
        return x.reshape([x.shape[i] if side == 0 else side for i, side in enumerate(sides)])

    def Transpose(self, node):
        return self.values[node.input[0]].permute(self.attributes["perm"])

    def Cast(self, node):
        return self.values[node.input[0]]
