"""As Caffe2's exporter wrote them, from Caffe's models and its own."""

import numpy as np

from .writer import CLASSES, Network, Writer


def _alexnet(w: Writer, groups: int = 2, tail: bool = True) -> str:
    local = dict(size=5, alpha=1e-4, beta=0.75, bias=1.0)
    x = w.conv("data_0", "conv1_1", "conv1", 3, 8, 7, strides=[2, 2], pads=[0] * 4)
    x = w.node("Relu", x, "conv1_2")
    x = w.node("LRN", x, "norm1_1", **local)
    x = w.node("MaxPool", x, "pool1_1", kernel_shape=[3, 3], strides=[2, 2], pads=[0] * 4)
    x = w.conv(x, "conv2_1", "conv2", 8, 8, 5, groups=groups, pads=[2] * 4)
    x = w.node("Relu", x, "conv2_2")
    x = w.node("LRN", x, "norm2_1", **local)
    x = w.node("MaxPool", x, "pool2_1", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])
    x = w.conv(x, "conv5_1", "conv5", 8, 8, 3, groups=groups, pads=[1] * 4)
    x = w.node("Relu", x, "conv5_2")
    x = w.node("MaxPool", x, "pool5_1", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])
    shape = w.constant("OC2_DUMMY_1", [1, 72], np.int64)
    x = w.node("Reshape", [x, shape], "OC2_DUMMY_0")
    x = w.linear(x, "fc6_1", "fc6", 72, 12)
    x = w.node("Relu", x, "fc6_2")
    x = w.node("Dropout", x, ["fc6_3", "_fc6_mask_1"], ratio=0.5)
    x = w.linear(x, "fc8_1" if tail else "fc-rcnn_1", "fc8", 12, CLASSES)
    if tail:
        w.node("Softmax", x, "prob_1", axis=1)
    return x


def _rcnn(w: Writer) -> str:
    return _alexnet(w, tail=False)


def _inception(w: Writer) -> str:
    local = dict(size=5, alpha=1e-4, beta=0.75, bias=1.0)
    pool = dict(kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 2, 2])
    x = w.conv(
        "data_0", "conv1/7x7_s2_1", "conv1/7x7_s2", 3, 6, 7, strides=[2, 2], pads=[3] * 4
    )
    x = w.node("Relu", x, "conv1/7x7_s2_2")
    x = w.node("MaxPool", x, "pool1/3x3_s2_1", **pool)
    x = w.node("LRN", x, "pool1/norm1_1", **local)
    channels = 6
    for block in ("inception_4e", "inception_5b"):
        parts = []
        for part, size in (("1x1", 1), ("3x3", 3), ("5x5", 5)):
            inner, width = x, channels
            if size > 1:
                reduced = f"{block}/{part}_reduce"
                inner = w.conv(x, f"{reduced}_1", reduced, channels, 3, 1)
                inner, width = w.node("Relu", inner, f"{reduced}_2"), 3
            stem = f"{block}/{part}"
            inner = w.conv(inner, f"{stem}_1", stem, width, 4, size, pads=[size // 2] * 4)
            parts.append(w.node("Relu", inner, f"{stem}_2"))
        inner = w.node(
            "MaxPool", x, f"{block}/pool_1", kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4
        )
        inner = w.conv(inner, f"{block}/pool_proj_1", f"{block}/pool_proj", channels, 4, 1)
        parts.append(w.node("Relu", inner, f"{block}/pool_proj_2"))
        x = w.node("Concat", parts, f"{block}/output_1", axis=1)
        channels = 16
        if block == "inception_4e":
            x = w.node("MaxPool", x, "pool4/3x3_s2_1", **pool)
    x = w.node(
        "AveragePool", x, "pool5/7x7_s1_1", kernel_shape=[4, 4], strides=[1, 1], pads=[0] * 4
    )
    x = w.node("Dropout", x, ["pool5/7x7_s1_2", "_pool5/7x7_s1_mask_1"], ratio=0.4)
    x = w.node("Reshape", [x, w.constant("OC2_DUMMY_1", [1, 16], np.int64)], "OC2_DUMMY_0")
    x = w.linear(x, "loss3/classifier_1", "loss3/classifier", 16, CLASSES)
    w.node("Softmax", x, "prob_1", axis=1)
    return x


def _squeezenet(w: Writer) -> str:
    pool = dict(kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 0, 0])
    x = w.conv("data_0", "conv1_1", "conv1", 3, 8, 3, strides=[2, 2], pads=[0] * 4)
    x = w.node("Relu", x, "conv1_2")
    x = w.node("MaxPool", x, "pool1_1", **pool)
    channels = 8
    for fire in ("fire8", "fire9"):
        x = w.conv(x, f"{fire}/squeeze1x1_1", f"{fire}/squeeze1x1", channels, 4, 1)
        x = w.node("Relu", x, f"{fire}/squeeze1x1_2")
        parts = []
        for size in (1, 3):
            stem = f"{fire}/expand{size}x{size}"
            part = w.conv(x, f"{stem}_1", stem, 4, 6, size, pads=[size // 2] * 4)
            parts.append(w.node("Relu", part, f"{stem}_2"))
        x, channels = w.node("Concat", parts, f"{fire}/concat_1", axis=1), 12
    x = w.node("Dropout", x, ["fire9/concat_2", "_fire9/concat_mask_1"], ratio=0.5)
    x = w.conv(x, "conv10_1", "conv10", 12, CLASSES, 1)
    x = w.node("Relu", x, "conv10_2")
    x = w.node("GlobalAveragePool", x, "pool10_1")
    # Before operator set 13 the axes from 1 on are normalised together.
    w.node("Softmax", x, "softmaxout_1")
    return x


def _caffe2_resnet(w: Writer) -> str:
    def block(x, stage, place, inputs, outputs, stride):
        stem = f"gpu_0/res{stage}_{place}_branch2"
        y = x
        for part, size, width in (("a", 1, 4), ("b", 3, 4), ("c", 1, outputs)):
            own = f"{stem}{part}"
            step = stride if part == "b" else 1
            y = w.conv(
                y, f"{own}_1", own, inputs if part == "a" else 4, width, size,
                biased=False, strides=[step, step], pads=[size // 2] * 4,
            )
            y = w.norm(y, f"{own}_bn_1", f"{own}_bn", width, epsilon=1e-5)
            if part != "c":
                y = w.node("Relu", y, f"{own}_bn_2")
        if inputs != outputs:
            own = f"gpu_0/res{stage}_{place}_branch1"
            x = w.conv(
                x, f"{own}_1", own, inputs, outputs, 1, biased=False, strides=[stride, stride]
            )
            x = w.norm(x, f"{own}_bn_1", f"{own}_bn", outputs)
        y = w.node("Sum", [y, x], f"{stem}c_bn_2")
        return w.node("Relu", y, f"{stem}c_bn_3")

    x = w.conv(
        "gpu_0/data_0", "gpu_0/conv1_1", "gpu_0/conv1", 3, 6, 7,
        biased=False, strides=[2, 2], pads=[3] * 4,
    )
    x = w.norm(x, "gpu_0/res_conv1_bn_1", "gpu_0/res_conv1_bn", 6)
    x = w.node("Relu", x, "gpu_0/res_conv1_bn_2")
    x = w.node(
        "MaxPool", x, "gpu_0/pool1_1", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4
    )
    x = block(x, 4, 0, 6, 12, 1)
    x = block(x, 5, 0, 12, 16, 2)
    x = block(x, 5, 1, 16, 16, 1)
    x = w.node("AveragePool", x, "gpu_0/pool5_1", kernel_shape=[4, 4])
    x = w.node("Reshape", [x, w.constant("OC2_DUMMY_1", [1, 16], np.int64)], "OC2_DUMMY_0")
    x = w.linear(x, "gpu_0/pred_1", "gpu_0/pred", 16, CLASSES)
    w.node("Softmax", x, "gpu_0/softmax_1")
    return x


def _caffe2_densenet(w: Writer) -> str:
    def scaled(x, stem, channels):
        """Caffe's two layers: BatchNorm without weights, then Scale."""
        x = w.norm(x, f"{stem}/bn_1", f"{stem}/bn", channels, epsilon=1e-5)
        for kind, part, value in (
            ("Mul", "w", w.draw.uniform(0.5, 1.5, channels)),
            ("Add", "b", w.draw.standard_normal(channels) * 0.1),
        ):
            flat = w.constant(f"{stem}/scale_{part}", value)
            wide = w.node("Unsqueeze", flat, f"{stem}/scale_{part}_wide", axes=[1, 2])
            x = w.node(kind, [x, wide], f"{stem}/scale_{'1' if kind == 'Mul' else '2'}")
        return w.node("Relu", x, f"{stem}/relu_1")

    x = w.conv("data_0", "conv1_1", "conv1", 3, 8, 7, biased=False, strides=[2, 2], pads=[3] * 4)
    x = scaled(x, "conv1", 8)
    x = w.node("MaxPool", x, "pool1_1", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    channels = 8
    for block in (4, 5):
        for layer in (1, 2):
            stem = f"conv{block}_{layer}"
            y = scaled(x, f"{stem}/x1", channels)
            y = w.conv(y, f"{stem}/x1_1", f"{stem}/x1", channels, 8, 1, biased=False)
            y = scaled(y, f"{stem}/x2", 8)
            y = w.conv(y, f"{stem}/x2_1", f"{stem}/x2", 8, 4, biased=False, pads=[1] * 4)
            x = w.node("Concat", [x, y], f"concat_{block}_{layer}_1", axis=1)
            channels += 4
        if block == 4:
            x = scaled(x, "conv4_blk", channels)
            x = w.conv(x, "conv4_blk_1", "conv4_blk", channels, 8, 1, biased=False)
            x = w.node("AveragePool", x, "pool4_1", kernel_shape=[2, 2], strides=[2, 2])
            channels = 8
    x = scaled(x, "conv5_blk", channels)
    x = w.node("GlobalAveragePool", x, "pool5_1")
    return w.conv(x, "fc6_1", "fc6", channels, CLASSES, 1)


def _shufflenet(w: Writer) -> str:
    x = w.conv(
        "gpu_0/data_0", "gpu_0/conv1_1", "gpu_0/conv1", 3, 8, biased=False,
        strides=[2, 2], pads=[1] * 4,
    )
    x = w.norm(x, "gpu_0/conv1_bn_1", "gpu_0/conv1_bn", 8)
    x = w.node("Relu", x, "gpu_0/conv1_bn_2")
    side, channels = 20, 8
    for place, stride in enumerate((2, 1)):
        stem = f"gpu_0/resblock_{place}"
        y = w.conv(x, f"{stem}_a_1", f"{stem}_a", channels, 8, 1, biased=False, groups=2)
        y = w.norm(y, f"{stem}_a_bn_1", f"{stem}_a_bn", 8)
        y = w.node("Relu", y, f"{stem}_a_bn_2")
        apart = w.constant(f"{stem}_apart", [1, 2, 4, side, side], np.int64)
        y = w.node("Reshape", [y, apart], f"{stem}_apart_1")
        y = w.node("Transpose", y, f"{stem}_shuffle_1", perm=[0, 2, 1, 3, 4])
        y = w.node(
            "Reshape", [y, w.constant(f"{stem}_joined", [1, 8, side, side], np.int64)],
            f"{stem}_joined_1",
        )
        y = w.conv(
            y, f"{stem}_b_1", f"{stem}_b", 8, 8, biased=False, groups=8,
            strides=[stride, stride], pads=[1] * 4,
        )
        y = w.norm(y, f"{stem}_b_bn_1", f"{stem}_b_bn", 8)
        y = w.conv(y, f"{stem}_c_1", f"{stem}_c", 8, channels, 1, biased=False, groups=2)
        y = w.norm(y, f"{stem}_c_bn_1", f"{stem}_c_bn", channels)
        if stride == 2:
            x = w.node(
                "AveragePool", x, f"{stem}_pool_1", kernel_shape=[3, 3], strides=[2, 2],
                pads=[1] * 4,
            )
            y = w.node("Concat", [x, y], f"{stem}_concat_1", axis=1)
            side, channels = side // 2, 2 * channels
        else:
            y = w.node("Add", [x, y], f"{stem}_sum_1")
        x = w.node("Relu", y, f"{stem}_out_1")
    x = w.node("AveragePool", x, "gpu_0/final_avg_1", kernel_shape=[10, 10])
    x = w.node("Reshape", [x, w.constant("OC2_DUMMY_1", [1, 16], np.int64)], "OC2_DUMMY_0")
    x = w.linear(x, "gpu_0/last_out_L1000_1", "gpu_0/last_out_L1000", 16, CLASSES)
    w.node("Softmax", x, "gpu_0/softmax_1", axis=1)
    return x


NETWORKS: dict[str, Network] = {
    "caffe2-alexnet": Network(
        _alexnet, (1, 3, 63, 63), "prob_1", 7, "pool5_1",
        {"pool5": "pool5_1", "conv5": "conv5_2", "conv5_1": "conv5_1", "norm2": "norm2_1"},
        "data_0",
    ),
    "caffe-rcnn_ilsvrc13": Network(
        _rcnn, (1, 3, 63, 63), "fc-rcnn_1", 8, "pool5_1", {"conv5": "conv5_2"}, "data_0"
    ),
    "caffe2-inception_v1": Network(
        _inception, (1, 3, 32, 32), "prob_1", 9, "inception_5b/output_1",
        {"inception_5b/output": "inception_5b/output_1", "inception_4e/3x3": "inception_4e/3x3_2"},
        "data_0",
    ),
    "caffe2-squeezenet": Network(
        _squeezenet, (1, 3, 31, 31), "softmaxout_1", 9, "conv10_2",
        {"conv10": "conv10_2", "fire9/concat": "fire9/concat_2"}, "data_0",
    ),
    "caffe2-resnet50": Network(
        _caffe2_resnet, (1, 3, 32, 32), "gpu_0/softmax_1", 9, "gpu_0/res5_1_branch2c_bn_3",
        {
            "res5_1_branch2c_bn": "gpu_0/res5_1_branch2c_bn_3",
            "res5": "gpu_0/res5_1_branch2c_bn_3",
            "res4": "gpu_0/res4_0_branch2c_bn_3",
        },
        "gpu_0/data_0",
    ),
    "caffe2-densenet121": Network(
        _caffe2_densenet, (1, 3, 40, 40), "fc6_1", 7, "conv5_blk/relu_1",
        {"conv5_blk/relu": "conv5_blk/relu_1", "concat_5_2": "concat_5_2_1"}, "data_0",
    ),
    "caffe2-shufflenet": Network(
        _shufflenet, (1, 3, 40, 40), "gpu_0/softmax_1", 8, "gpu_0/resblock_1_out_1",
        {"resblock_1_out": "gpu_0/resblock_1_out_1", "resblock_0": "gpu_0/resblock_0_out_1"},
        "gpu_0/data_0",
    ),
}
