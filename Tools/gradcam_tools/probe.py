"""Values of an ONNX model's every intermediate, as ONNX Runtime computes them unoptimised."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime


def all_values(model: onnx.ModelProto, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every named value of the graph; the model itself stays as it was."""
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    present = {output.name for output in exposed.graph.output}
    for node in exposed.graph.node:
        for name in node.output:
            if name and name not in present:
                present.add(name)
                exposed.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    names = [output.name for output in exposed.graph.output]
    return dict(zip(names, session(exposed.SerializeToString()).run(names, feeds)))


def session(model: bytes | str | Path) -> onnxruntime.InferenceSession:
    """A session without optimisation, so that every value is computed as the graph says."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def default_layer(model: onnx.ModelProto, values: dict[str, np.ndarray]) -> str | None:
    """The last spatial value that every float path from the input to the first output crosses.

    Walks the nodes in order with the set of open values, those made and still to be read by a node
    on a path to the logits; where the set has one member, that member is a cut.
    """
    graph = model.graph
    logits = graph.output[0].name
    needed = _on_path(graph, logits, values)
    readers: dict[str, int] = {}
    for node in graph.node:
        for name in node.input:
            if name in needed and any(output in needed for output in node.output):
                readers[name] = readers.get(name, 0) + 1
    opened = {graph.input[0].name}
    found = None
    for node in graph.node:
        if not any(output in needed for output in node.output):
            continue
        for name in node.input:
            if name in needed:
                readers[name] -= 1
                if readers[name] == 0:
                    opened.discard(name)
        opened.update(output for output in node.output if output in needed)
        if len(opened) == 1:
            (name,) = opened
            if _is_spatial(values[name].shape):
                found = name
    return found


def _is_spatial(shape: tuple[int, ...]) -> bool:
    """[N, C, H, W] with more than one place; [N, 1, 1, C] is a pooled channels-last value."""
    return len(shape) == 4 and shape[2] * shape[3] > 1 and shape[1:3] != (1, 1)


def _on_path(graph: onnx.GraphProto, logits: str, values: dict[str, np.ndarray]) -> set[str]:
    """Float values that depend on the input and that the logits depend on."""
    dependent = {graph.input[0].name}
    for node in graph.node:
        if any(name in dependent for name in node.input):
            for name in node.output:
                if name and values[name].dtype.kind == "f":
                    dependent.add(name)
    needed = {logits}
    for node in reversed(graph.node):
        if any(name in needed for name in node.output):
            needed.update(name for name in node.input if name in dependent)
    return needed & dependent
