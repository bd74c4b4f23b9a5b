"""SENet: residual networks whose blocks reweight their channels.

Source: Hu, Shen and Sun, 'Squeeze-and-Excitation Networks' (2017), table 1 and appendix (SENet-154).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import ClassVar, NamedTuple

from torch import Tensor, nn

from deepatelier.networks.layers import Pooling, SqueezeExcitation, pool2d
from deepatelier.networks.network import Network
from deepatelier.networks.resnet import block_names

__all__ = ["CONFIGURATIONS", "Configuration", "SEBottleneck", "SENet"]


class Configuration(NamedTuple):
    """The differences between the networks.

    Attributes:
        counts: The number of blocks in each of the four stages.
        deep: SENet-154's changes: three 3x3 convolutions first, wide grouped blocks, 3x3 projections, dropout.
    """

    counts: tuple[int, int, int, int]
    deep: bool


CONFIGURATIONS = {
    "se_resnet50": Configuration((3, 4, 6, 3), deep=False),
    "senet154": Configuration((3, 8, 36, 3), deep=True),
}


class SEBottleneck(nn.Module):
    """y = ReLU(SE(F(x)) + shortcut(x)), where F is 1x1, 3x3 and 1x1 convolutions with batch normalisation.

    Args:
        in_channels: The input channels.
        width: A quarter of the output channels.
        stride: The stride of the first convolution; in a deep block, of the 3x3 convolution.
        downsample: The shortcut; None is the identity.
        deep: Whether it is a block of SENet-154, whose first convolution has 2 · width filters, and the second 4 ·
            width in 64 groups.

    Shape: (B, in_channels, H, W) to (B, 4 · width, H/stride, W/stride).
    """

    def __init__(
        self, in_channels: int, width: int, stride: int = 1, downsample: nn.Module | None = None, deep: bool = False
    ) -> None:
        super().__init__()
        first, second, groups = (2 * width, 4 * width, 64) if deep else (width, width, 1)
        strides = (1, stride) if deep else (stride, 1)
        self.conv1 = nn.Conv2d(in_channels, first, 1, strides[0], bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(first, second, 3, strides[1], padding=1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(second)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(second, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.se_module = SqueezeExcitation(4 * width)
        self.downsample = downsample
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.se_module(self.bn3(self.conv3(y)))
        return self.relu3(y + (x if self.downsample is None else self.downsample(x)))


class SENet(Network):
    """A ResNet of `SEBottleneck` blocks; the first pooling rounds up, as the authors' weights require.

    Args:
        configuration: One of `CONFIGURATIONS`.
        num_classes: The number of outputs; 0 omits the head, so that the network returns the last feature maps.
        in_channels: The channels of the input.
        pooling: ``max`` or ``average``.

    Shape: (B, in_channels, H, W) sRGB in [0, 1], H and W 3 or more, to (B, num_classes); (B, 2048, H/32, W/32) without
    head.

    Layers: ``conv1, bn1, relu1`` (SENet-154: ``conv1_1 … conv1_3``), ``pool1``, the blocks ``conv2_1 … conv5_3``, and
    in a block ``conv2_1/conv1`` …, ``/se``, ``/shortcut``; ``pool5``, ``fc``. The ``state_dict`` keys are those
    of the published PyTorch weights.
    """

    head: ClassVar[tuple[str, ...]] = ("last_linear",)

    layer1: nn.Sequential
    layer2: nn.Sequential
    layer3: nn.Sequential
    layer4: nn.Sequential

    def __init__(
        self, configuration: str, num_classes: int = 1000, in_channels: int = 3, pooling: Pooling = "max"
    ) -> None:
        super().__init__((in_channels, 224, 224), smallest=3)
        counts, deep = CONFIGURATIONS[configuration]
        first: dict[str, nn.Module] = {}
        channels = in_channels
        for index, width in enumerate((64, 64, 128) if deep else (64,), start=1):
            kernel_size = 3 if deep else 7
            first[f"conv{index}"] = nn.Conv2d(
                channels, width, kernel_size, stride=2 if index == 1 else 1, padding=kernel_size // 2, bias=False
            )
            first |= {f"bn{index}": nn.BatchNorm2d(width), f"relu{index}": nn.ReLU()}
            channels = width
        self.layer0 = nn.Sequential(OrderedDict(first))
        self.layers |= {f"{part[:-1]}1_{part[-1]}" if deep else part: f"layer0.{part}" for part in first}
        self.pool0 = pool2d(pooling, 3, 2, ceil_mode=True)
        self.layers["pool1"] = "pool0"
        for stage, count in enumerate(counts, start=1):
            width, stride = 32 * 2**stage, 1 if stage == 1 else 2
            kernel_size = 3 if deep and stage > 1 else 1
            projection = nn.Sequential(
                nn.Conv2d(channels, 4 * width, kernel_size, stride, padding=kernel_size // 2, bias=False),
                nn.BatchNorm2d(4 * width),
            )
            blocks = nn.Sequential(SEBottleneck(channels, width, stride, projection, deep))
            channels = 4 * width
            blocks.extend(SEBottleneck(channels, width, deep=deep) for _ in range(count - 1))
            setattr(self, f"layer{stage}", blocks)
            self.layers |= block_names(f"conv{stage + 1}", f"layer{stage}", blocks)
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.dropout = nn.Dropout(0.2 if deep else 0.0)
            self.last_linear = nn.Linear(channels, num_classes)
            self.layers |= {"pool5": "avgpool", "fc": "last_linear"}

    def forward(self, image: Tensor) -> Tensor:
        x = self.pool0(self.layer0(self.prepare(image)))  # B, 64 or 128, H/4, W/4
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))  # B, 2048, H/32, W/32
        if self.num_classes:
            x = self.last_linear(self.dropout(self.avgpool(x).flatten(1)))  # B, num_classes
        return x
