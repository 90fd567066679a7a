"""keras.applications with few channels, their layers named as Keras names them."""

import contextlib
import dataclasses
from collections.abc import Callable

import keras
from keras.src import layers
from keras.src.applications import (
    convnext,
    densenet,
    efficientnet,
    efficientnet_v2,
    mobilenet_v3,
    nasnet,
    resnet,
)

CLASSES = 6


@dataclasses.dataclass(frozen=True)
class Small:
    """A small network and the names its layers go by."""

    make: Callable[..., keras.Model]
    side: int
    layer: str
    """The layer that the default must be: its Keras name."""
    names: tuple[str, ...] = ()
    """Other layers by their Keras names."""
    opset: int = 15


@contextlib.contextmanager
def thin(divisor: int, above: int = 0):
    """Divides the width of every layer made meanwhile that is wider than `above`."""
    kept = {name: getattr(layers, name) for name in ("Conv2D", "SeparableConv2D", "Dense")}

    def thinned(make):
        def layer(filters, *arguments, **options):
            if filters > max(above, CLASSES):
                filters = max(2, -(-int(filters) // divisor))
            return make(filters, *arguments, **options)

        return layer

    for name, make in kept.items():
        setattr(layers, name, thinned(make))
    try:
        yield
    finally:
        for name, make in kept.items():
            setattr(layers, name, make)


def _thinned(make, divisor, above=0, **options):
    def build(**shared):
        with thin(divisor, above):
            return make(**options, **shared)

    return build


def _resnet(block, name, preact):
    def stack(x):
        x = block(x, 64, 2, stride1=1, name="conv2")
        x = block(x, 128, 2, name="conv3")
        return block(x, 256, 2, name="conv4")

    def build(classifier_activation, **shared):
        with thin(32):
            return resnet.ResNet(
                stack,
                preact,
                True,
                name=name,
                classifier_activation=classifier_activation,
                **shared,
            )

    return build


def _vgg(classifier_activation, **shared):
    with thin(64):
        return keras.applications.VGG16(classifier_activation=classifier_activation, **shared)


def _densenet(**shared):
    with thin(8):
        return densenet.DenseNet([2, 2, 2, 2], name="densenet121", **shared)


_EFFICIENT = [
    (3, 1, 8, 8, 1, 1),
    (3, 2, 8, 8, 3, 2),
    (5, 2, 8, 16, 3, 2),
]
_EFFICIENT_KEYS = {
    "v1": ("kernel_size", "repeats", "filters_in", "filters_out", "expand_ratio", "strides"),
    "v2": (
        "kernel_size",
        "num_repeat",
        "input_filters",
        "output_filters",
        "expand_ratio",
        "strides",
    ),
}


def _efficientnet(**shared):
    blocks = [
        dict(zip(_EFFICIENT_KEYS["v1"], row)) | {"id_skip": True, "se_ratio": 0.25}
        for row in _EFFICIENT
    ]
    with thin(40, above=600):
        return efficientnet.EfficientNet(
            0.25, 1.0, 32, blocks_args=blocks, name="efficientnetb0", **shared
        )


def _efficientnet_v2(**shared):
    kinds = [(1, 0), (1, 0), (0, 0.25)]
    blocks = [
        dict(zip(_EFFICIENT_KEYS["v2"], row)) | {"conv_type": kind, "se_ratio": ratio}
        for row, (kind, ratio) in zip(_EFFICIENT, kinds)
    ]
    with thin(40, above=600):
        return efficientnet_v2.EfficientNetV2(
            1.0, 1.0, 32, blocks_args=blocks, name="efficientnetv2-b0", **shared
        )


def _mobilenet_v3(rows, kind):
    def build(classifier_activation, **shared):
        def stack(x, kernel, activation, se_ratio):
            relu = mobilenet_v3.relu
            for place, (expansion, filters, size, stride, squeezed, hard) in enumerate(rows):
                x = mobilenet_v3._inverted_res_block(
                    x,
                    expansion,
                    filters,
                    size,
                    stride,
                    se_ratio if squeezed else None,
                    activation if hard else relu,
                    place,
                )
            return x

        # The model appends its head to whatever the stack gives.
        with thin(4, above=600):
            return mobilenet_v3.MobileNetV3(
                stack,
                24,
                alpha=1.0,
                model_type=kind,
                name=f"MobileNetV3{kind}",
                classifier_activation=classifier_activation,
                **shared,
            )

    return build


_SMALL = [(1, 8, 3, 2, 1, 0), (3, 8, 3, 1, 0, 0), (3, 16, 5, 2, 1, 1), (2, 16, 5, 1, 1, 1)]
_LARGE = [(1, 8, 3, 1, 0, 0), (3, 8, 3, 2, 0, 0), (3, 16, 5, 2, 1, 0), (2.5, 16, 3, 1, 0, 1)]


def _nasnet(**shared):
    return nasnet.NASNet(
        penultimate_filters=96,
        num_blocks=1,
        stem_block_filters=8,
        skip_reduction=False,
        name="nasnet_mobile",
        **shared,
    )


def _convnext(**shared):
    return convnext.ConvNeXt(
        [1, 1, 2, 1],
        [6, 8, 12, 16],
        default_size=32,
        name="convnext_tiny",
        layer_scale_init_value=0.3,
        **shared,
    )


_APPLICATIONS = keras.applications

NETWORKS: dict[str, Small] = {
    "mobilenet": Small(
        _thinned(_APPLICATIONS.MobileNet, 8, above=100, alpha=0.25),
        64,
        "conv_pw_13_relu",
        ("conv_pw_13", "conv_dw_13_relu", "conv_pw_6_relu", "conv1_relu"),
    ),
    "mobilenet_v2": Small(
        _thinned(_APPLICATIONS.MobileNetV2, 40, above=600, alpha=0.1),
        64,
        "out_relu",
        ("Conv_1", "block_16_project", "block_14_add", "block_3_depthwise_relu"),
        opset=13,
    ),
    "mobilenet_v3_small": Small(
        _mobilenet_v3(_SMALL, "small"), 32, "activation_{last}", ("conv_1",)
    ),
    "mobilenet_v3_large": Small(
        _mobilenet_v3(_LARGE, "large"), 32, "activation_{last}", ("conv_1",), opset=12
    ),
    "resnet50": Small(
        _resnet(resnet.stack_residual_blocks_v1, "resnet50", False),
        40,
        "conv4_block2_out",
        ("conv4_block2_add", "conv4_block1_out", "conv4_block2_3_conv", "conv2_block1_out"),
        opset=13,
    ),
    "resnet50_v2": Small(
        _resnet(resnet.stack_residual_blocks_v2, "resnet50v2", True),
        40,
        "post_relu",
        ("conv4_block2_out", "post_bn"),
    ),
    "vgg16": Small(_vgg, 64, "block5_pool", ("block5_conv3", "block5_conv1", "block4_pool"), opset=11),
    "densenet121": Small(_densenet, 64, "relu", ("conv5_block2_concat", "pool4_conv", "bn")),
    "efficientnet_b0": Small(
        _efficientnet, 32, "top_activation", ("top_conv", "top_bn", "block3b_add")
    ),
    "efficientnet_v2_b0": Small(
        _efficientnet_v2, 32, "top_activation", ("top_conv", "block3b_add"), opset=17
    ),
    "xception": Small(
        _thinned(_APPLICATIONS.Xception, 64),
        71,
        "block14_sepconv2_act",
        ("block14_sepconv1", "block13_pool", "block4_sepconv2_act"),
    ),
    "inception_v3": Small(
        _thinned(_APPLICATIONS.InceptionV3, 64), 107, "mixed10", ("mixed9", "mixed7")
    ),
    "nasnet_mobile": Small(
        _nasnet, 64, "activation_{last}", ("normal_concat_2",), opset=17
    ),
    "convnext_tiny": Small(
        _convnext, 64, "convnext_tiny_stage_3_block_0_identity", ("convnext_tiny_stage_2_block_1_gelu",), opset=17
    ),
}
