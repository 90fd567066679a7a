"""Functions of one entry, and of two that are broadcast."""

import numpy as np
import torch
import torch.nn.functional as F

from .case import Constant, Fed, case, exact, positive, weights


def elementwise():
    edges = exact([-4, -3, -2.5, -1, -0.5, 0, 0.5, 1, 2.5, 3, 4, 6, 7])
    smooth = {
        "Sigmoid": torch.sigmoid,
        "Tanh": torch.tanh,
        "Softplus": F.softplus,
        "Softsign": F.softsign,
        "Exp": torch.exp,
        "Sin": torch.sin,
        "Cos": torch.cos,
        "Atan": torch.atan,
        "Neg": torch.neg,
        "Erf": torch.erf,
        "Mish": F.mish,
        "HardSwish": F.hardswish,
        "Selu": F.selu,
        "Abs": torch.abs,
        "Relu": torch.relu,
        "Identity": lambda x: x * 1,
        "Sinh": torch.sinh,
        "Cosh": torch.cosh,
    }
    for op, function in smooth.items():
        opset = 18 if op == "Mish" else 17
        case(op, "random", [(2, 3, 4)], function, opset=opset)
        if op in {"Relu", "Abs", "HardSwish", "Selu", "Mish"}:
            case(op, "at its kinks", [edges], function, opset=opset)
    for op, function in {
        "Log": torch.log,
        "Sqrt": torch.sqrt,
        "Reciprocal": torch.reciprocal,
    }.items():
        case(op, "positive", [positive(2, 3, 4)], function)
    for op, function in {
        "Floor": torch.floor,
        "Ceil": torch.ceil,
        "Round": torch.round,
        "Sign": torch.sign,
    }.items():
        case(op, "flat almost everywhere", [(2, 5)], lambda x, f=function: f(x) + 0 * x)
    case("Gelu", "exact", [(2, 3, 4)], F.gelu, opset=20)
    case(
        "Gelu",
        "tanh",
        [(2, 3, 4)],
        lambda x: F.gelu(x, approximate="tanh"),
        opset=20,
        approximate="tanh",
    )
    case(
        "HardSigmoid", "PyTorch's slope", [edges], lambda x: F.hardsigmoid(x), alpha=1 / 6, beta=0.5
    )
    case("HardSigmoid", "default slope", [(2, 7)], lambda x: (0.2 * x + 0.5).clamp(0, 1))
    case("LeakyRelu", "default", [edges], lambda x: F.leaky_relu(x, 0.01))
    case("LeakyRelu", "0.2", [(2, 3, 4)], lambda x: F.leaky_relu(x, 0.2), alpha=0.2)
    case("Elu", "default", [edges], F.elu)
    case("Elu", "alpha 0.5", [(2, 3, 4)], lambda x: F.elu(x, 0.5), alpha=0.5)
    case("Celu", "alpha 2", [(2, 3, 4)], lambda x: F.celu(x, 2.0), alpha=2.0)
    case("ThresholdedRelu", "0.3", [(2, 3, 4)], lambda x: F.threshold(x, 0.3, 0.0), alpha=0.3)
    case(
        "PRelu",
        "a slope per channel",
        [(2, 3, 4, 4), weights(3, 1, 1, seed=10)],
        lambda x, s: F.prelu(x, s.reshape(-1)),
    )
    case("PRelu", "one slope, at zero", [edges, weights(1, seed=11)], lambda x, s: F.prelu(x, s))
    at_bounds = "an input equal to a bound lets the cotangent pass, as torch.clamp does"
    low, high = Constant(np.float32(-1)), Constant(np.float32(2.5))
    case(
        "Clip", "both bounds", [edges, low, high], lambda x, a, b: x.clamp(-1, 2.5), note=at_bounds
    )
    case(
        "Clip",
        "from 0 to 6",
        [(3, 9), Constant(np.float32(0)), Constant(np.float32(6))],
        lambda x, a, b: x.clamp(0, 6),
    )
    case("Clip", "only a lower bound", [edges, low], lambda x, a: x.clamp(min=-1), note=at_bounds)
    case(
        "Clip",
        "only an upper bound",
        [edges, None, high],
        lambda x, b: x.clamp(max=2.5),
        note=at_bounds,
    )
    case("Clip", "opset 6", [(3, 9)], lambda x: x.clamp(-0.5, 0.5), opset=7, min=-0.5, max=0.5)

    for op, function in {"Add": torch.add, "Sub": torch.sub, "Mul": torch.mul}.items():
        case(op, "same shape", [(2, 3, 4), (2, 3, 4)], function)
        case(op, "broadcast second", [(2, 3, 4, 4), (3, 1, 1)], function)
        case(op, "broadcast both", [(2, 1, 4), (3, 1)], function)
        case(op, "scalar", [(2, 3), ()], function)
        case(op, "constant", [(2, 3, 4), weights(4, seed=12)], function)
    case("Mul", "with itself broadcast over the plane", [(2, 3, 4, 4), (2, 3, 1, 1)], torch.mul)
    case("Div", "same shape", [(2, 3, 4), positive(2, 3, 4)], torch.div)
    case("Div", "broadcast divisor", [(2, 3, 4), positive(2, 3, 1)], torch.div)
    case("Div", "broadcast dividend", [(3, 1), positive(2, 3, 4)], torch.div)
    case("Div", "constant divisor", [(2, 3, 4), Constant(np.float32(1.41421356))], torch.div)
    case("Div", "constant dividend", [Constant(np.float32(2)), positive(2, 3)], torch.div)
    for exponent in (2.0, 0.5, 3.0, -1.0, 1.0, 0.0):
        case(
            "Pow",
            f"exponent {exponent:g}",
            [positive(2, 3, 4), Constant(np.float32(exponent))],
            lambda x, e, p=exponent: x**p + 0 * x,
        )
    case(
        "Pow",
        "square of negatives and zero",
        [exact([-2, -0.5, 0, 1.5]), Constant(np.float32(2))],
        lambda x, e: x**2,
    )
    case("Pow", "base and exponent", [positive(2, 3), (2, 3)], torch.pow)
    shared = "equal entries share the cotangent equally, as torch.minimum and torch.maximum do"
    for op, function in {"Min": torch.minimum, "Max": torch.maximum}.items():
        case(op, "two", [(2, 3, 4), (2, 3, 4)], function)
        case(op, "broadcast", [(2, 3, 4), (4,)], function)
        case(op, "ties", [exact([0, 1, 2, 2]), exact([1, 1, 0, 2])], function, note=shared)
        case(op, "constant", [(2, 6), Constant(np.float32(0.1))], function)
        case(op, "three", [(2, 3), (2, 3), (2, 3)], lambda a, b, c, f=function: f(f(a, b), c))
    case("Sum", "three, broadcast", [(2, 3), (3,), (2, 1)], lambda a, b, c: a + b + c)
    case("Mean", "three", [(2, 3), (2, 3), (2, 3)], lambda a, b, c: (a + b + c) / 3)
    condition = np.random.default_rng(5).integers(0, 2, (2, 3, 4)).astype(bool)
    case("Where", "same shape", [Fed(condition), (2, 3, 4), (2, 3, 4)], torch.where)
    case("Where", "broadcast", [Fed(condition[0, :, :1]), (2, 3, 4), (4,)], torch.where)
    case(
        "Where",
        "constant branch",
        [Fed(condition), (2, 3, 4), Constant(np.float32(-9))],
        torch.where,
    )
    case("Dropout", "at inference", [(2, 3, 4)], lambda x: x * 1, opset=13)
    case("Dropout", "opset 7", [(2, 3, 4)], lambda x: x * 1, opset=7, ratio=0.5)
    case("Softmax", "last axis", [(2, 3, 5)], lambda x: x.softmax(-1))
    case("Softmax", "axis 1", [(2, 3, 5)], lambda x: x.softmax(1), axis=1)
    case(
        "Softmax",
        "opset 11, from axis 1 on",
        [(2, 3, 5)],
        lambda x: x.reshape(2, 15).softmax(1).reshape(2, 3, 5),
        opset=11,
        axis=1,
    )
    case("LogSoftmax", "last axis", [(2, 3, 5)], lambda x: x.log_softmax(-1))
    case("LogSoftmax", "axis 1", [(2, 3, 5)], lambda x: x.log_softmax(1), axis=1)
