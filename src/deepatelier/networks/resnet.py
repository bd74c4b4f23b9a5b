"""ResNet: networks whose blocks learn a residual that is added to their input.

Source: He, Zhang, Ren and Sun, 'Deep Residual Learning for Image Recognition' (2015), table 1 and section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from torch import Tensor, nn
from torch.nn import functional

from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.networks.layers import Pooling, pool2d
from deepatelier.networks.network import Network

__all__ = [
    "DEPTHS",
    "SHORTCUTS",
    "BasicBlock",
    "Bottleneck",
    "CifarResNet",
    "IdentityShortcut",
    "ResNet",
    "block_names",
]

DEPTHS: dict[int, tuple[bool, tuple[int, int, int, int]]] = {
    18: (False, (2, 2, 2, 2)),
    34: (False, (3, 4, 6, 3)),
    50: (True, (3, 4, 6, 3)),
    101: (True, (3, 4, 23, 3)),
    152: (True, (3, 8, 36, 3)),
}
"""The paper's table 1: whether the blocks are bottlenecks, and their number in conv2_x to conv5_x."""

SHORTCUTS = ("identity", "projection", "none")
"""The shortcuts across a change of size: the paper's A (zeros for new channels), B (a 1x1 convolution), or none for a
plain network."""


class BasicBlock(nn.Module):
    """y = ReLU(F(x) + shortcut(x)), where F is two 3x3 convolutions with batch normalisation (figure 5, left).

    Args:
        in_channels: The input channels.
        width: The output channels.
        stride: The stride of the first convolution.
        downsample: The shortcut; None is the identity.
        residual: Whether there is a shortcut; without one, it is a block of a plain network.

    Shape: (B, in_channels, H, W) to (B, width, H/stride, W/stride).
    """

    expansion: ClassVar[int] = 1

    def __init__(
        self, in_channels: int, width: int, stride: int = 1, downsample: nn.Module | None = None, residual: bool = True
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = downsample
        self.relu2 = nn.ReLU()
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.residual:
            y = y + (x if self.downsample is None else self.downsample(x))
        return self.relu2(y)


class Bottleneck(nn.Module):
    """y = ReLU(F(x) + shortcut(x)), where F is 1x1, 3x3 and 1x1 convolutions, the first two narrow (figure 5, right).

    Departure from the source: the stride is in the 3x3 convolution, as in torchvision and its weights.

    Args:
        in_channels: The input channels.
        width: The channels of the narrow convolutions; there are four times as many output channels.
        stride: The stride of the 3x3 convolution.
        downsample: The shortcut; None is the identity.

    Shape: (B, in_channels, H, W) to (B, 4 · width, H/stride, W/stride).
    """

    expansion: ClassVar[int] = 4

    def __init__(self, in_channels: int, width: int, stride: int = 1, downsample: nn.Module | None = None) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = downsample
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu3(y + (x if self.downsample is None else self.downsample(x)))


class IdentityShortcut(nn.Module):
    """Every ``stride``-th position, with zeros for new channels: the paper's parameter-free shortcut A.

    Shape: (B, in_channels, H, W) to (B, out_channels, ceil(H/stride), ceil(W/stride)).
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.new, self.stride = out_channels - in_channels, stride

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new))

    def extra_repr(self) -> str:
        return f"new={self.new}, stride={self.stride}"


_Shortcut = Callable[[int, int, int], nn.Module | None]
"""Makes a shortcut from the input channels, the output channels and the stride."""


def _projection(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    """Return the paper's shortcut B: a 1x1 convolution with batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
        nn.BatchNorm2d(out_channels),
    )


def _nothing(_in_channels: int, _out_channels: int, _stride: int) -> None:
    """Return no shortcut, for a plain network."""


def _add_stages(
    network: Network,
    block: Callable[..., nn.Module],
    counts: Sequence[int],
    widths: Sequence[int],
    expansion: int,
    shortcut: _Shortcut,
) -> int:
    """Add the stages ``layer1``, ``layer2`` …, each half the size of the last, and return the output channels."""
    channels = widths[0]
    for stage, (count, width) in enumerate(zip(counts, widths, strict=True), start=1):
        stride, out = 1 if stage == 1 else 2, width * expansion
        changes = stride != 1 or channels != out
        first = block(channels, width, stride, shortcut(channels, out, stride) if changes else None)
        blocks = nn.Sequential(first, *(block(out, width) for _ in range(count - 1)))
        setattr(network, f"layer{stage}", blocks)
        network.layers |= block_names(f"conv{stage + 1}", f"layer{stage}", blocks)
        channels = out
    return channels


class ResNet(Network):
    """A 7x7 convolution, four stages of residual blocks, global average pooling and one dense layer.

    Args:
        depth: One of `DEPTHS`.
        num_classes: The number of outputs; 0 omits the head, so that the network returns the last feature maps.
        in_channels: The channels of the input.
        pooling: ``max`` or ``average``.

    Shape: (B, in_channels, H, W) sRGB in [0, 1] to (B, num_classes); (B, 512 or 2048, H/32, W/32) without head.

    Layers: ``conv1, bn1, relu1, pool1``, then the blocks ``conv2_1 … conv5_3`` (after their last ReLU), and in a block
    ``conv2_1/conv1``, ``/bn1``, ``/relu1`` …, ``/shortcut``; ``pool5``, ``fc``. The ``state_dict`` keys are
    torchvision's.
    """

    head: ClassVar[tuple[str, ...]] = ("fc",)

    layer1: nn.Sequential
    layer2: nn.Sequential
    layer3: nn.Sequential
    layer4: nn.Sequential

    def __init__(self, depth: int, num_classes: int = 1000, in_channels: int = 3, pooling: Pooling = "max") -> None:
        super().__init__((in_channels, 224, 224))
        bottlenecks, counts = DEPTHS[depth]
        block: type[BasicBlock | Bottleneck] = Bottleneck if bottlenecks else BasicBlock
        self.conv1 = nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = pool2d(pooling, 3, 2, padding=1)
        self.layers |= {"conv1": "conv1", "bn1": "bn1", "relu1": "relu", "pool1": "maxpool"}
        channels = _add_stages(self, block, counts, (64, 128, 256, 512), block.expansion, _projection)
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.fc = nn.Linear(channels, num_classes)
            self.layers |= {"pool5": "avgpool", "fc": "fc"}

    def forward(self, image: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(self.prepare(image))))  # B, 64, H/2, W/2
        x = self.layer2(self.layer1(self.maxpool(x)))  # B, 128 e, H/8, W/8
        x = self.layer4(self.layer3(x))  # B, 512 e, H/32, W/32
        if self.num_classes:
            x = self.fc(self.avgpool(x).flatten(1))  # B, num_classes
        return x


class CifarResNet(Network):
    """A 3x3 convolution, three stages of (depth − 2)/6 basic blocks at 32, 16 and 8 pixels, and one dense layer.

    Args:
        depth: 6n + 2: 20, 32, 44, 56, 110 in the paper.
        shortcut: One of `SHORTCUTS`; ``none`` gives the plain network that the paper compares with.
        num_classes: The number of outputs; 0 omits the head, so that the network returns the last feature maps.
        in_channels: The channels of the input.

    Shape: (B, in_channels, H, W) sRGB in [0, 1] to (B, num_classes); (B, 64, H/4, W/4) without head.

    Layers: ``conv1, bn1, relu1``, the blocks ``conv2_1 … conv4_n`` and their submodules, ``pool4``, ``fc``.

    Raises:
        OptionError: ``depth`` is not 6n + 2.
    """

    head: ClassVar[tuple[str, ...]] = ("fc",)

    layer1: nn.Sequential
    layer2: nn.Sequential
    layer3: nn.Sequential

    def __init__(
        self,
        depth: int,
        shortcut: Literal["identity", "projection", "none"] = "identity",
        num_classes: int = 10,
        in_channels: int = 3,
    ) -> None:
        super().__init__((in_channels, 32, 32))
        if depth < 8 or (depth - 2) % 6:
            raise OptionError(f"The depth of a CIFAR ResNet is 6n + 2, such as 20 or 56; received {depth}.")
        if shortcut not in SHORTCUTS:
            raise UnknownNameError("shortcut", shortcut, SHORTCUTS)
        residual = shortcut != "none"
        makers: dict[str, _Shortcut] = {
            "identity": IdentityShortcut,
            "projection": _projection,
            "none": _nothing,
        }

        def block(in_channels: int, width: int, stride: int = 1, downsample: nn.Module | None = None) -> nn.Module:
            return BasicBlock(in_channels, width, stride, downsample, residual)

        self.conv1 = nn.Conv2d(in_channels, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU()
        self.layers |= {"conv1": "conv1", "bn1": "bn1", "relu1": "relu"}
        count = (depth - 2) // 6
        channels = _add_stages(self, block, (count, count, count), (16, 32, 64), 1, makers[shortcut])
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.fc = nn.Linear(channels, num_classes)
            self.layers |= {"pool4": "avgpool", "fc": "fc"}

    def forward(self, image: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(self.prepare(image))))  # B, 16, H, W
        x = self.layer3(self.layer2(self.layer1(x)))  # B, 64, H/4, W/4
        if self.num_classes:
            x = self.fc(self.avgpool(x).flatten(1))  # B, num_classes
        return x


def block_names(name: str, path: str, blocks: nn.Sequential) -> dict[str, str]:
    """Return the module paths of a stage's blocks and all their submodules: ``conv2_1``, ``conv2_1/conv1`` …"""
    names = {}
    for index, block in enumerate(blocks):
        for part, _ in block.named_modules(prefix=f"{path}.{index}"):
            inner = part.removeprefix(f"{path}.{index}").replace("downsample", "shortcut").replace("se_module", "se")
            names[f"{name}_{index + 1}{inner.replace('.', '/')}"] = part
    return names
