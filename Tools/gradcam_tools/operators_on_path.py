"""Which operators lie between a model's image, a layer and its logits."""

from pathlib import Path

import onnx

_ENDS = {"Shape", "Size", "ArgMax", "ArgMin", "NonZero"}
"""Operators through which no gradient goes."""


def operators_on_path(path: Path, value: str | None = None) -> list[str]:
    """The operators from the image, or from `value`, to the model's first output; sorted."""
    graph = onnx.load(str(path), load_external_data=False).graph
    weights = {tensor.name for tensor in graph.initializer}
    reached = {value} if value else {each.name for each in graph.input if each.name not in weights}
    forward = []
    for node in graph.node:
        if node.op_type not in _ENDS and reached.intersection(node.input):
            reached.update(node.output)
            forward.append(node)
    wanted = {graph.output[0].name}
    found = set()
    for node in reversed(forward):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            found.add(f"{node.domain}::{node.op_type}" if node.domain else node.op_type)
    return sorted(found)
