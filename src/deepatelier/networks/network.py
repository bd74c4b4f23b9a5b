"""What every network has in common: its layers' names, what it takes, and how it normalises that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn

from deepatelier.errors import ShapeError
from deepatelier.networks.layers import InputNormalization

__all__ = ["Network", "input_size_of", "named_layers"]


class Network(nn.Module):
    """The root of all networks: a module that takes pictures, and whose layers have names.

    Attributes:
        layers: The module path of each layer by its paper's name. What has parts is named too, and its parts behind a
            slash: ``inception_3a``, ``inception_3a/5x5``.
        normalization: What turns sRGB in [0, 1] into the input that the weights were trained on.
        input_size: (C, H, W) of the paper's input.
        smallest: The least height and width that a forward pass takes.
        exact: Whether it takes ``input_size`` alone, since its dense layers count the positions.
        classes: The names of the classes that it was trained to tell apart; empty where nobody said.
        initialization: How `deepatelier.networks.build` initialises it unless told otherwise.
        head: The modules that ``num_classes=0`` leaves out, where the network takes that.
    """

    initialization: str = "he"
    head: ClassVar[tuple[str, ...]] = ()

    def __init__(self, input_size: tuple[int, int, int], *, smallest: int = 1, exact: bool = False) -> None:
        super().__init__()
        self.layers: dict[str, str] = {}
        self.normalization = InputNormalization()
        self.input_size, self.smallest, self.exact = input_size, smallest, exact
        self.classes: tuple[str, ...] = ()

    def prepare(self, image: Tensor) -> Tensor:
        """The image as the first layer takes it: its shape checked, then normalised.

        Raises:
            ShapeError: The image is not (B, C, H, W), or its C, H or W do not fit; the message names the shape wanted.
        """
        channels, height, width = self.input_size
        fits = image.ndim == 4 and image.shape[1] == channels
        if self.exact:
            wanted = f"{channels}, {height}, {width}"
            fits = fits and tuple(image.shape[2:]) == (height, width)
        else:
            wanted = f"{channels}, H, W" + (f" of {self.smallest} or more" if self.smallest > 1 else "")
            fits = fits and min(image.shape[2:]) >= self.smallest
        if not fits:
            received = ", ".join(map(str, image.shape))
            raise ShapeError(f"{type(self).__name__} takes pictures of shape (B, {wanted}); received ({received}).")
        return self.normalization(image)

    def _sequence(self, path: str, modules: Mapping[str, nn.Module]) -> nn.Sequential:
        """The modules in a row, numbered as torchvision does, their names entered in ``layers`` under ``path``."""
        self.layers |= {name: f"{path}.{index}" for index, name in enumerate(modules)}
        return nn.Sequential(*modules.values())


def input_size_of(network: nn.Module) -> tuple[int, int, int] | None:
    """``network.input_size``, (C, H, W) of the pictures for which it was made; None for a module that does not say."""
    size = getattr(network, "input_size", None)
    return size if isinstance(size, tuple) and len(size) == 3 and all(isinstance(side, int) for side in size) else None


def named_layers(network: nn.Module) -> dict[str, str]:
    """``network.layers``; empty for a module of another kind, which may use that name for something else."""
    layers = getattr(network, "layers", None)
    if isinstance(layers, dict) and all(isinstance(path, str) for path in layers.values()):
        return layers
    return {}
