"""Explains by one package, a line of standard input at a time, and prints the milliseconds.

    python -m gradcam_tools.bench.peers PACKAGE NETWORK MODEL.onnx [--threads N] [--batch N]

A line says how many classes of each image are explained.
"""

import argparse
import sys
import time
import warnings

import numpy as np

LAYERS = {
    "resnet50": "layer4.2",
    "vgg16": "features",
    "densenet121": "features",
    "efficientnet_b0": "features",
    "mobilenet_v2": "features",
    "inception_v3": "Mixed_7c",
    "squeezenet1_1": "features",
    "convnext_tiny": "features",
    "vit_b_16": "encoder.layers.encoder_layer_11.ln_1",
}
"""The layer that each network's literature explains, as PyTorch names it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("network")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=1)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if not arguments.package.startswith(("openvino", "onnxruntime")):
        # Before a package imports torchvision by itself.
        from gradcam_tools import torchvision_compat  # noqa: F401
    explain = PACKAGES[arguments.package](arguments)
    print("ready", flush=True)
    for line in sys.stdin:
        classes = list(range(int(line)))
        began = time.perf_counter()
        explain(classes)
        print((time.perf_counter() - began) * 1000, flush=True)


# Networks and inputs


def network(arguments):
    """The network in PyTorch and its input; its weights are others than the exported model's, which
    changes no time."""
    import torch

    from gradcam_tools.networks import NETWORKS

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    each = NETWORKS[arguments.network]
    model = each.construct().eval()
    return model, each.sample(arguments.batch)


def layer(model, arguments):
    return model.get_submodule(LAYERS[arguments.network])


def is_of_tokens(arguments) -> bool:
    return arguments.network.startswith("vit_")


def array(arguments, side: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    return generator.standard_normal((arguments.batch, 3, side, side), dtype=np.float32)


# Packages


def pytorch(arguments):
    """Plain inference."""
    import torch

    model, x = network(arguments)

    def run(classes):
        with torch.inference_mode():
            model(x)

    return run


def pytorch_input(arguments):
    """Forward and a backward pass to the input alone."""
    import torch

    model, x = network(arguments)
    model.requires_grad_(False)

    def run(classes):
        for index in classes:
            point = x.clone().requires_grad_()
            torch.autograd.grad(model(point)[:, index].sum(), point)

    return run


def pytorch_grad_cam(arguments):
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model, x = network(arguments)
    side = 14

    def grid(tokens):
        patches = tokens[:, 1:].reshape(tokens.shape[0], side, side, -1)
        return patches.permute(0, 3, 1, 2)

    options = {"reshape_transform": grid} if is_of_tokens(arguments) else {}
    cam = GradCAM(model, [layer(model, arguments)], **options)

    def run(classes):
        for index in classes:
            cam(input_tensor=x, targets=[ClassifierOutputTarget(index)] * len(x))

    return run


def captum(arguments):
    from captum.attr import LayerGradCam

    model, x = network(arguments)
    method = LayerGradCam(model, layer(model, arguments))

    def run(classes):
        for index in classes:
            method.attribute(x, target=index, relu_attributions=True).detach().numpy()

    return run


def torchcam(arguments):
    from torchcam.methods import GradCAM

    model, x = network(arguments)
    cam = GradCAM(model, target_layer=layer(model, arguments))

    def run(classes):
        scores = model(x)
        for place, index in enumerate(classes):
            cam(index, scores, retain_graph=place + 1 < len(classes))

    return run


def hooks(arguments):
    """The straightforward class: two hooks, the mean gradient, a loop over channels, ReLU, and the
    map brought to the input's size."""
    import torch
    from torch.nn import functional

    model, x = network(arguments)
    kept = {}
    place = layer(model, arguments)
    place.register_forward_hook(lambda _, __, output: kept.update(activation=output.detach()))
    place.register_full_backward_hook(lambda _, __, outputs: kept.update(gradient=outputs[0].detach()))

    def explained(image, index):
        scores = model(image)
        model.zero_grad()
        scores[0, index].backward()
        activation, gradient = kept["activation"][0], kept["gradient"][0]
        if activation.ndim == 2:
            activation, gradient = (t[1:].T.reshape(-1, 14, 14) for t in (activation, gradient))
        weights = gradient.mean(dim=(1, 2))
        total = torch.zeros(activation.shape[1:])
        for weight, channel in zip(weights, activation):
            total += weight * channel
        total = functional.relu(total)
        total = (total - total.min()) / (total.max() + 1e-8)
        return functional.interpolate(
            total[None, None], size=image.shape[2:], mode="bilinear", align_corners=False
        )[0, 0].numpy()

    def run(classes):
        for image in x:
            for index in classes:
                explained(image[None], index)

    return run


def onnxruntime(arguments):
    """A model file's plain inference, or whatever else it computes when it is baked."""
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    session = runtime.InferenceSession(arguments.model, options, ["CPUExecutionProvider"])
    (first, *_) = session.get_inputs()
    x = array(arguments, first.shape[-1])
    return lambda classes: session.run(None, {first.name: x})


def openvino(arguments):
    """A model file's plain inference, in float32."""
    import openvino as ov

    return _compiled(ov, ov.Core().read_model(arguments.model), arguments)


def openvino_xai(arguments):
    """ReciproCAM as a branch of the graph: all classes at once, in float32."""
    import openvino as ov
    from openvino_xai import Method, Task, insert_xai

    model = ov.Core().read_model(arguments.model)
    method = Method.VITRECIPROCAM if is_of_tokens(arguments) else Method.RECIPROCAM
    branched = insert_xai(model, task=Task.CLASSIFICATION, explain_method=method)
    return _compiled(ov, branched, arguments)


def _compiled(ov, model, arguments):
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": str(arguments.threads),
        "PERFORMANCE_HINT": "LATENCY",
    }
    compiled = ov.Core().compile_model(model, "CPU", settings)
    request = compiled.create_infer_request()
    side = compiled.input(0).partial_shape[-1].get_length()
    x = array(arguments, side)
    return lambda classes: request.infer([x])


PACKAGES = {
    "pytorch": pytorch,
    "pytorch-input": pytorch_input,
    "pytorch-grad-cam": pytorch_grad_cam,
    "captum": captum,
    "torchcam": torchcam,
    "hooks": hooks,
    "onnxruntime": onnxruntime,
    "openvino": openvino,
    "openvino_xai": openvino_xai,
}


if __name__ == "__main__":
    main()
