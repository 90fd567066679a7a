"""As MXNet's exporter wrote Gluon's models."""

import numpy as np

from .writer import CLASSES, Network, Writer


def _gluon_conv(w, x, stem, inputs, outputs, size=3, stride=1, **options):
    return w.conv(
        x, stem, stem, inputs, outputs, size, name=stem, biased=False,
        strides=[stride, stride], pads=[size // 2] * 4, dilations=[1, 1], **options,
    )


def _gluon_norm(w, x, stem, channels):
    return w.norm(x, stem, stem, channels, name=stem, epsilon=1e-5, momentum=0.9)


def _resnet_v1(w: Writer) -> str:
    net = "resnetv17"
    x = _gluon_conv(w, "data", f"{net}_conv0_fwd", 3, 6, 7, 2)
    x = _gluon_norm(w, x, f"{net}_batchnorm0_fwd", 6)
    x = w.node("Relu", x, f"{net}_relu0_fwd", f"{net}_relu0_fwd")
    x = w.node(
        "MaxPool", x, f"{net}_pool0_fwd", f"{net}_pool0_fwd",
        kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4,
    )
    channels = 6
    for stage, width in ((3, 8), (4, 12)):
        own = f"{net}_stage{stage}"
        y = _gluon_conv(w, x, f"{own}_conv0_fwd", channels, width, 3, 2)
        y = _gluon_norm(w, y, f"{own}_batchnorm0_fwd", width)
        y = w.node("Relu", y, f"{own}_relu0_fwd", f"{own}_relu0_fwd")
        y = _gluon_conv(w, y, f"{own}_conv1_fwd", width, width)
        y = _gluon_norm(w, y, f"{own}_batchnorm1_fwd", width)
        x = _gluon_conv(w, x, f"{own}_conv2_fwd", channels, width, 1, 2)
        x = _gluon_norm(w, x, f"{own}_batchnorm2_fwd", width)
        x = w.node("Add", [x, y], f"{own}__plus0", f"{own}__plus0")
        x = w.node("Relu", x, f"{own}_activation0", f"{own}_activation0")
        channels = width
    x = w.node("GlobalAveragePool", x, f"{net}_pool1_fwd", f"{net}_pool1_fwd")
    x = w.node("Flatten", x, "flatten_473", "flatten_473")
    return w.linear(x, f"{net}_dense0_fwd", f"{net}_dense0", 12, CLASSES, f"{net}_dense0_fwd")


def _resnet_v2(w: Writer) -> str:
    net = "resnetv27"
    x = _gluon_norm(w, "data", f"{net}_batchnorm0_fwd", 3)
    x = _gluon_conv(w, x, f"{net}_conv0_fwd", 3, 8, 7, 2)
    for stage, stride in ((3, 2), (4, 2)):
        own = f"{net}_stage{stage}"
        y = _gluon_norm(w, x, f"{own}_batchnorm0_fwd", 8)
        y = w.node("Relu", y, f"{own}_activation0", f"{own}_activation0")
        shortcut = _gluon_conv(w, y, f"{own}_conv2_fwd", 8, 8, 1, stride)
        y = _gluon_conv(w, y, f"{own}_conv0_fwd", 8, 8, 3, stride)
        y = _gluon_norm(w, y, f"{own}_batchnorm1_fwd", 8)
        y = w.node("Relu", y, f"{own}_activation1", f"{own}_activation1")
        y = _gluon_conv(w, y, f"{own}_conv1_fwd", 8, 8)
        x = w.node("Add", [y, shortcut], f"{own}__plus0", f"{own}__plus0")
    x = _gluon_norm(w, x, f"{net}_batchnorm2_fwd", 8)
    x = w.node("Relu", x, f"{net}_relu1_fwd", f"{net}_relu1_fwd")
    x = w.node("GlobalAveragePool", x, f"{net}_pool1_fwd", f"{net}_pool1_fwd")
    x = w.node("Reshape", [x, w.constant("reshape_attr_tensor164", [0, -1], np.int64)],
               f"{net}_flatten0_reshape0", f"{net}_flatten0_reshape0")
    return w.linear(x, f"{net}_dense0_fwd", f"{net}_dense0", 8, CLASSES, f"{net}_dense0_fwd")


def _gluon_mobilenet(w: Writer) -> str:
    net = "mobilenetv20_features"
    six = dict(min=0.0, max=6.0)
    x = _gluon_conv(w, "data", f"{net}_conv0_fwd", 3, 8, 3, 2)
    x = _gluon_norm(w, x, f"{net}_batchnorm0_fwd", 8)
    x = w.node("Clip", x, f"{net}_relu60_fwd", f"{net}_relu60_fwd", **six)
    for place in (15, 16):
        own, before = f"{net}_linearbottleneck{place}", x
        x = _gluon_conv(w, x, f"{own}_conv0_fwd", 8, 16, 1)
        x = _gluon_norm(w, x, f"{own}_batchnorm0_fwd", 16)
        x = w.node("Clip", x, f"{own}_relu60_fwd", f"{own}_relu60_fwd", **six)
        x = _gluon_conv(w, x, f"{own}_conv1_fwd", 16, 16, 3, 1, groups=16)
        x = _gluon_norm(w, x, f"{own}_batchnorm1_fwd", 16)
        x = w.node("Clip", x, f"{own}_relu61_fwd", f"{own}_relu61_fwd", **six)
        x = _gluon_conv(w, x, f"{own}_conv2_fwd", 16, 8, 1)
        x = _gluon_norm(w, x, f"{own}_batchnorm2_fwd", 8)
        x = w.node("Add", [x, before], f"{own}_elemwise_add0", f"{own}_elemwise_add0")
    x = _gluon_conv(w, x, f"{net}_conv1_fwd", 8, 16, 1)
    x = _gluon_norm(w, x, f"{net}_batchnorm1_fwd", 16)
    x = w.node("Clip", x, f"{net}_relu61_fwd", f"{net}_relu61_fwd", **six)
    x = w.node("GlobalAveragePool", x, f"{net}_pool0_fwd", f"{net}_pool0_fwd")
    x = _gluon_conv(w, x, "mobilenetv20_output_pred_fwd", 16, CLASSES, 1)
    return w.node(
        "Reshape", [x, w.constant("reshape_attr_tensor421", [0, -1], np.int64)],
        "mobilenetv20_output_flatten0_reshape0", "mobilenetv20_output_flatten0_reshape0",
    )


def _gluon_vgg(w: Writer) -> str:
    x, channels = "data", 3
    for place, width in enumerate((6, 8)):
        stem = f"vgg0_conv{place}_fwd"
        x = w.conv(
            x, stem, stem, channels, width, name=stem, pads=[1] * 4, strides=[1, 1],
            dilations=[1, 1],
        )
        x = w.node("Relu", x, f"vgg0_relu{place}_fwd", f"vgg0_relu{place}_fwd")
        x = w.node(
            "MaxPool", x, f"vgg0_pool{place}_fwd", f"vgg0_pool{place}_fwd",
            kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4,
        )
        channels = width
    x = w.node("Flatten", x, "flatten_60", "flatten_60")
    x = w.linear(x, "vgg0_dense0_fwd", "vgg0_dense0", 8 * 36, 12, "vgg0_dense0_fwd")
    x = w.node("Relu", x, "vgg0_dense0_relu_fwd", "vgg0_dense0_relu_fwd")
    x = w.node("Dropout", x, "vgg0_dropout0_fwd", "vgg0_dropout0_fwd", ratio=0.5)
    x = w.node("Flatten", x, "flatten_65", "flatten_65")
    return w.linear(x, "vgg0_dense2_fwd", "vgg0_dense2", 12, CLASSES, "vgg0_dense2_fwd")


NETWORKS: dict[str, Network] = {
    "mxnet-resnet18v1": Network(
        _resnet_v1, (1, 3, 40, 40), "resnetv17_dense0_fwd", 7, "resnetv17_stage4_activation0",
        {
            "resnetv17_stage4": "resnetv17_stage4_activation0",
            "stage3": "resnetv17_stage3_activation0",
            "resnetv17_stage4_conv1": "resnetv17_stage4_conv1_fwd",
        },
        producer="",
    ),
    "mxnet-resnet18v2": Network(
        _resnet_v2, (1, 3, 40, 40), "resnetv27_dense0_fwd", 7, "resnetv27_relu1_fwd",
        {"resnetv27_relu1": "resnetv27_relu1_fwd", "stage4": "resnetv27_stage4__plus0"},
        producer="",
    ),
    "mxnet-mobilenetv2": Network(
        _gluon_mobilenet, (1, 3, 24, 24), "mobilenetv20_output_flatten0_reshape0", 7,
        "mobilenetv20_features_relu61_fwd",
        {"linearbottleneck16": "mobilenetv20_features_linearbottleneck16_elemwise_add0"},
        producer="",
    ),
    "mxnet-vgg16": Network(
        _gluon_vgg, (1, 3, 24, 24), "vgg0_dense2_fwd", 7, "vgg0_pool1_fwd",
        {"vgg0_relu1": "vgg0_relu1_fwd"}, producer="",
    ),
}
