"""Small networks and pictures that the tests share."""

from dataclasses import replace
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from deepatelier import networks
from deepatelier.features import feature_extractor
from deepatelier.images import Picture, picture_from_array
from deepatelier.networks import catalogue, initialization, vgg


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="Also run the long forms of tests, as `make test-long` does.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: the long form of a test, whose short form always runs; --long runs it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="a long form; `make test-long` runs it"))


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


THIN = ((4, "33"), (4, "33"), (6, "3333"), (6, "3333"), (6, "3333"))
"""The blocks of `thin_vgg`, as in `vgg.CONFIGURATIONS`."""


def _thin_weights() -> dict[str, Tensor]:
    with torch.random.fork_rng():
        torch.manual_seed(7)
        network = vgg.VGG("E", num_classes=0)
        initialization.initialize(network, "he")
    return network.state_dict()


@pytest.fixture
def thin_vgg(monkeypatch: pytest.MonkeyPatch) -> None:
    """VGG-19 has a few channels a layer and random weights: the same layers at a hundredth of the cost.

    For tests of what is around the network; those of what a trained network sees need the real one.
    """
    entry = catalogue.CATALOGUE["vgg19"]
    oxford = replace(entry.weights["oxford"], load=_thin_weights)
    monkeypatch.setitem(vgg.CONFIGURATIONS, "E", THIN)
    monkeypatch.setitem(catalogue.CATALOGUE, "vgg19", replace(entry, weights={**entry.weights, "oxford": oxford}))
    monkeypatch.setattr(feature_extractor, "_SHARED", WeakValueDictionary())  # nobody goes on with the real one


@pytest.fixture
def small_labs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The computed labs that take seconds compute less, of the same kind."""
    smaller = {
        "embeddings": {"_EPOCHS": 1},
        "amount_of_data": {"_AMOUNTS": (20, 80), "_SEEDS": 2, "_STEPS": 20, "_DEPTHS": (1, 3)},
        "checkerboards": {"_DRAWS": 2, "_STEPS": 3},
        "bptt": {"_STEPS": 50, "_SEQUENCES": 2, "_WIDTH": 8},
        "clipping": {"_EPOCHS": 1, "_EXAMPLES": 320, "_STEPS": 400},
        "gates": {"_EPOCHS": 1, "_EXAMPLES": 100},
        "normalization": {"_EPOCHS": 2},
        "optimizers": {"_FRAMES": 12},
        "penalties": {"_EPOCHS": 3},
    }
    for lab, values in smaller.items():
        for name, value in values.items():
            monkeypatch.setattr(f"deepatelier.labs.{lab}.{name}", value)


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
