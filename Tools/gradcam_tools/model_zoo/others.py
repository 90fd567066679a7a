"""As CNTK, TensorFlow, PaddlePaddle, Core ML and an early PyTorch wrote them."""

import numpy as np

from .writer import CLASSES, Network, Writer


def _cntk_conv(w, x, place, plus, relu, inputs, outputs):
    weight = w.weight(f"Parameter{place}", outputs, inputs, 3, 3)
    x = w.node(
        "Conv", [x, weight], f"Convolution{place}_Output_0", f"Convolution{place}",
        auto_pad="SAME_UPPER", kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], group=1,
    )
    bias = w.bias(f"Parameter{plus}", outputs, 1, 1)
    x = w.node("Add", [x, bias], f"Plus{plus}_Output_0", f"Plus{plus}")
    return w.node("Relu", x, f"ReLU{relu}_Output_0", f"ReLU{relu}")


def _cntk_pool(w, x, place, size, stride):
    return w.node(
        "MaxPool", x, f"Pooling{place}_Output_0", f"Pooling{place}", auto_pad="NOTSET",
        kernel_shape=[size, size], strides=[stride, stride], pads=[0] * 4,
    )


def _mnist(w: Writer) -> str:
    x = _cntk_conv(w, "Input3", 28, 30, 32, 1, 6)
    x = _cntk_pool(w, x, 66, 2, 2)
    x = _cntk_conv(w, x, 110, 112, 114, 6, 8)
    x = _cntk_pool(w, x, 160, 3, 3)
    weight = w.weight("Parameter193", 8, 4, 4, CLASSES, fan=128)
    flat = w.constant("Parameter193_reshape1_shape", [128, CLASSES], np.int64)
    weight = w.node("Reshape", [weight, flat], "Parameter193_reshape1", "Times212_reshape1")
    shape = w.constant("Pooling160_Output_0_reshape0_shape", [1, 128], np.int64)
    x = w.node("Reshape", [x, shape], "Pooling160_Output_0_reshape0", "Times212_reshape0")
    x = w.node("MatMul", [x, weight], "Times212_Output_0", "Times212")
    return w.node(
        "Add", [x, w.bias("Parameter194", 1, CLASSES)], "Plus214_Output_0", "Plus214"
    )


def _ferplus(w: Writer) -> str:
    x = w.node("Sub", ["Input3", w.constant("Constant339", 0.5)], "Minus340_Output_0", "Minus340")
    x = w.node("Div", [x, w.constant("Constant343", 0.7)], "Block352_Output_0", "Block352")
    x = _cntk_conv(w, x, 362, 364, 366, 1, 6)
    x = _cntk_conv(w, x, 380, 382, 384, 6, 6)
    x = _cntk_pool(w, x, 398, 2, 2)
    x = w.node("Dropout", x, ["Dropout408_Output_0", "Dropout408_Output_1"], "Dropout408",
               ratio=0.25)
    x = _cntk_conv(w, x, 418, 420, 422, 6, 8)
    x = _cntk_pool(w, x, 590, 2, 2)
    shape = w.constant("Dropout612_Output_0_reshape0_shape", [1, 288], np.int64)
    x = w.node("Reshape", [x, shape], "Dropout612_Output_0_reshape0", "Times622_reshape0")
    x = w.node("MatMul", [x, w.weight("Parameter1693", 288, CLASSES, fan=288)],
               "Times622_Output_0", "Times622")
    x = w.node("Add", [x, w.bias("Parameter1694", CLASSES)], "Plus692_Output_0", "Plus692")
    return x


def _efficientnet_lite(w: Writer) -> str:
    scope = "efficientnet-lite4/model"
    low, high = w.constant("min__7", 0.0), w.constant("max__8", 6.0)

    def relu6(x, name):
        return w.node("Clip", [x, low, high], f"{scope}/{name}:0", f"{scope}/{name}")

    def conv(x, name, inputs, outputs, size, **options):
        return w.conv(
            x, f"{scope}/{name}:0", f"{scope}/{name.rsplit('/', 1)[0]}_conv2d", inputs, outputs, size,
            name=f"{scope}/{name}", **options,
        )

    x = w.node("Transpose", "images:0", "stem_nchw__12:0", "stem_nchw__12", perm=[0, 3, 1, 2])
    x = conv(
        x, "stem/tpu_batch_normalization/FusedBatchNormV3", 3, 8, 3,
        strides=[2, 2], pads=[0, 0, 1, 1],
    )
    x = relu6(x, "stem/Relu6")
    for block in (0, 1):
        y = conv(x, f"blocks_{block}/tpu_batch_normalization/FusedBatchNormV3", 8, 16, 1)
        y = relu6(y, f"blocks_{block}/Relu6")
        y = conv(
            y, f"blocks_{block}/tpu_batch_normalization_1/FusedBatchNormV3", 16, 16, 3,
            groups=16, pads=[1] * 4,
        )
        y = relu6(y, f"blocks_{block}/Relu6_1")
        y = conv(y, f"blocks_{block}/tpu_batch_normalization_2/FusedBatchNormV3", 16, 8, 1)
        x = w.node(
            "Add", [y, x], f"{scope}/blocks_{block}/Add:0", f"{scope}/blocks_{block}/Add"
        )
    x = conv(x, "head/tpu_batch_normalization/FusedBatchNormV3", 8, 20, 1)
    x = relu6(x, "head/Relu6")
    x = w.node(
        "AveragePool", x, f"{scope}/head/AvgPool:0", f"{scope}/head/AvgPool",
        kernel_shape=[12, 12], strides=[12, 12], auto_pad="VALID",
    )
    x = w.node("Squeeze", x, f"{scope}/head/Squeeze:0", f"{scope}/head/Squeeze", axes=[2, 3])
    x = w.node(
        "MatMul", [x, w.weight(f"{scope}/head/dense/MatMul/ReadVariableOp:0", 20, CLASSES, fan=20)],
        f"{scope}/head/dense/MatMul:0", f"{scope}/head/dense/MatMul",
    )
    x = w.node(
        "Add", [x, w.bias("head_bias", CLASSES)], f"{scope}/head/dense/BiasAdd:0",
        f"{scope}/head/dense/BiasAdd",
    )
    w.node("Softmax", x, "Softmax:0", "Softmax", axis=1)
    return x


def _paddle(w: Writer) -> str:
    x = w.conv("x0", "conv2d_0.tmp_0", "conv2d_0.w_0", 3, 8, strides=[2, 2], pads=[1] * 4,
               name="Conv_0", biased=False)
    x = w.norm(x, "batch_norm_0.tmp_2", "batch_norm2d_0", 8, "BatchNormalization_0")
    six = w.constant("Constant_6", 6.0)
    shifted = w.node("Add", [x, w.constant("Constant_3", 3.0)], "Add_1.tmp", "Add_1")
    gate = w.node("Clip", [shifted, w.constant("Constant_0", 0.0), six], "Clip_0.tmp", "Clip_0")
    x = w.node("Mul", [x, gate], "Mul_0.tmp", "Mul_0")
    x = w.node("Div", [x, six], "hardswish_0.tmp_0", "Div_0")
    x = w.conv(x, "conv2d_1.tmp_0", "conv2d_1.w_0", 8, 12, strides=[2, 2], pads=[1] * 4,
               name="Conv_1", biased=False)
    x = w.norm(x, "batch_norm_1.tmp_2", "batch_norm2d_1", 12, "BatchNormalization_1")
    x = w.node("Relu", x, "relu_1.tmp_0", "Relu_0")
    x = w.node("GlobalAveragePool", x, "pool2d_0.tmp_0", "GlobalAveragePool_0")
    x = w.node("Flatten", x, "flatten_0.tmp_0", "Flatten_0", axis=1)
    x = w.node("MatMul", [x, w.weight("linear_0.w_0", 12, CLASSES, fan=12)], "linear_0.tmp_0",
               "MatMul_0")
    x = w.node("Add", [x, w.bias("linear_0.b_0", CLASSES)], "linear_0.tmp_1", "Add_2")
    w.node("Softmax", x, "save_infer_model/scale_0.tmp_0", "Softmax_0", axis=-1)
    return x


def _coreml(w: Writer) -> str:
    x = w.node("ImageScaler", "image", "image_scaled", "ImageScaler", bias=[-0.4, 0.1, 0.3],
               scale=0.8)
    channels = 3
    for place in (1, 2):
        x = w.conv(x, f"convolution2d_{place}_output", f"convolution2d_{place}", channels, 8,
                   name=f"convolution2d_{place}", auto_pad="SAME_UPPER", strides=[1, 1])
        x = w.norm(x, f"batchnormalization_{place}_output", f"batchnormalization_{place}", 8,
                   f"batchnormalization_{place}", spatial=1, momentum=0.0)
        x = w.node("LeakyRelu", x, f"leakyrelu_{place}_output", f"leakyrelu_{place}", alpha=0.1)
        x = w.node("MaxPool", x, f"maxpooling2d_{place}_output", f"maxpooling2d_{place}",
                   kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")
        channels = 8
    x = w.node("Flatten", x, "flatten_1_output", "flatten_1")
    return w.linear(x, "dense_1_output", "dense_1", 8 * 36, CLASSES, "dense_1")


def _numbered(w: Writer) -> str:
    """PyTorch 0.4 and 1.0: values are numbers; Pad, Slice, Upsample and PRelu of those days."""
    w.endings = (".weight", ".bias")
    x = w.node("Pad", "0", "20", pads=[0, 0, 1, 1, 0, 0, 1, 1], mode="constant", value=0.0)
    x = w.conv(x, "21", "features.0", 3, 8, pads=[0] * 4)
    x = w.node("PRelu", [x, w.constant("features.1.weight", w.draw.uniform(0.1, 0.4, (8, 1, 1)))],
               "22")
    x = w.node("MaxPool", x, "23", kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4)
    deep = w.conv(x, "24", "features.3", 8, 8, pads=[1] * 4)
    deep = w.node("Relu", deep, "25")
    deep = w.node("Slice", deep, "26", axes=[2, 3], starts=[0, 1], ends=[11, 9223372036854775807])
    deep = w.node("Upsample", deep, "27", mode="nearest", scales=[1.0, 1.0, 2.0, 2.0])
    deep = w.node("Slice", deep, "28", axes=[2, 3], starts=[4, -16], ends=[20, 1000])
    deep = w.conv(deep, "29", "features.4", 8, 12, 1)
    x = w.node("Relu", deep, "30")
    x = w.node("GlobalAveragePool", x, "31")
    x = w.node("Flatten", x, "32")
    return w.linear(x, "33", "classifier", 12, CLASSES)


NETWORKS: dict[str, Network] = {
    "cntk-mnist": Network(
        _mnist, (1, 1, 28, 28), "Plus214_Output_0", 8, "Pooling160_Output_0",
        {"Pooling160": "Pooling160_Output_0", "ReLU114": "ReLU114_Output_0"}, "Input3", "CNTK",
    ),
    "cntk-emotion_ferplus": Network(
        _ferplus, (1, 1, 24, 24), "Plus692_Output_0", 7, "Pooling590_Output_0",
        {"ReLU422": "ReLU422_Output_0"}, "Input3", "CNTK",
    ),
    "tf2onnx-efficientnet_lite": Network(
        _efficientnet_lite, (1, 24, 24, 3), "Softmax:0", 11,
        "efficientnet-lite4/model/head/Relu6:0",
        {
            "blocks_1": "efficientnet-lite4/model/blocks_1/Add:0",
            "stem": "efficientnet-lite4/model/stem/Relu6:0",
        },
        "images:0", "tf2onnx", 5, True,
    ),
    "paddle-mobilenet": Network(
        _paddle, (2, 3, 24, 24), "save_infer_model/scale_0.tmp_0", 11, "relu_1.tmp_0",
        {"relu_1": "relu_1.tmp_0", "hardswish_0": "hardswish_0.tmp_0"}, "x0", "PaddlePaddle", 7,
    ),
    "coreml-classifier": Network(
        _coreml, (1, 3, 24, 24), "dense_1_output", 7, "maxpooling2d_2_output",
        {"leakyrelu_2": "leakyrelu_2_output"}, "image", "OnnxMLTools",
    ),
    "pytorch04-hourglass": Network(
        _numbered, (2, 3, 24, 24), "33", 7, "30", {"25": "25", "features.3": "24", "features.4": "29"}, "0", "pytorch"
    ),
}
