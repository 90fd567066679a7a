"""Writes ONNX's own test vectors of single operators as files: `.cache/conformance/<version>`.

Each vector is a folder with `model.onnx`, `input_<i>.pb` and `output_<i>.pb`, in the order of the
model's inputs and outputs. Taken are the vectors whose operators all stand in OPERATORS.md and
whose inputs and outputs are tensors. Does nothing, quickly, when they are there.
"""

import argparse
import hashlib
import re
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def known_operators() -> set[str]:
    """The operators that OPERATORS.md names, by their qualified names."""
    text = (ROOT / "OPERATORS.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| ([A-Za-z0-9_.]+) \|", text, re.MULTILINE)) - {"operator"}
    for block in re.findall(r"^- (.+)$", text, re.MULTILINE):
        rows |= set(block.replace(",", " ").split())
    return rows


def operators(graph) -> set[str]:
    """The operators of a graph and of the graphs inside its nodes."""
    names = set()
    for node in graph.node:
        names.add(f"{node.domain}.{node.op_type}" if node.domain else node.op_type)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                names |= operators(attribute.g) | {"a graph inside"}
    return names


def tensors(values, infos) -> list[bytes] | None:
    """Serialized tensors named as the graph names them; None where one is no tensor."""
    import numpy
    import onnx

    written = []
    for value, info in zip(values, infos):
        if isinstance(value, onnx.TensorProto):
            tensor = onnx.TensorProto()
            tensor.CopyFrom(value)
            tensor.name = info.name
        elif isinstance(value, (numpy.ndarray, numpy.generic)):
            tensor = onnx.numpy_helper.from_array(numpy.asarray(value), info.name)
        else:
            return None
        written.append(tensor.SerializeToString())
    return written


def write(folder: Path) -> int:
    """Writes every vector that serves; gives their number."""
    from onnx.backend.test.case.node import collect_testcases

    known = known_operators()
    count = 0
    for case in collect_testcases(None):
        graph = case.model.graph
        if case.model.functions or not operators(graph) <= known:
            continue
        inputs, outputs = case.data_sets[0]
        inputs, outputs = tensors(inputs, graph.input), tensors(outputs, graph.output)
        if inputs is None or outputs is None:
            continue
        place = folder / case.name.removeprefix("test_")
        place.mkdir()
        (place / "model.onnx").write_bytes(case.model.SerializeToString())
        for kind, arrays in (("input", inputs), ("output", outputs)):
            for index, array in enumerate(arrays):
                (place / f"{kind}_{index}.pb").write_bytes(array)
        count += 1
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "conformance")
    cache = parser.parse_args().cache
    warnings.simplefilter("ignore")
    import onnx

    mark = hashlib.sha256(Path(__file__).read_bytes() + repr(sorted(known_operators())).encode())
    stamp = f"{onnx.__version__} {mark.hexdigest()[:16]}\n"
    if (cache / "stamp").exists() and (cache / "stamp").read_text() == stamp:
        return
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent) as temporary:
        folder = Path(temporary) / "vectors"
        folder.mkdir()
        count = write(folder)
        (folder / "stamp").write_text(stamp)
        if cache.exists():
            shutil.rmtree(cache)
        folder.rename(cache)
    print(f"conformance: {count} vectors of onnx {onnx.__version__}", file=sys.stderr)


if __name__ == "__main__":
    main()
