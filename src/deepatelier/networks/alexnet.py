"""AlexNet: the ConvNet that won ImageNet in 2012.

Source: Krizhevsky, Sutskever and Hinton, 'ImageNet Classification with Deep Convolutional Neural Networks' (2012), and
the table in Loo's 'Deep Learning' (2017).
"""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from deepatelier.networks.layers import Pooling, local_response_norm, pool2d
from deepatelier.networks.network import Network

__all__ = ["AlexNet"]


class AlexNet(Network):
    """Five convolutions, three overlapping pooling layers, and three dense layers with dropout.

    Departures from the source: a single tower instead of two halves on two GPUs, as in Loo's table; adaptive pooling
    before the dense layers, which has no effect at the paper's input size and allows other sizes.

    Args:
        torchvision: torchvision's variant ('One weird trick for parallelizing convolutional neural networks', 2014):
            other widths, no local response normalisation, dropout before instead of after the dense layers.
        num_classes: The number of outputs; 0 omits the dense layers, so that the network returns the last feature maps.
        in_channels: The channels of the input.
        pooling: ``max`` or ``average``.

    Shape: (B, in_channels, H, W) sRGB in [0, 1], H and W 63 or more, to (B, num_classes); (B, 256, 6, 6) without dense
    layers at 224.

    Layers: ``conv1, relu1, norm1, pool1, conv2 … pool5, fc6, relu6, fc7, relu7, fc8``. The ``state_dict`` keys of
    torchvision's variant are torchvision's.
    """

    initialization = "alexnet"
    head: ClassVar[tuple[str, ...]] = ("classifier",)

    def __init__(
        self,
        torchvision: bool = False,
        num_classes: int = 1000,
        in_channels: int = 3,
        pooling: Pooling = "max",
    ) -> None:
        super().__init__((in_channels, 224, 224), smallest=63)
        if torchvision:
            self.initialization = "he"
        modules: dict[str, nn.Module] = {}
        channels = in_channels
        geometry = ((11, 4, 2), (5, 1, 2), (3, 1, 1), (3, 1, 1), (3, 1, 1))
        widths = (64, 192, 384, 256, 256) if torchvision else (96, 256, 384, 384, 256)
        for index, (width, (kernel_size, stride, padding)) in enumerate(zip(widths, geometry, strict=True), start=1):
            modules[f"conv{index}"] = nn.Conv2d(channels, width, kernel_size, stride, padding)
            modules[f"relu{index}"] = nn.ReLU()
            if index <= 2 and not torchvision:
                modules[f"norm{index}"] = local_response_norm()
            if index in (1, 2, 5):
                modules[f"pool{index}"] = pool2d(pooling, 3, 2)
            channels = width
        self.features = self._sequence("features", modules)  # 55, 27, 13, 6 pixels per side at 224
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(6)
            dense6, dense7 = nn.Linear(channels * 6 * 6, 4096), nn.Linear(4096, 4096)
            hidden: dict[str, nn.Module] = (
                {"dropout6": nn.Dropout(), "fc6": dense6, "relu6": nn.ReLU(), "dropout7": nn.Dropout(), "fc7": dense7}
                | {"relu7": nn.ReLU()}
                if torchvision
                else {"fc6": dense6, "relu6": nn.ReLU(), "dropout6": nn.Dropout(), "fc7": dense7, "relu7": nn.ReLU()}
                | {"dropout7": nn.Dropout()}
            )
            self.classifier = self._sequence("classifier", hidden | {"fc8": nn.Linear(4096, num_classes)})

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.prepare(image))  # B, 256, 6, 6 at 224
        if self.num_classes:
            x = self.classifier(self.avgpool(x).flatten(1))  # B, num_classes
        return x
