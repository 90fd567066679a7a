"""PyTorch's two ONNX exporters, with the batch dimension left dynamic."""

import contextlib
import io
import logging
import tempfile
import warnings
from pathlib import Path

import onnx
import torch

from gradcam_tools import sized_unfold

EXPORTERS = {"torchscript": 17, "dynamo": 18}
"""Every exporter with the opset it is asked for."""

_LARGEST_FILE = 1.9e9
"""Weights of more bytes go into a file beside the model: no protobuf may exceed 2 GiB."""

_PLACES = {"pkg.torch.onnx.stack_trace", "pkg.torch.onnx.fx_node"}
"""Node metadata that says where the model's source lay on the exporting machine."""

_BULK = {
    "namespace",
    "pkg.torch.onnx.class_hierarchy",
    "pkg.torch.export.ExportedProgram.graph_signature",
}
"""Metadata that repeats what names and name scopes say, at several times the length."""


def export(
    model: torch.nn.Module,
    example: torch.Tensor,
    path: Path,
    exporter: str,
    dynamic: dict[int, str] | None = {0: "batch"},
    input_name: str = "input",
    output_name: str = "logits",
    lean: bool = False,
    opset: int | None = None,
) -> None:
    """Writes `model` to `path`; the file appears whole or not at all.

    `lean` leaves out metadata that only repeats, which is most of a small network's file.
    """
    bulk = sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())
    is_large = bulk > _LARGEST_FILE
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as scratch:
        unfinished = Path(scratch) / path.name
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            logging.disable(logging.WARNING)
            if exporter == "torchscript":
                sized_unfold.teach()
                options = dict(
                    dynamo=False,
                    dynamic_axes={input_name: dynamic, output_name: {0: dynamic[0]}}
                    if dynamic
                    else None,
                )
            else:
                sides = {axis: torch.export.Dim(name) for axis, name in (dynamic or {}).items()}
                options = dict(
                    dynamo=True,
                    dynamic_shapes=(sides,) if dynamic else None,
                    external_data=is_large,
                    verbose=False,
                )
            torch.onnx.export(
                model,
                (example,),
                str(unfinished),
                opset_version=opset or EXPORTERS[exporter],
                input_names=[input_name],
                output_names=[output_name],
                **options,
            )
            logging.disable(logging.NOTSET)
        exported = onnx.load(str(unfinished))
        unwanted = _PLACES | _BULK if lean else _PLACES
        _forget(exported.graph, unwanted)
        for node in exported.graph.node:
            _forget(node, unwanted)
            node.doc_string = ""
        finished = Path(scratch) / "finished" / path.name
        finished.parent.mkdir()
        data = path.name + ".data"
        onnx.save(exported, str(finished), save_as_external_data=is_large, location=data)
        if is_large:
            finished.with_name(data).replace(path.with_name(data))
        finished.replace(path)


def _forget(proto, keys: set[str]) -> None:
    kept = [entry for entry in proto.metadata_props if entry.key not in keys]
    del proto.metadata_props[:]
    proto.metadata_props.extend(kept)
