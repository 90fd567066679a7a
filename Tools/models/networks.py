"""The networks, small enough to be read as a whole."""

import torch
from torch import nn


def step(inputs, outputs, stride=1, kernel=3, dilation=1):
    """Convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class SlidingMean(nn.Module):
    """The mean of a square around every place, zero beyond the border: a convolution per channel.

    It is no pooling, which before the average over all places would count as a part of that average
    and not as a feature map to look at.
    """

    def __init__(self, channels, side):
        super().__init__()
        weight = torch.full((channels, 1, side, side), 1 / side**2)
        self.register_buffer("weight", weight, persistent=False)

    def forward(self, features):
        """Means [N, C, H, W] of features [N, C, H, W]."""
        side = self.weight.shape[-1]
        return nn.functional.conv2d(
            features, self.weight, padding=side // 2, groups=self.weight.shape[0]
        )


class PlaceNet(nn.Module):
    """Which classes are somewhere: a feature map, averaged over all places, a linear layer.

    A feature sees a part of the picture only, so that what it says is about the place where it says
    it; the average weighs all places alike, and so a class can only be won by evidence somewhere.
    Every place that sees a bit of an element answers to it: the answer is a plateau half a
    receptive field wider than the element, highest anywhere on it. Its sliding mean, for which
    there is nothing beyond the picture, is highest in the middle. It has no weights, and the mean
    over all places is the same but for the border, so training goes without it.
    """

    def __init__(self, classes, features, channels, smooth=1):
        super().__init__()
        self.features = features
        self.smooth = SlidingMean(channels, smooth) if smooth > 1 else nn.Identity()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, classes)
        self.last = nn.Identity()

    def map(self, image):
        """The last feature map [N, C, h, w]."""
        features = self.features(image)
        return features if self.training else self.smooth(features)

    def head(self, features):
        """Logits [N, classes] of a feature map."""
        return self.classifier(self.pool(features).flatten(1))

    def forward(self, image):
        """Logits [N, classes]; probabilities once `last` is a sigmoid, as in the exported model."""
        return self.last(self.head(self.map(image)))


def page_net(classes):
    """A feature sees 79 of 256 pixels; the map is an eighth of the input."""
    features = nn.Sequential(
        step(3, 16, stride=2),
        step(16, 32, stride=2),
        step(32, 64, stride=2),
        step(64, 64),
        step(64, 64),
        step(64, 64, dilation=2),
        step(64, 128, kernel=1),
    )
    return PlaceNet(classes, features, 128, smooth=7)


def lot_net(classes):
    """A feature sees 23 of 160 pixels, a little more than a car; the map is a quarter of the input."""
    features = nn.Sequential(
        step(3, 16, stride=2),
        step(16, 32, stride=2),
        step(32, 48),
        step(48, 64),
        step(64, 64, kernel=1),
    )
    return PlaceNet(classes, features, 64)


def chest_net(classes):
    """A feature sees 31 of 160 pixels; the map is a quarter of the input, which is gray."""
    features = nn.Sequential(
        step(1, 16, stride=2),
        step(16, 32, stride=2),
        step(32, 48),
        step(48, 64, dilation=2),
        step(64, 64, kernel=1),
    )
    return PlaceNet(classes, features, 64)


class ChartNet(nn.Module):
    """Which pattern a chart has: maximum poolings, and two linear layers on what they leave.

    There is no average over places: every place of the last feature map has weights of its own.
    The last pooling leaves 4 x 8 of them, few enough to see every pattern often in each.
    """

    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            step(3, 16, stride=2, kernel=5),
            step(16, 32, stride=2),
            step(32, 48),
            nn.MaxPool2d(2),
            step(48, 64),
            step(64, 64),
            nn.MaxPool2d(4),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(0.2),
            nn.Linear(64 * 4 * 8, 64),
            nn.ReLU(),
            nn.Linear(64, classes),
        )
        self.last = nn.Identity()

    def map(self, image):
        """The feature map before the last pooling [N, 64, H / 8, W / 8]."""
        return self.features[:-1](image)

    def head(self, features):
        """Logits [N, classes] of a feature map."""
        return self.classifier(self.features[-1](features).flatten(1))

    def forward(self, image):
        """Logits [N, classes]."""
        return self.last(self.head(self.map(image)))

    def primer(self, classes):
        """A network for short charts that shares the convolutions."""
        return ShortChartNet(self.features, classes)


class ShortChartNet(nn.Module):
    """Which pattern a short chart has: the greatest answer of each feature, one linear layer."""

    def __init__(self, features, classes):
        super().__init__()
        self.features = features
        self.classifier = nn.Linear(64, classes)

    def forward(self, image):
        """Logits [N, classes]."""
        return self.classifier(self.features(image).amax((2, 3)))
