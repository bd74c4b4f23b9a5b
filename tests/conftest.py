"""Small networks and pictures that the tests share."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from deepatelier import networks
from deepatelier.images import Picture, picture_from_array


class TinyNetwork(nn.Module):
    """Two convolutions with ReLU and a pooling between them, seeded; smooth enough for float64 gradient checks."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(5)
        self.conv1, self.conv2 = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 6, 3, padding=1)
        self.relu1, self.relu2, self.pool = nn.ReLU(), nn.ReLU(), nn.MaxPool2d(2)
        self.layers = {"conv1": "conv1", "relu1": "relu1", "pool": "pool", "relu2": "relu2"}
        for parameter in self.parameters():
            parameter.data = 0.5 * torch.randn(parameter.shape, generator=generator)
        self.to(dtype).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.relu1(self.conv1(x)))
        return self.relu2(self.conv2(x))  # type: ignore[no-any-return]


class TinyClassifier(nn.Module):
    """A convolution with ReLU, global average pooling and five class scores, seeded."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        self.conv, self.relu, self.fc = nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Linear(8, 5)
        self.layers = {"conv": "conv", "relu": "relu", "fc": "fc"}
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, generator=generator)
        self.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.relu(self.conv(x)).mean(dim=(2, 3)))  # type: ignore[no-any-return]


class OddNetwork(nn.Module):
    """A module whose ``layers`` are no names."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(3, 2, 3, stride=2)])

    def forward(self, x: Tensor) -> Tensor:
        return self.layers[0](x)  # type: ignore[no-any-return]


@pytest.fixture
def tiny() -> TinyNetwork:
    return TinyNetwork()


@pytest.fixture
def tiny64() -> TinyNetwork:
    return TinyNetwork(torch.float64)


@pytest.fixture(scope="session")
def oxford() -> nn.Module:
    return networks.build("vgg19", weights="oxford")


def gradient_picture(height: int, width: int, name: str = "picture") -> Picture:
    """A colourful picture without noise."""
    y, x = np.mgrid[0:height, 0:width]
    red, green, blue = 255 * x / max(1, width - 1), 255 * y / max(1, height - 1), 127 + 120 * np.sin((x + y) / 3)
    return picture_from_array(name, np.stack([red, green, blue], axis=-1).astype(np.uint8))


@pytest.fixture
def photo() -> Picture:
    return gradient_picture(40, 56, "photo")


@pytest.fixture
def painting() -> Picture:
    y, x = np.mgrid[0:48, 0:36]
    stripes = np.stack([(x + y) % 8 < 4, x % 6 < 3, y % 10 < 5], axis=-1)
    return picture_from_array("painting", (40 + 180 * stripes).astype(np.uint8))


@pytest.fixture
def photo_file(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray((gradient_picture(40, 56).tensor()[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)).save(path)
    return path
