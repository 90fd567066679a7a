"""The module paths that PyTorch's exporters leave in a graph."""

import ast

import onnx

_SCOPES = "pkg.torch.onnx.name_scopes"


def module_paths(graph: onnx.GraphProto) -> set[str]:
    """Every module path that encloses at least one node."""
    paths: set[str] = set()
    for node in graph.node:
        paths.update(enclosing(node))
    return paths


def enclosing(node: onnx.NodeProto) -> list[str]:
    """A node's enclosing module paths, outermost first.

    dynamo lists them in the node's metadata, the node itself last. TorchScript writes them into the
    name, `/layer4/layer4.2/relu_2/Relu`: every part repeats its parent's, the operator comes last.
    """
    for entry in node.metadata_props:
        if entry.key == _SCOPES:
            return [path for path in ast.literal_eval(entry.value)[:-1] if path]
    if not node.name.startswith("/"):
        return []
    parts = [part.rsplit(".", 1)[-1] for part in node.name.split("/")[1:-1]]
    return [".".join(parts[: count + 1]) for count in range(len(parts))]
