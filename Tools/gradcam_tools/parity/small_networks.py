"""Three small networks for the goldens: normalized, with two linear layers, and dense."""

import torch
from torch import nn

SIDE, CLASSES = 16, 5


class Normalized(nn.Module):
    """Convolutions with batch norms, a residual sum, means over the plane, one linear layer."""

    layers = ["first", "second"]

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.body = nn.Sequential(nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6))
        self.relu = nn.ReLU()
        self.second = nn.Sequential(
            nn.Conv2d(6, 8, 3, padding=1, stride=2, bias=False), nn.BatchNorm2d(8), nn.ReLU()
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, CLASSES)

    def forward(self, x):
        x = self.first(x)
        x = self.relu(x + self.body(x))
        return self.fc(self.pool(self.second(x)).flatten(1))


class TwoLayerHead(nn.Module):
    """Convolutions with bias, and two linear layers behind the flattened maps."""

    layers = ["features.2", "features"]

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(5, 7, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Linear(7 * 16, 12), nn.ReLU(), nn.Linear(12, CLASSES))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Dense(nn.Module):
    """Maps joined to their input, batch norms before convolutions, a ReLU outside the features."""

    layers = ["features.pool", "features"]

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("conv", nn.Conv2d(3, 4, 3, padding=1, bias=False))
        self.features.add_module("pool", nn.MaxPool2d(2))
        self.features.add_module("block", _Joining(4, 4))
        self.features.add_module("reduce", nn.AvgPool2d(2))
        self.features.add_module("norm", nn.BatchNorm2d(8))
        self.relu = nn.ReLU()
        self.classifier = nn.Linear(8, CLASSES)

    def forward(self, x):
        return self.classifier(self.relu(self.features(x)).mean((2, 3)))


class _Joining(nn.Module):
    def __init__(self, channels: int, growth: int):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv = nn.Conv2d(channels, growth, 3, padding=1, bias=False)

    def forward(self, x):
        return torch.cat([x, self.conv(self.relu(self.norm(x)))], 1)


NETWORKS = {"normalized": Normalized, "two-layer-head": TwoLayerHead, "dense": Dense}
