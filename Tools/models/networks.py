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
    Every place that sees a bit of an element answers to it: the answer is a plateau half a
    receptive field wider than the element, highest anywhere on it. Its sliding mean, for which
    there is nothing beyond the page, is highest in the middle. It has no weights, and the mean over
    all places is the same but for the border, so training goes without it.
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
        self.smooth = nn.AvgPool2d(7, stride=1, padding=3)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(128, classes)
        self.last = nn.Identity()

    def map(self, image):
        """The last feature map [N, 128, H / 8, W / 8]."""
        features = self.features(image)
        return features if self.training else self.smooth(features)

    def head(self, features):
        """Logits [N, classes] of a feature map."""
        return self.classifier(self.pool(features).flatten(1))

    def forward(self, image):
        """Logits [N, classes]; probabilities once `last` is a sigmoid, as in the exported model."""
        return self.last(self.head(self.map(image)))


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
        """The last feature map [N, 64, H / 32, W / 32]."""
        return self.features(image)

    def head(self, features):
        """Logits [N, classes] of a feature map."""
        return self.classifier(features.flatten(1))

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
