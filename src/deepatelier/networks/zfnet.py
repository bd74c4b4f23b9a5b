"""ZFNet: AlexNet, improved after visualising its features.

Source: Zeiler and Fergus, 'Visualizing and Understanding Convolutional Networks' (2013), figure 3, with the widths in
the table of Loo's 'Deep Learning' (2017).
"""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from deepatelier.networks.layers import Pooling, local_response_norm, pool2d
from deepatelier.networks.network import Network

__all__ = ["ZFNet"]


class ZFNet(Network):
    """AlexNet with smaller filters and strides in its first layers, and more feature maps in its later ones.

    The first convolution has a padding of 1 and the first two pooling layers round up, as the sizes in the tables
    require: 110, 55, 26, 13, 6.

    Departures from the source: Loo's widths (512, 1024, 512) instead of the paper's; adaptive pooling before the dense
    layers, which has no effect at 224 and allows other sizes.

    Args:
        num_classes: The number of outputs; 0 omits the dense layers, so that the network returns the last feature maps.
        in_channels: The channels of the input.
        pooling: ``max`` or ``average``.

    Shape: (B, in_channels, H, W) sRGB in [0, 1], H and W 63 or more, to (B, num_classes); (B, 512, 6, 6) without dense
    layers at 224.

    Layers: ``conv1, relu1, pool1, norm1, conv2 … pool5, fc6, relu6, fc7, relu7, fc8``.
    """

    initialization = "zfnet"
    head: ClassVar[tuple[str, ...]] = ("classifier",)

    def __init__(self, num_classes: int = 1000, in_channels: int = 3, pooling: Pooling = "max") -> None:
        super().__init__((in_channels, 224, 224), smallest=63)
        self.features = self._sequence(
            "features",
            {
                "conv1": nn.Conv2d(in_channels, 96, 7, stride=2, padding=1),  # 110 x 110
                "relu1": nn.ReLU(),
                "pool1": pool2d(pooling, 3, 2, ceil_mode=True),  # 55 x 55
                "norm1": local_response_norm(),
                "conv2": nn.Conv2d(96, 256, 5, stride=2),  # 26 x 26
                "relu2": nn.ReLU(),
                "pool2": pool2d(pooling, 3, 2, ceil_mode=True),  # 13 x 13
                "norm2": local_response_norm(),
                "conv3": nn.Conv2d(256, 512, 3, padding=1),
                "relu3": nn.ReLU(),
                "conv4": nn.Conv2d(512, 1024, 3, padding=1),
                "relu4": nn.ReLU(),
                "conv5": nn.Conv2d(1024, 512, 3, padding=1),
                "relu5": nn.ReLU(),
                "pool5": pool2d(pooling, 3, 2),  # 6 x 6
            },
        )
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(6)
            self.classifier = self._sequence(
                "classifier",
                {
                    "fc6": nn.Linear(512 * 6 * 6, 4096),
                    "relu6": nn.ReLU(),
                    "dropout6": nn.Dropout(),
                    "fc7": nn.Linear(4096, 4096),
                    "relu7": nn.ReLU(),
                    "dropout7": nn.Dropout(),
                    "fc8": nn.Linear(4096, num_classes),
                },
            )

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.prepare(image))  # B, 512, 6, 6 at 224
        if self.num_classes:
            x = self.classifier(self.avgpool(x).flatten(1))  # B, num_classes
        return x
