"""GoogLeNet: a network of Inception modules.

Source: Szegedy et al., 'Going Deeper with Convolutions' (2014), table 1 and figures 2 and 3.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from deepatelier.networks.layers import Pooling, local_response_norm, pool2d
from deepatelier.networks.network import Network

__all__ = ["MODULES", "Auxiliary", "ConvolutionUnit", "GoogLeNet", "Inception", "NaiveInception"]

MODULES: dict[str, tuple[int, int, int, int, int, int]] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""The paper's table 1: the filters of 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5 and the pooling projection."""


class ConvolutionUnit(nn.Module):
    """A convolution with ReLU. With ``batch_norm``, batch normalisation replaces the bias, as in torchvision.

    Shape: (B, in_channels, H, W) to (B, out_channels, H', W').
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        *,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        padding = kernel_size // 2
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=not batch_norm)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001) if batch_norm else None
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.bn is not None:
            x = self.bn(x)
        return self.relu(x)


class Inception(nn.Module):
    """Four parallel branches, with 1x1 convolutions that reduce the channels before large kernels (figure 2b).

    Args:
        in_channels: The input channels.
        widths: A row of `MODULES`.
        pooling: The pooling of the fourth branch.
        batch_norm: As for `ConvolutionUnit`.
        large: The kernel size of the third branch: 5 as in the paper. torchvision has 3, which it calls a known bug.

    Shape: (B, in_channels, H, W) to (B, sum of the branches, H, W).
    """

    def __init__(
        self,
        in_channels: int,
        widths: tuple[int, int, int, int, int, int],
        pooling: Pooling = "max",
        batch_norm: bool = False,
        large: int = 5,
    ) -> None:
        super().__init__()
        one, reduce3, three, reduce5, five, projection = widths
        self.branch1 = ConvolutionUnit(in_channels, one, 1, batch_norm=batch_norm)
        self.branch2 = nn.Sequential(
            ConvolutionUnit(in_channels, reduce3, 1, batch_norm=batch_norm),
            ConvolutionUnit(reduce3, three, 3, batch_norm=batch_norm),
        )
        self.branch3 = nn.Sequential(
            ConvolutionUnit(in_channels, reduce5, 1, batch_norm=batch_norm),
            ConvolutionUnit(reduce5, five, large, batch_norm=batch_norm),
        )
        self.branch4 = nn.Sequential(
            pool2d(pooling, 3, 1, padding=1),
            ConvolutionUnit(in_channels, projection, 1, batch_norm=batch_norm),
        )
        self.out_channels = one + three + five + projection

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)

    @property
    def parts(self) -> dict[str, str]:
        """The module paths of the layers, by their names in the paper."""
        units = {
            "1x1": "branch1",
            "3x3_reduce": "branch2.0",
            "3x3": "branch2.1",
            "5x5_reduce": "branch3.0",
            "5x5": "branch3.1",
            "pool_proj": "branch4.1",
        }
        return {"pool": "branch4.0"} | _with_relu(units)


class NaiveInception(nn.Module):
    """An Inception module without reductions (figure 2a). The output of the pooling is not projected.

    Args:
        in_channels: The input channels.
        widths: A row of `MODULES`; its reductions and projection are not used.
        pooling: The pooling of the fourth branch.

    Shape: (B, in_channels, H, W) to (B, sum of the branches + in_channels, H, W).
    """

    def __init__(self, in_channels: int, widths: tuple[int, int, int, int, int, int], pooling: Pooling = "max") -> None:
        super().__init__()
        one, _, three, _, five, _ = widths
        self.branch1 = ConvolutionUnit(in_channels, one, 1)
        self.branch2 = ConvolutionUnit(in_channels, three, 3)
        self.branch3 = ConvolutionUnit(in_channels, five, 5)
        self.branch4 = pool2d(pooling, 3, 1, padding=1)
        self.out_channels = one + three + five + in_channels

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)

    @property
    def parts(self) -> dict[str, str]:
        """The module paths of the layers, by their names in the paper."""
        return {"pool": "branch4"} | _with_relu({"1x1": "branch1", "3x3": "branch2", "5x5": "branch3"})


class Auxiliary(nn.Module):
    """A classifier on the feature maps of an intermediate layer, which provides gradients in training (figure 3).

    Args:
        in_channels: The input channels.
        num_classes: The number of outputs.
        batch_norm: As for `ConvolutionUnit`. If set, there is only the adaptive pooling, as in torchvision.

    Shape: (B, in_channels, H, W) to (B, num_classes). The paper's 5x5 pooling with stride 3 gives 4x4 at 224; the
    adaptive pooling after it allows other sizes.
    """

    def __init__(self, in_channels: int, num_classes: int, batch_norm: bool = False) -> None:
        super().__init__()
        adaptive = nn.AdaptiveAvgPool2d(4)
        self.pool = adaptive if batch_norm else nn.Sequential(nn.AvgPool2d(5, 3), adaptive)
        self.conv = ConvolutionUnit(in_channels, 128, 1, batch_norm=batch_norm)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(0.7)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.pool(x)).flatten(1)  # B, 128 · 4 · 4
        return self.fc2(self.dropout(self.relu(self.fc1(x))))  # B, num_classes


class GoogLeNet(Network):
    """Two plain convolutions, nine Inception modules, global average pooling and one dense layer.

    The pooling layers round up, as the sizes in the table require: 112, 56, 28, 14, 7.

    Args:
        num_classes: The number of outputs; 0 omits the head and the auxiliary classifiers, so that the network returns
            the last feature maps.
        in_channels: The channels of the input.
        pooling: ``max`` or ``average``.
        auxiliary: Whether to add the two classifiers on 4a and 4d, for training with `outputs`. ``forward`` computes
            their scores and drops them. For inference the paper omits them, as ``auxiliary=False`` does.
        naive: Whether the modules are `NaiveInception`, for comparison.
        torchvision: Whether to use torchvision's variant: batch normalisation instead of local response normalisation
            and biases, 3x3 instead of 5x5, a last pooling of 2x2, dropout of 0.2. Its ``state_dict`` keys are
            torchvision's.

    Shape: (B, in_channels, H, W) sRGB in [0, 1] to (B, num_classes); (B, 1024, H/32, W/32) without head. H and W are 31
    or more, 79 with auxiliary classifiers, and 15 in torchvision's variant.

    Layers: ``conv1, relu1, pool1, norm1, conv2_reduce, conv2, norm2, pool2, inception_3a …``, and in a module
    ``inception_3a/1x1``, ``/relu_1x1``, ``/3x3_reduce``, ``/3x3``, ``/5x5_reduce``, ``/5x5``, ``/pool``,
    ``/pool_proj``.
    """

    head: ClassVar[tuple[str, ...]] = ("aux1", "aux2", "fc")

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        pooling: Pooling = "max",
        auxiliary: bool = False,
        naive: bool = False,
        torchvision: bool = False,
    ) -> None:
        auxiliary = auxiliary and num_classes > 0
        smallest = 15 if torchvision else 79 if auxiliary else 31
        super().__init__((in_channels, 224, 224), smallest=smallest)
        bn = torchvision
        self.conv1 = ConvolutionUnit(in_channels, 64, 7, stride=2, batch_norm=bn)
        self.maxpool1 = pool2d(pooling, 3, 2, ceil_mode=True)
        self.norm1 = nn.Identity() if torchvision else local_response_norm()
        self.conv2 = ConvolutionUnit(64, 64, 1, batch_norm=bn)
        self.conv3 = ConvolutionUnit(64, 192, 3, batch_norm=bn)
        self.norm2 = nn.Identity() if torchvision else local_response_norm()
        self.maxpool2 = pool2d(pooling, 3, 2, ceil_mode=True)
        channels, inputs = 192, {}
        for name, widths in MODULES.items():
            inputs[name] = channels
            module: Inception | NaiveInception = (
                NaiveInception(channels, widths, pooling)
                if naive
                else Inception(channels, widths, pooling, batch_norm=bn, large=3 if torchvision else 5)
            )
            setattr(self, f"inception{name}", module)
            self.layers[f"inception_{name}"] = f"inception{name}"
            self.layers |= {
                f"inception_{name}/{part}": f"inception{name}.{path}" for part, path in module.parts.items()
            }
            channels = module.out_channels
        self.maxpool3 = pool2d(pooling, 3, 2, ceil_mode=True)
        self.maxpool4 = pool2d(pooling, 2 if torchvision else 3, 2, ceil_mode=True)
        self.aux1 = Auxiliary(inputs["4b"], num_classes, bn) if auxiliary else None
        self.aux2 = Auxiliary(inputs["4e"], num_classes, bn) if auxiliary else None
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.dropout = nn.Dropout(0.2 if torchvision else 0.4)
            self.fc = nn.Linear(channels, num_classes)
        self._name()

    def _name(self) -> None:
        present = dict(self.named_children())
        stem = {"conv1": "1", "conv2": "2_reduce", "conv3": "2"}
        for path, module in present.items():
            if path in stem:
                self.layers |= {f"conv{stem[path]}": f"{path}.conv", f"relu{stem[path]}": f"{path}.relu"}
            elif path.startswith("maxpool"):
                self.layers[path.removeprefix("max")] = path
            elif path.startswith("aux"):
                parts = {"conv": "conv.conv", "relu_conv": "conv.relu", "fc1": "fc1", "relu_fc1": "relu", "fc2": "fc2"}
                self.layers |= {path: path} | {f"{path}/{part}": f"{path}.{where}" for part, where in parts.items()}
            elif path.startswith("norm") and not isinstance(module, nn.Identity):
                self.layers[path] = path
        if self.num_classes:
            self.layers |= {"pool5": "avgpool", "fc": "fc"}

    def outputs(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return the class scores, followed by those of the auxiliary classifiers if there are any.

        The paper trains on loss(outputs[0]) + 0.3 · (loss(outputs[1]) + loss(outputs[2])).
        """
        x = self.norm1(self.maxpool1(self.conv1(self.prepare(image))))  # B, 64, H/4, W/4
        x = self.maxpool2(self.norm2(self.conv3(self.conv2(x))))  # B, 192, H/8, W/8
        auxiliaries = []
        for name in MODULES:
            if name in ("4a", "5a"):
                x = (self.maxpool3 if name == "4a" else self.maxpool4)(x)  # B, 480, H/16, W/16; B, 832, H/32, W/32
            x = self.get_submodule(f"inception{name}")(x)  # B, C, …
            if name == "4a" and self.aux1 is not None:
                auxiliaries.append(self.aux1(x))
            if name == "4d" and self.aux2 is not None:
                auxiliaries.append(self.aux2(x))
        if self.num_classes:
            x = self.fc(self.dropout(self.avgpool(x).flatten(1)))  # B, num_classes
        return x, *auxiliaries

    def forward(self, image: Tensor) -> Tensor:
        return self.outputs(image)[0]


def _with_relu(units: dict[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for name, path in units.items():
        names |= {name: f"{path}.conv", f"relu_{name}": f"{path}.relu"}
    return names
