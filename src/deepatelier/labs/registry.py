"""The labs by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deepatelier.errors import UnknownNameError
from deepatelier.images import Picture
from deepatelier.labs.grid import grid
from deepatelier.labs.options import LabOptions
from deepatelier.labs.pooling import pooling
from deepatelier.labs.total_variation import total_variation
from deepatelier.synthesis.recipe import Recipe

__all__ = ["Lab", "lab", "names"]


class Lab(NamedTuple):
    """A worked example.

    Attributes:
        about: What it shows, in a line.
        make: The recipe of its picture, from a photograph, a painting and options.
    """

    about: str
    make: Callable[[Picture, Picture, LabOptions], Recipe]


_LABS = {
    "grid": Lab("Style transfer by the layers of the style (down) and by α/β (across).", grid),
    "pooling": Lab("Style transfer with maximum and with average pooling.", pooling),
    "total_variation": Lab("Style transfer without and with the total variation loss.", total_variation),
}


def names() -> list[str]:
    """The names of all labs."""
    return list(_LABS)


def lab(name: str) -> Lab:
    """A lab by its name. Raises UnknownNameError."""
    if name not in _LABS:
        raise UnknownNameError("lab", name, _LABS)
    return _LABS[name]
