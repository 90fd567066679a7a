"""Makes the committed fixtures: small networks, single operators, unusual models, and networks in
integers and in half precision.

    python Tools/make_fixtures.py [networks] [operators] [models] [zoo] [quantized] [half]
                                  [tokens] [--only NAME…]

Everything is seeded, so a second run makes the same arrays.
"""

import argparse
import copy
import json
import os
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch

FIXTURES = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
KINDS = ["networks", "operators", "models", "zoo", "quantized", "half", "tokens"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=[], help="which of them; all by default")
    parser.add_argument("--only", nargs="*", default=None, help="names of networks")
    arguments = parser.parse_args()
    kinds = arguments.kinds or KINDS
    torch.set_num_threads(1)
    if "networks" in kinds:
        make_networks(FIXTURES / "Networks", arguments.only)
    if "operators" in kinds:
        from gradcam_tools import operators

        operators.write(FIXTURES / "Operators")
    if "models" in kinds:
        from gradcam_tools import asked, unusual

        unusual.write(FIXTURES / "Models")
        asked.write(FIXTURES / "Models")
    if "zoo" in kinds:
        from gradcam_tools import model_zoo, opsets

        model_zoo.write(FIXTURES / "Zoo", arguments.only)
        opsets.write(FIXTURES / "Zoo", arguments.only)
    if "quantized" in kinds:
        from gradcam_tools import quantized

        quantized.write(FIXTURES / "Quantized")
    if "half" in kinds:
        from gradcam_tools import half

        half.write(FIXTURES / "Half")
    if "tokens" in kinds:
        from gradcam_tools import tokens

        tokens.write(FIXTURES / "Tokens", arguments.only)


def make_networks(folder: Path, only: list[str] | None) -> None:
    from gradcam_tools import small

    for name, network in small.NETWORKS.items():
        if only is None or name in only:
            make_network(folder, name, network)


def make_network(folder: Path, name: str, network) -> None:
    from gradcam_tools import reference
    from gradcam_tools.export import EXPORTERS, export
    from gradcam_tools.probe import all_values, default_layer, session
    from gradcam_tools.scopes import module_paths
    from gradcam_tools.weights import enliven

    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    batches = [torch.randn(16, 3, network.side, network.side) for _ in range(2)]
    input = torch.randn(2, 3, network.side, network.side)
    model = enliven(network.make(), batches, seed)

    single = reference.Trace(model, input)
    classes = single.logits.argmax(dim=1).tolist()
    (single_gradient,) = single.gradients(classes, [single.input])
    double = copy.deepcopy(model).double()
    truth = reference.Trace(double, input.double())
    (input_gradient,) = truth.gradients(classes, [truth.input])
    float32_error = reference.relative_error(single_gradient, input_gradient)
    difference = reference.directional_check(double, input.double(), classes, input_gradient, seed)
    if not difference < 1e-5:
        raise SystemExit(f"{name}: central differences disagree with autograd by {difference:.1e}")
    logits = truth.logits.detach().numpy()
    print(
        f"{name}: logits spread {logits.std():.2g}, classes {classes}, "
        f"float32 error {float32_error:.1e}, differences {difference:.1e}",
        flush=True,
    )

    first = None
    for exporter, opset in EXPORTERS.items():
        place = folder / f"{name}-{exporter}"
        place.mkdir(parents=True, exist_ok=True)
        path = place / "model.onnx"
        export(model, input, path, exporter, lean=True)
        graph = onnx.load(str(path))
        values = all_values(graph, {"input": input.numpy()})
        logits_error = reference.relative_error(values["logits"], logits)
        (one,) = session(path).run(["logits"], {"input": input[:1].numpy()})
        one_error = reference.relative_error(one, logits[:1])
        if max(logits_error, one_error) > 1e-4:
            raise SystemExit(f"{name}-{exporter}: logits differ by {logits_error}, {one_error}")

        layer = default_layer(graph, values)
        step = truth.step(values[layer], tolerance=1e-4)
        if step is None:
            raise SystemExit(f"{name}-{exporter}: no tensor has the values of '{layer}'")
        (gradient,) = truth.gradients(classes, [step.tensor])
        activation = step.tensor.detach().numpy()
        arrays = {
            "input": input.numpy(),
            "logits": logits,
            "layer-activation": activation,
            "layer-gradient": gradient.numpy(),
            "map": reference.grad_cam(activation, gradient.numpy()),
            "input-gradient": input_gradient.numpy(),
        }
        for key, array in arrays.items():
            write_array(place / f"{key}.npy", array, first)
        layers = describe_layers(truth, values)
        written = module_paths(graph.graph)
        findable = [
            entry
            for entry in layers
            if entry["values"] and entry["calls"] == 1 and entry["path"] in written
        ]
        facts = {
            "network": name,
            "exporter": exporter,
            "opset": opset,
            "seed": seed,
            "classes": classes,
            "float32InputError": float32_error,
            "defaultLayer": {
                "value": layer,
                "equalValues": equal_values(activation, values),
                "modules": step.modules,
                "shape": list(activation.shape),
            },
            "names": names(model, network, truth, layers),
            "layers": findable,
        }
        (place / "reference.json").write_text(compact(facts))
        first = first or place
        print(
            f"  {exporter}: {path.stat().st_size // 1024} KiB, default '{layer}' {step.modules} "
            f"{list(activation.shape)}, gradient at most {gradient.abs().max().item():.2g}, "
            f"{len(findable)} of {len(layers)} modules in the graph",
            flush=True,
        )


def names(model, network, truth, layers) -> list[dict]:
    """Names as people type them, with what they must resolve to."""
    from gradcam_tools import small

    described = {entry["path"]: entry for entry in layers}
    return [
        {"name": name} | described[small.resolved(name, model, network)] for name in network.names
    ]


def describe_layers(truth, values: dict[str, np.ndarray]) -> list[dict]:
    """Every module path that gives a tensor: its shape, checksums, and the equal ONNX values."""
    described = {}
    for step in truth.steps:
        tensor = step.tensor.detach().numpy()
        for path in step.modules:
            described[path] = {
                "path": path,
                "calls": truth.calls[path],
                "shape": list(tensor.shape),
                "sum": float(tensor.sum()),
                "max": float(tensor.max()),
                "values": equal_values(tensor, values),
            }
    return list(described.values())


def equal_values(tensor: np.ndarray, values: dict[str, np.ndarray]) -> list[str]:
    """The ONNX values equal to a tensor, rounding apart."""
    limit = 1e-4 * max(float(np.abs(tensor).max()), 1e-30)
    return [
        name
        for name, value in values.items()
        if value.shape == tensor.shape and np.abs(value - tensor).max() <= limit
    ]


def write_array(path: Path, array: np.ndarray, first: Path | None) -> None:
    """Writes float32, or a link where the first exporter's folder has the same array."""
    path.unlink(missing_ok=True)
    np.save(path, np.ascontiguousarray(array, dtype=np.float32))
    if first is not None:
        twin = first / path.name
        if twin.read_bytes() == path.read_bytes():
            path.unlink()
            os.symlink(os.path.join("..", first.name, path.name), path)


def compact(facts: dict) -> str:
    """JSON with one line for each entry of the lists of objects."""
    lines = []
    for key, value in facts.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join("    " + json.dumps(row) for row in value)
            lines.append(f'  "{key}": [\n{rows}\n  ]')
        else:
            lines.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
