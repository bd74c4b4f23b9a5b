"""The base class of all networks: names of layers, and preparation of the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from torch import Tensor, nn

from deepatelier.errors import ShapeError
from deepatelier.networks.layers import InputNormalization

__all__ = ["Network", "input_size_of", "named_layers"]


class Network(nn.Module):
    """The base class of all networks: a module that takes pictures or sequences, and whose layers have names.

    Attributes:
        layers: The module path of each layer, by its name in the paper. Modules with submodules have a name too, and
            those of the submodules follow after a slash: ``inception_3a``, ``inception_3a/5x5``.
        normalization: Converts sRGB in [0, 1] to the input that the weights were trained on.
        takes: What its input is.
        input_size: (C, H, W) of the paper's input; of sequences, (T, values at each step).
        smallest: The minimum height and width of the input.
        exact: Whether it accepts only ``input_size``, because its dense layers need a fixed number of positions.
        classes: The names of the classes that it was trained on; empty if unknown.
        initialization: The default initialisation of `deepatelier.networks.build`.
        head: The modules that ``num_classes=0`` omits, if the network supports this.
    """

    takes: ClassVar[Literal["pictures", "sequences"]] = "pictures"
    initialization: str = "he"
    head: ClassVar[tuple[str, ...]] = ()

    def __init__(self, input_size: tuple[int, ...], *, smallest: int = 1, exact: bool = False) -> None:
        super().__init__()
        self.layers: dict[str, str] = {}
        self.normalization = InputNormalization()
        self.input_size, self.smallest, self.exact = input_size, smallest, exact
        self.classes: tuple[str, ...] = ()

    def prepare(self, image: Tensor) -> Tensor:
        """Check the shape of the image and normalise it.

        Raises:
            ShapeError: The image is not (B, C, H, W), or its C, H or W do not fit.
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
        """Return the modules as a sequence, numbered as in torchvision, and enter their names in ``layers``."""
        self.layers |= {name: f"{path}.{index}" for index, name in enumerate(modules)}
        return nn.Sequential(*modules.values())


def input_size_of(network: nn.Module) -> tuple[int, int, int] | None:
    """Return ``network.input_size``, (C, H, W) of a picture; None for a module that does not declare it."""
    size = getattr(network, "input_size", None)
    return size if isinstance(size, tuple) and len(size) == 3 and all(isinstance(side, int) for side in size) else None


def named_layers(network: nn.Module) -> dict[str, str]:
    """Return ``network.layers``; empty for other modules, which may use that attribute for something else."""
    layers = getattr(network, "layers", None)
    if isinstance(layers, dict) and all(isinstance(path, str) for path in layers.values()):
        return layers
    return {}
