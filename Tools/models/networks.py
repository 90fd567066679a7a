"""The two networks, small enough to be read as a whole."""

from torch import nn


def step(inputs, outputs, stride=1, kernel=3, dilation=1):
    """Convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class PageNet(nn.Module):
    """Which elements a page has: a feature map at an eighth of the input, averaged, a linear layer.

    A feature sees 79 of 256 pixels at most, so that what it says is about the place where it says
    it; the average weighs all places alike, and so a class can only be won by evidence somewhere.
    """

    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            step(3, 16, stride=2),
            step(16, 32, stride=2),
            step(32, 64, stride=2),
            step(64, 64),
            step(64, 64),
            step(64, 64, dilation=2),
            step(64, 128, kernel=1),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(128, classes)
        self.last = nn.Identity()

    def head(self, features):
        """Logits [N, classes] of a feature map."""
        return self.classifier(self.pool(features).flatten(1))

    def forward(self, image):
        """Logits [N, classes]; probabilities once `last` is a sigmoid, as in the exported model."""
        return self.last(self.head(self.features(image)))


class ChartNet(nn.Module):
    """Which pattern a chart has: four poolings, and a linear layer on the flattened feature map.

    There is no average over places: every place of the last feature map has weights of its own.
    """

    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            step(3, 16),
            nn.MaxPool2d(2),
            step(16, 32),
            nn.MaxPool2d(2),
            step(32, 48),
            step(48, 48),
            nn.MaxPool2d(2),
            step(48, 64),
            step(64, 48),
            nn.MaxPool2d((2, 1)),
        )
        self.dropout = nn.Dropout(0.3)
        self.classifier = nn.Linear(48 * 8 * 32, classes)
        self.last = nn.Identity()

    def head(self, features):
        """Logits [N, classes] of a feature map."""
        return self.classifier(self.dropout(features.flatten(1)))

    def forward(self, image):
        """Logits [N, classes]."""
        return self.last(self.head(self.features(image)))
