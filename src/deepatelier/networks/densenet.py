"""DenseNet: every layer receives the feature maps of all layers before it.

Source: Huang, Liu, van der Maaten and Weinberger, 'Densely Connected Convolutional Networks' (2016), table 1.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import ClassVar

import torch
from torch import Tensor, nn

from deepatelier.networks.layers import Pooling, pool2d
from deepatelier.networks.network import Network

__all__ = ["CONFIGURATIONS", "DenseLayer", "DenseNet"]

CONFIGURATIONS: dict[int, tuple[int, int, tuple[int, int, int, int]]] = {
    121: (32, 64, (6, 12, 24, 16)),
    161: (48, 96, (6, 12, 36, 24)),
    169: (32, 64, (6, 12, 32, 32)),
    201: (32, 64, (6, 12, 48, 32)),
}
"""The growth rate, the filters of the first convolution, and the number of layers in each of the four blocks."""


class DenseLayer(nn.Module):
    """y = [x, conv3x3(ReLU(BN(conv1x1(ReLU(BN(x))))))]: the input, followed by ``growth`` new feature maps.

    Args:
        in_channels: The input channels.
        growth: The paper's k; the 1x1 convolution has 4k filters (DenseNet-B).

    Shape: (B, in_channels, H, W) to (B, in_channels + growth, H, W).
    """

    def __init__(self, in_channels: int, growth: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(in_channels, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(self.relu1(self.norm1(x)))
        return torch.cat([x, self.conv2(self.relu2(self.norm2(y)))], 1)


class DenseNet(Network):
    """Four dense blocks, with transitions in between that halve channels and size (DenseNet-BC).

    Args:
        depth: One of `CONFIGURATIONS`.
        num_classes: The number of outputs; 0 omits the head, so that the network returns the last feature maps.
        in_channels: The channels of the input.
        pooling: The first pooling, ``max`` or ``average``; the transitions use average pooling, as in the paper.

    Shape: (B, in_channels, H, W) sRGB in [0, 1], H and W 29 or more, to (B, num_classes); (B, C, H/32, W/32) without
    head.

    Layers: ``conv0, norm0, relu0, pool0``, the blocks ``dense1 … dense4``, their layers ``dense1_1 …`` with their
    submodules ``dense1_1/conv1`` …, ``transition1`` … with theirs, ``norm5, relu5, pool5, fc``. The ``state_dict`` keys
    are torchvision's.
    """

    head: ClassVar[tuple[str, ...]] = ("classifier",)

    def __init__(self, depth: int, num_classes: int = 1000, in_channels: int = 3, pooling: Pooling = "max") -> None:
        super().__init__((in_channels, 224, 224), smallest=29)
        growth, channels, counts = CONFIGURATIONS[depth]
        modules: dict[str, nn.Module] = {
            "conv0": nn.Conv2d(in_channels, channels, 7, stride=2, padding=3, bias=False),
            "norm0": nn.BatchNorm2d(channels),
            "relu0": nn.ReLU(),
            "pool0": pool2d(pooling, 3, 2, padding=1),
        }
        for block, count in enumerate(counts, start=1):
            layers = [DenseLayer(channels + index * growth, growth) for index in range(count)]
            modules[f"denseblock{block}"] = nn.Sequential(
                OrderedDict({f"denselayer{index}": layer for index, layer in enumerate(layers, start=1)})
            )
            channels += count * growth
            if block < len(counts):
                modules[f"transition{block}"] = nn.Sequential(
                    OrderedDict(
                        norm=nn.BatchNorm2d(channels),
                        relu=nn.ReLU(),
                        conv=nn.Conv2d(channels, channels // 2, 1, bias=False),
                        pool=nn.AvgPool2d(2, 2),
                    )
                )
                channels //= 2
        modules |= {"norm5": nn.BatchNorm2d(channels), "relu5": nn.ReLU()}
        self.features = nn.Sequential(OrderedDict(modules))
        for path, _ in self.features.named_modules():
            if path:
                self.layers[_paper_name(path)] = f"features.{path}"
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.classifier = nn.Linear(channels, num_classes)
            self.layers |= {"pool5": "avgpool", "fc": "classifier"}

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.prepare(image))  # B, C, H/32, W/32
        if self.num_classes:
            x = self.classifier(self.avgpool(x).flatten(1))  # B, num_classes
        return x


def _paper_name(path: str) -> str:
    """Convert a module path to the name in the paper: ``denseblock1.denselayer2.conv1`` is ``dense1_2/conv1``."""
    return path.replace("denseblock", "dense").replace(".denselayer", "_").replace(".", "/")
