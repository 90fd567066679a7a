"""Reductions and products."""

import numpy as np
import torch
import torch.nn.functional as F

from .case import Constant, apart, case, weights


def reductions():
    axes = Constant([2, 3])
    functions = {
        "ReduceMean": lambda x, d, k: x.mean(d, keepdim=k),
        "ReduceSum": lambda x, d, k: x.sum(d, keepdim=k),
        "ReduceL2": lambda x, d, k: x.norm(2, d, keepdim=k),
        "ReduceL1": lambda x, d, k: x.abs().sum(d, keepdim=k),
        "ReduceSumSquare": lambda x, d, k: (x * x).sum(d, keepdim=k),
        "ReduceLogSumExp": lambda x, d, k: x.logsumexp(d, keepdim=k),
    }
    for op, function in functions.items():
        case(
            op,
            "opset 18, kept",
            [(2, 3, 4, 4), axes],
            lambda x, a, f=function: f(x, (2, 3), True),
            opset=18,
        )
        case(
            op,
            "opset 18, dropped",
            [(2, 3, 4, 4), axes],
            lambda x, a, f=function: f(x, (2, 3), False),
            opset=18,
            keepdims=0,
        )
        case(
            op,
            "opset 11, kept",
            [(2, 3, 4, 4)],
            lambda x, f=function: f(x, (2, 3), True),
            opset=11,
            axes=[2, 3],
        )
    case(
        "ReduceMean",
        "opset 17, negative axis",
        [(2, 3, 5)],
        lambda x: x.mean(-1),
        axes=[-1],
        keepdims=0,
    )
    case("ReduceMean", "every axis", [(2, 3, 5)], lambda x: x.mean(), keepdims=0)
    case(
        "ReduceSum",
        "opset 13, axis 1",
        [(2, 3, 5), Constant([1])],
        lambda x, a: x.sum(1, keepdim=True),
        opset=13,
    )
    for op, function in {"ReduceMax": torch.amax, "ReduceMin": torch.amin}.items():
        case(
            op,
            "distinct",
            [apart(2, 3, 4), Constant([1])],
            lambda x, a, f=function: f(x, 1, True),
            opset=18,
        )
    case("CumSum", "axis 1", [(2, 5), Constant(np.int64(1))], lambda x, a: x.cumsum(1))


def products():
    case("MatMul", "matrices", [(3, 4), (4, 5)], torch.matmul)
    case("MatMul", "batched", [(2, 3, 4), (2, 4, 5)], torch.matmul)
    case("MatMul", "constant right", [(2, 3, 4), weights(4, 5, seed=13)], torch.matmul)
    case("MatMul", "constant left", [weights(5, 3, seed=13), (2, 3, 4)], torch.matmul)
    case("MatMul", "batch broadcast left", [(3, 4), (2, 4, 5)], torch.matmul)
    case("MatMul", "batch broadcast right", [(2, 6, 3, 4), (6, 4, 5)], torch.matmul)
    case("MatMul", "batch broadcast both", [(2, 1, 3, 4), (1, 6, 4, 5)], torch.matmul)
    case("MatMul", "vector right", [(2, 3, 4), (4,)], torch.matmul)
    case("MatMul", "vector left", [(4,), (2, 4, 5)], torch.matmul)
    case("MatMul", "vectors", [(4,), (4,)], torch.matmul)
    w, bias = weights(5, 4, seed=14), weights(5, seed=15)
    case("Gemm", "transB with bias", [(3, 4), w, bias], lambda x, w, b: x @ w.T + b, transB=1)
    case("Gemm", "transB without bias", [(3, 4), w], lambda x, w: x @ w.T, transB=1)
    case("Gemm", "plain", [(3, 5), w, Constant(np.ones(4, np.float32))], lambda x, w, b: x @ w + b)
    case("Gemm", "transA", [(5, 3), w], lambda x, w: x.T @ w, transA=1)
    case("Gemm", "transA transB", [(4, 3), w], lambda x, w: x.T @ w.T, transA=1, transB=1)
    case(
        "Gemm",
        "alpha and beta",
        [(3, 4), w, bias],
        lambda x, w, b: 0.5 * (x @ w.T) + 2 * b,
        transB=1,
        alpha=0.5,
        beta=2.0,
    )
    case(
        "Gemm",
        "every input differentiated",
        [(3, 4), (4, 5), (5,)],
        lambda a, b, c: 0.5 * (a @ b) + 2 * c,
        alpha=0.5,
        beta=2.0,
    )
    case(
        "Gemm",
        "both differentiated, transposed",
        [(4, 3), (5, 4)],
        lambda a, b: a.T @ b.T,
        transA=1,
        transB=1,
    )
    for equation, shapes in [
        ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]),
        ("bhid,bhjd->bhij", [(1, 2, 3, 4), (1, 2, 5, 4)]),
        ("nchw,kc->nkhw", [(2, 3, 2, 2), (5, 3)]),
        ("ij,jk->ik", [(3, 4), (4, 5)]),
    ]:
        case(
            "Einsum",
            equation,
            shapes,
            lambda *x, e=equation: torch.einsum(e, *x),
            equation=equation,
        )
    case(
        "ConvTranspose",
        "2×2 stride 2",
        [(1, 3, 4, 4), weights(3, 4, 2, 2, seed=16)],
        lambda x, w: F.conv_transpose2d(x, w, stride=2),
        strides=[2, 2],
    )
    case(
        "ConvTranspose",
        "3×3 stride 2 pad 1 output padding 1",
        [(1, 3, 4, 4), weights(3, 4, 3, 3, seed=16)],
        lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=1, output_padding=1),
        strides=[2, 2],
        pads=[1, 1, 1, 1],
        output_padding=[1, 1],
    )
    case(
        "ConvTranspose",
        "2 groups",
        [(1, 4, 4, 4), weights(4, 2, 3, 3, seed=16)],
        lambda x, w: F.conv_transpose2d(x, w, groups=2),
        group=2,
    )
