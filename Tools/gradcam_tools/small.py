"""Networks with the structure of torchvision's, made of its own modules, with few channels.

Where torchvision fixes the widths in a constructor, a subclass builds the same modules by the same
names and keeps the forward pass.
"""

import dataclasses
from collections.abc import Callable
from functools import partial

from torch import nn

from .torchvision_compat import models, torchvision
from torchvision.models import inception as _inception
from torchvision.models import squeezenet as _squeezenet
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.efficientnet import FusedMBConvConfig, MBConvConfig
from torchvision.models.googlenet import BasicConv2d as GoogLeNetConv
from torchvision.models.googlenet import Inception as GoogLeNetBlock
from torchvision.models.mnasnet import _stack as stack
from torchvision.models.mobilenetv3 import InvertedResidualConfig
from torchvision.models.regnet import BlockParams
from torchvision.models.resnet import BasicBlock, Bottleneck


@dataclasses.dataclass(frozen=True)
class Small:
    """A small network: how to make it, its input's side, and the names of its layers."""

    make: Callable[[], nn.Module]
    side: int
    names: dict[str, str]
    """A name as typed → the module path that it means."""


class SmallResNet(models.ResNet):
    def __init__(self, block, planes, blocks, groups=1, width_per_group=64, classes=6):
        nn.Module.__init__(self)
        self._norm_layer = nn.BatchNorm2d
        self.inplanes = planes[0]
        self.dilation = 1
        self.groups = groups
        self.base_width = width_per_group
        self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(self.inplanes)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, planes[0], blocks[0])
        self.layer2 = self._make_layer(block, planes[1], blocks[1], stride=2)
        self.layer3 = self._make_layer(block, planes[2], blocks[2], stride=2)
        self.layer4 = self._make_layer(block, planes[3], blocks[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(planes[3] * block.expansion, classes)


class SmallVGG(models.VGG):
    def __init__(self, configuration, batch_norm, grid=4, hidden=12, classes=6):
        nn.Module.__init__(self)
        self.features = torchvision.models.vgg.make_layers(configuration, batch_norm)
        self.avgpool = nn.AdaptiveAvgPool2d((grid, grid))
        width = [entry for entry in configuration if entry != "M"][-1]
        self.classifier = nn.Sequential(
            nn.Linear(width * grid * grid, hidden),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(hidden, classes),
        )


class SmallAlexNet(models.AlexNet):
    def __init__(self, classes=6):
        nn.Module.__init__(self)
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, kernel_size=11, stride=4, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(6, 10, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.Conv2d(10, 8, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Linear(8 * 2 * 2, 12),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(12, 12),
            nn.ReLU(),
            nn.Linear(12, classes),
        )


class SmallSqueezeNet(models.SqueezeNet):
    def __init__(self, version, classes=6):
        nn.Module.__init__(self)
        fire = _squeezenet.Fire
        pool = partial(nn.MaxPool2d, kernel_size=3, stride=2, ceil_mode=True)
        if version == "1_0":
            layers = [nn.Conv2d(3, 8, kernel_size=7, stride=2), nn.ReLU(), pool()]
            layers += [fire(8, 3, 6, 6), fire(12, 3, 6, 6), pool(), fire(12, 4, 8, 8)]
        else:
            layers = [nn.Conv2d(3, 8, kernel_size=3, stride=2), nn.ReLU(), pool()]
            layers += [fire(8, 3, 6, 6), pool(), fire(12, 3, 6, 6), pool(), fire(12, 4, 8, 8)]
        self.features = nn.Sequential(*layers)
        last = nn.Conv2d(16, classes, kernel_size=1)
        self.classifier = nn.Sequential(nn.Dropout(), last, nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1)))


class SmallGoogLeNet(models.GoogLeNet):
    def __init__(self, classes=6):
        nn.Module.__init__(self)
        conv, block = GoogLeNetConv, GoogLeNetBlock
        pool = partial(nn.MaxPool2d, ceil_mode=True)
        self.aux_logits = False
        self.transform_input = True
        self.conv1 = conv(3, 6, kernel_size=7, stride=2, padding=3)
        self.maxpool1 = pool(3, stride=2)
        self.conv2 = conv(6, 6, kernel_size=1)
        self.conv3 = conv(6, 12, kernel_size=3, padding=1)
        self.maxpool2 = pool(3, stride=2)
        self.inception3a = block(12, 4, 4, 6, 2, 3, 3)
        self.inception3b = block(16, 6, 4, 8, 2, 4, 4)
        self.maxpool3 = pool(3, stride=2)
        self.inception4a = block(22, 6, 4, 8, 2, 3, 3)
        self.inception4b = block(20, 6, 4, 8, 2, 3, 3)
        self.inception4c = block(20, 6, 4, 8, 2, 3, 3)
        self.inception4d = block(20, 6, 4, 8, 2, 3, 3)
        self.inception4e = block(20, 6, 4, 8, 2, 3, 3)
        self.maxpool4 = pool(2, stride=2)
        self.inception5a = block(20, 6, 4, 8, 2, 3, 3)
        self.inception5b = block(20, 6, 4, 8, 2, 4, 4)
        self.aux1 = self.aux2 = None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(22, classes)


def _thin(divisor: int) -> type[nn.Module]:
    """Inception's convolution block with its channels divided, rounding up."""

    class ThinConv(_inception.BasicConv2d):
        def __init__(self, inputs, outputs, **options):
            inputs = inputs if inputs == 3 else -(-inputs // divisor)
            super().__init__(inputs, -(-outputs // divisor), **options)

    return ThinConv


class SmallInception(models.Inception3):
    def __init__(self, divisor=32, classes=6):
        conv = _thin(divisor)
        blocks = [
            partial(getattr(_inception, f"Inception{letter}"), conv_block=conv)
            for letter in "ABCDE"
        ]
        super().__init__(
            num_classes=classes,
            aux_logits=False,
            init_weights=False,
            inception_blocks=[conv, *blocks, None],
        )
        self.fc = nn.Linear(2048 // divisor, classes)


def _densenet():
    return models.DenseNet(
        growth_rate=4, block_config=(2, 3, 2, 2), num_init_features=8, bn_size=2, num_classes=6
    )


def _efficientnet_b0():
    block = partial(MBConvConfig, width_mult=1.0, depth_mult=1.0)
    settings = [
        block(1, 3, 1, 8, 8, 1),
        block(3, 3, 2, 8, 8, 2),
        block(3, 5, 2, 8, 16, 2),
    ]
    return models.EfficientNet(settings, dropout=0.2, num_classes=6, last_channel=24)


def _efficientnet_v2():
    settings = [
        FusedMBConvConfig(1, 3, 1, 8, 8, 1),
        FusedMBConvConfig(2, 3, 2, 8, 8, 2),
        MBConvConfig(3, 3, 2, 8, 16, 2),
    ]
    norm = partial(nn.BatchNorm2d, eps=1e-03)
    return models.EfficientNet(
        settings, dropout=0.2, num_classes=6, norm_layer=norm, last_channel=24
    )


class SmallMobileNetV2(models.MobileNetV2):
    def __init__(self, classes=6):
        super().__init__(
            num_classes=classes,
            width_mult=0.25,
            inverted_residual_setting=[[1, 16, 1, 1], [4, 24, 2, 2], [4, 32, 2, 2]],
        )
        tail = self.features[-1]
        self.features[-1] = type(tail)(
            tail[0].in_channels, 24, kernel_size=1, activation_layer=nn.ReLU6
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(24, classes))


def _mobilenet_v3(settings):
    block = partial(InvertedResidualConfig, width_mult=1.0)
    return models.MobileNetV3([block(*row) for row in settings], last_channel=20, num_classes=6)


def _mobilenet_v3_small():
    return _mobilenet_v3(
        [
            (8, 3, 8, 8, True, "RE", 2, 1),
            (8, 3, 16, 8, False, "RE", 1, 1),
            (8, 5, 16, 16, True, "HS", 2, 1),
            (16, 5, 24, 16, True, "HS", 1, 1),
        ]
    )


def _mobilenet_v3_large():
    return _mobilenet_v3(
        [
            (8, 3, 8, 8, False, "RE", 1, 1),
            (8, 3, 16, 8, False, "RE", 2, 1),
            (8, 5, 16, 16, True, "RE", 2, 1),
            (16, 3, 24, 16, False, "HS", 1, 1),
            (16, 5, 24, 16, True, "HS", 1, 2),
        ]
    )


class SmallMNASNet(models.MNASNet):
    def __init__(self, classes=6):
        nn.Module.__init__(self)
        momentum = 0.0003
        stacks = [
            stack(4, 8, 3, 2, 2, 2, momentum),
            stack(8, 8, 5, 2, 2, 1, momentum),
            stack(8, 8, 5, 1, 2, 2, momentum),
            stack(8, 12, 3, 1, 2, 1, momentum),
            stack(12, 12, 5, 1, 2, 2, momentum),
            stack(12, 16, 3, 1, 2, 1, momentum),
        ]
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, stride=2, bias=False),
            nn.BatchNorm2d(8, momentum=momentum),
            nn.ReLU(),
            nn.Conv2d(8, 8, 3, padding=1, stride=1, groups=8, bias=False),
            nn.BatchNorm2d(8, momentum=momentum),
            nn.ReLU(),
            nn.Conv2d(8, 4, 1, padding=0, stride=1, bias=False),
            nn.BatchNorm2d(4, momentum=momentum),
            *stacks,
            nn.Conv2d(16, 24, 1, padding=0, stride=1, bias=False),
            nn.BatchNorm2d(24, momentum=momentum),
            nn.ReLU(),
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(24, classes))


def _shufflenet():
    return models.ShuffleNetV2([2, 2, 2], [8, 12, 16, 24, 24], num_classes=6)


def _regnet(se_ratio):
    parameters = BlockParams(
        depths=[1, 2, 2, 1],
        widths=[8, 8, 16, 16],
        group_widths=[4, 4, 8, 8],
        bottleneck_multipliers=[1.0] * 4,
        strides=[2, 2, 2, 1],
        se_ratio=se_ratio,
    )
    return models.RegNet(parameters, num_classes=6, stem_width=8)


def _convnext():
    settings = [
        CNBlockConfig(8, 12, 1),
        CNBlockConfig(12, 16, 1),
        CNBlockConfig(16, None, 2),
    ]
    return models.ConvNeXt(settings, num_classes=6)


_DEEP = {"layer4": "layer4", "layer4[-1]": "layer4.1", "layer4.0": "layer4.0", "layer3": "layer3"}
_LAST = {"features": "features", "features[-1]": "features.{last}"}
_TRUNK = {"trunk_output": "trunk_output", "trunk_output.block3": "trunk_output.block3"}
_VGG = [4, "M", 8, "M", 12, 12, "M"]

NETWORKS: dict[str, Small] = {
    "resnet18": Small(lambda: SmallResNet(BasicBlock, [6, 8, 12, 16], [1, 1, 1, 2]), 40, _DEEP),
    "resnet50": Small(lambda: SmallResNet(Bottleneck, [4, 4, 6, 8], [1, 1, 1, 2]), 40, _DEEP),
    "resnext50_32x4d": Small(
        lambda: SmallResNet(Bottleneck, [4, 4, 8, 8], [1, 1, 1, 2], 2, 32), 40, _DEEP
    ),
    "vgg11": Small(lambda: SmallVGG(_VGG, False), 32, _LAST),
    "vgg11_bn": Small(lambda: SmallVGG(_VGG, True), 32, _LAST),
    "vgg16_pooled": Small(lambda: SmallVGG(_VGG, True, grid=2), 32, _LAST),
    "alexnet": Small(SmallAlexNet, 47, _LAST),
    "densenet121": Small(
        _densenet,
        64,
        {"features.denseblock4": "features.denseblock4", "features[-1]": "features.norm5"},
    ),
    "efficientnet_b0": Small(_efficientnet_b0, 32, _LAST),
    "efficientnet_v2_s": Small(_efficientnet_v2, 32, _LAST),
    "mobilenet_v2": Small(SmallMobileNetV2, 32, _LAST),
    "mobilenet_v3_small": Small(_mobilenet_v3_small, 32, _LAST),
    "mobilenet_v3_large": Small(_mobilenet_v3_large, 32, _LAST),
    "inception_v3": Small(SmallInception, 107, {"Mixed_7c": "Mixed_7c", "Mixed_6e": "Mixed_6e"}),
    "googlenet": Small(SmallGoogLeNet, 64, {"inception5b": "inception5b", "maxpool3": "maxpool3"}),
    "squeezenet1_0": Small(lambda: SmallSqueezeNet("1_0"), 45, _LAST),
    "squeezenet1_1": Small(lambda: SmallSqueezeNet("1_1"), 48, _LAST),
    "mnasnet1_0": Small(SmallMNASNet, 32, {"layers": "layers", "layers[-1]": "layers.16"}),
    "shufflenet_v2_x1_0": Small(
        _shufflenet, 64, {"conv5": "conv5", "stage4[-1]": "stage4.1", "stage3": "stage3"}
    ),
    "regnet_x_400mf": Small(lambda: _regnet(None), 32, _TRUNK),
    "regnet_y_400mf": Small(lambda: _regnet(0.25), 32, _TRUNK),
    "convnext_tiny": Small(_convnext, 40, _LAST),
}


def resolved(name: str, model: nn.Module, small: Small) -> str:
    """The module path that a typed name means, `{last}` being the last child's number."""
    path = small.names[name]
    if "{last}" in path:
        path = path.format(last=len(model.get_submodule(path.split(".")[0])) - 1)
    return path
