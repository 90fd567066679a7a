"""Single operators with gradients from float64 autograd: a manifest and one binary.

Each row is one node. Its model, inputs, outputs, cotangents and expected gradients are byte ranges
of the binary; the expected output is checked against ONNX Runtime before it is written.
"""

import json
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from .operator_cases import all_cases
from .operator_cases.case import Case, Constant, Fed
from .probe import session
from .reference import relative_error


class _Binary:
    def __init__(self):
        self.bytes = bytearray()

    def add(self, data: bytes) -> dict:
        self.bytes += b"\0" * (-len(self.bytes) % 8)
        offset = len(self.bytes)
        self.bytes += data
        return {"offset": offset, "bytes": len(data)}

    def array(self, array: np.ndarray) -> dict:
        array = np.asarray(array)
        kind = {"f": np.float32, "i": np.int64, "b": np.bool_}[array.dtype.kind]
        facts = {"type": np.dtype(kind).name, "shape": list(array.shape)}
        return facts | self.add(np.ascontiguousarray(array, kind).tobytes())


def write(folder: Path) -> None:
    """Writes `operators.json` and `operators.bin`."""
    binary = _Binary()
    rows, refused = [], []
    for entry in all_cases():
        try:
            rows.append(_row(entry, binary))
        except _Disagreement as disagreement:
            refused.append(f"{entry.name}: {disagreement}")
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "operators.bin").write_bytes(bytes(binary.bytes))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "operators.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(rows)} operator cases, {len(binary.bytes) // 1024} KiB")
    for line in refused:
        print(f"  refused {line}")
    if refused:
        raise SystemExit(1)


class _Disagreement(Exception):
    pass


def _row(entry: Case, binary: _Binary) -> dict:
    names, arrays, feeds, initializers, infos = [], {}, {}, [], []
    differentiable = []
    for position, given in enumerate(entry.inputs):
        if given is None:
            names.append("")
            continue
        name = f"x{position}"
        names.append(name)
        arrays[name] = array = (
            given if isinstance(given, np.ndarray) else np.asarray(getattr(given, "array", given))
        )
        if isinstance(given, Constant):
            initializers.append(numpy_helper.from_array(array, name))
            continue
        feeds[name] = array
        infos.append(
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape
            )
        )
        if not isinstance(given, Fed):
            differentiable.append(name)
    outputs = [f"y{index}" for index in range(entry.outputs)]
    domain, _, operator = entry.op.rpartition(".")
    node = helper.make_node(
        operator, names, outputs, name=operator, domain=domain, **entry.attributes
    )
    float_output = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs
    ]
    graph = helper.make_graph([node], "operator", infos, float_output, initializers)
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", entry.opset)]
        + ([helper.make_opsetid(domain, 1)] if domain else []),
        ir_version=4 if entry.opset < 11 else 8 if entry.opset < 20 else 10,
    )
    try:
        found = session(model.SerializeToString()).run(outputs, feeds)
    except Exception as error:
        raise _Disagreement(f"ONNX Runtime: {str(error)[:300]}") from error

    tensors = {
        name: torch.tensor(array, dtype=torch.float64 if array.dtype.kind == "f" else None)
        for name, array in arrays.items()
    }
    for name in differentiable:
        tensors[name].requires_grad_(True)
    results = entry.compute(*(tensors[name] for name in names if name))
    results = results if isinstance(results, (tuple, list)) else [results]
    generator = np.random.default_rng(zlib.crc32(entry.name.encode()) ^ 1)
    cotangents = []
    for value, result in zip(found, results, strict=True):
        if value.shape != tuple(result.shape):
            raise _Disagreement(f"shape {tuple(result.shape)}, ONNX Runtime gives {value.shape}")
        error = relative_error(value, result.detach().numpy())
        if error > 2e-6:
            raise _Disagreement(f"values differ by {error:.1e}")
        cotangents.append(generator.standard_normal(value.shape).astype(np.float32))
    target = sum(
        (result * torch.tensor(cotangent, dtype=torch.float64)).sum()
        for result, cotangent in zip(results, cotangents)
    )
    gradients = torch.autograd.grad(target, [tensors[name] for name in differentiable])
    if not all(torch.isfinite(gradient).all() for gradient in gradients):
        raise _Disagreement("a gradient is not finite")
    row = {
        "name": entry.name,
        "op": entry.op,
        "opset": entry.opset,
        "attributes": entry.attributes,
        "model": binary.add(model.SerializeToString()),
        "inputs": [{"name": name} | binary.array(array) for name, array in feeds.items()],
        "outputs": [
            {"name": name} | binary.array(result.detach().numpy())
            for name, result in zip(outputs, results)
        ],
        "cotangents": [
            {"of": name} | binary.array(cotangent) for name, cotangent in zip(outputs, cotangents)
        ],
        "gradients": [
            {"of": name} | binary.array(gradient.numpy())
            for name, gradient in zip(differentiable, gradients)
        ],
    }
    return row | ({"note": entry.note} if entry.note else {})
