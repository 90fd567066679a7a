"""Miniatures of the ONNX Model Zoo's networks, each as its producer wrote it at the time.

Operator sets 7 to 12, names, fixed batches, weights among the inputs, old forms of operators.
"""

import json
import shutil
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from .. import onnx_in_torch
from ..probe import session
from ..reference import relative_error
from . import caffe, gluon, others
from .writer import Network, Writer

NETWORKS: dict[str, Network] = caffe.NETWORKS | gluon.NETWORKS | others.NETWORKS


def write(folder: Path, only: list[str] | None) -> None:
    for name, network in NETWORKS.items():
        if only is None or name in only:
            _write_network(folder / name, name, network)


def _write_network(place: Path, name: str, network: Network) -> None:
    seed = zlib.crc32(f"zoo {name}".encode())
    writer = Writer(seed)
    logits = network.write(writer)
    model = _model(writer, network)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / "model.onnx").write_bytes(model.SerializeToString())
    input = writer.draw.standard_normal(network.shape).astype(np.float32)

    (given,) = session(place / "model.onnx").run([network.output], {network.input: input})
    found = onnx_in_torch.values(model, {network.input: input})
    if not relative_error(given, found[network.output].detach()) < 1e-4:
        raise SystemExit(f"{name}: the runtime and the float64 twin disagree")
    truth, activation, (at_layer, at_input), classes = _gradients(found, network, logits)
    rounding = relative_error(_rough(model, network, logits, input, classes), at_input)
    arrays = {
        "input": input,
        "logits": truth,
        "layer-gradient": at_layer,
        "input-gradient": at_input,
    }
    for key, array in arrays.items():
        np.save(place / f"{key}.npy", np.ascontiguousarray(array, np.float32))
    facts = {
        "network": name,
        "producer": network.producer,
        "opset": network.opset,
        "seed": seed,
        "input": network.input,
        "output": network.output,
        "logits": logits,
        "classes": classes,
        "float32InputError": rounding,
        "isChannelsLast": False,
        "defaultLayer": network.layer,
        "defaultShape": list(activation.shape),
        "names": {
            written: list(found[value].shape[1:]) for written, value in network.names.items()
        },
        "values": network.names,
    }
    (place / "reference.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(
        f"{name}: {(place / 'model.onnx').stat().st_size // 1024} KiB, logits spread "
        f"{truth.std():.2g}, gradient at most {np.abs(at_layer).max():.2g}, float32 error "
        f"{rounding:.1e}",
        flush=True,
    )


def _model(writer: Writer, network: Network) -> onnx.ModelProto:
    weights = [numpy_helper.from_array(array, name) for name, array in writer.weights.items()]
    inputs = [helper.make_tensor_value_info(network.input, TensorProto.FLOAT, network.shape)]
    if network.ir < 4:
        # Weights were inputs too then.
        inputs += [
            helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            for tensor in weights
        ]
    outputs = [helper.make_tensor_value_info(network.output, TensorProto.FLOAT, None)]
    graph = helper.make_graph(writer.nodes, "zoo", inputs, outputs, weights)
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", network.opset)],
        ir_version=network.ir,
        producer_name=network.producer,
    )


def _gradients(found, network: Network, logits: str):
    scores = found[logits]
    rows = scores.reshape(scores.shape[0], -1)
    classes = rows.argmax(dim=1).tolist()
    target = rows[torch.arange(len(classes)), torch.tensor(classes)].sum()
    layer = found[network.layer]
    gradients = torch.autograd.grad(target, [layer, found[network.input]])
    return (
        rows.detach().numpy(),
        layer.detach().numpy(),
        [gradient.numpy() for gradient in gradients],
        classes,
    )


def _rough(model, network: Network, logits: str, input: np.ndarray, classes: list[int]):
    """The gradient at the input in float32."""
    found = onnx_in_torch.values(model, {network.input: input}, np.float32)
    scores = found[logits]
    rows = scores.reshape(scores.shape[0], -1)
    target = rows[torch.arange(len(classes)), torch.tensor(classes)].sum()
    (gradient,) = torch.autograd.grad(target, [found[network.input]])
    return gradient.numpy()
