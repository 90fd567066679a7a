"""PyTorch's two ONNX exporters, with the batch dimension left dynamic."""

import contextlib
import io
import logging
import tempfile
import warnings
from pathlib import Path

import onnx
import torch

from gradcam_tools import torchscript_symbolics

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
    optimized: bool = True,
) -> str | None:
    """Writes `model` to `path`; the file appears whole or not at all.

    `lean` leaves out metadata that only repeats, which is most of a small network's file. Where
    dynamo's optimiser breaks the graph, it is left out; what was broken is returned.
    """
    bulk = sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())
    is_large = bulk > _LARGEST_FILE
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as scratch:
        unfinished = Path(scratch) / path.name
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            logging.disable(logging.WARNING)
            if exporter == "torchscript":
                torchscript_symbolics.teach()
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
                    optimize=optimized,
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
        lost = _lost(onnx.load(str(unfinished), load_external_data=False).graph)
        if not lost:
            _finish(unfinished, path, lean, is_large)
    if lost and (exporter != "dynamo" or not optimized):
        raise ValueError(f"the exporter wrote a graph in which nothing makes '{lost}'")
    if lost:
        further = export(
            model, example, path, exporter, dynamic, input_name, output_name, lean, opset, False
        )
        return further or f"not optimised: dynamo's optimiser loses '{lost}'"
    return None


def _finish(exported_path: Path, path: Path, lean: bool, is_large: bool) -> None:
    """Puts an exported file in its place, without what says where it was made."""
    exported = onnx.load(str(exported_path))
    unwanted = _PLACES | _BULK if lean else _PLACES
    _forget(exported.graph, unwanted)
    for node in exported.graph.node:
        _forget(node, unwanted)
        node.doc_string = ""
    finished = exported_path.parent / "finished" / path.name
    finished.parent.mkdir()
    data = path.name + ".data"
    onnx.save(exported, str(finished), save_as_external_data=is_large, location=data)
    if is_large:
        finished.with_name(data).replace(path.with_name(data))
    finished.replace(path)


def _lost(graph: onnx.GraphProto) -> str | None:
    """The first value that a node reads and nothing makes."""
    made = {each.name for each in [*graph.input, *graph.initializer]} | {""}
    for node in graph.node:
        for name in node.input:
            if name not in made:
                return name
        made.update(node.output)
    return None


def _forget(proto, keys: set[str]) -> None:
    kept = [entry for entry in proto.metadata_props if entry.key not in keys]
    del proto.metadata_props[:]
    proto.metadata_props.extend(kept)
