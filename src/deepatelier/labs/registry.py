"""The labs by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deepatelier.errors import UnknownNameError
from deepatelier.images import Picture
from deepatelier.labs.activations import activations
from deepatelier.labs.amount_of_data import amount_of_data
from deepatelier.labs.backpropagation import backpropagation
from deepatelier.labs.descent import descent
from deepatelier.labs.grid import grid
from deepatelier.labs.initialization import initialization
from deepatelier.labs.normalization import normalization
from deepatelier.labs.optimizers import optimizers
from deepatelier.labs.options import LabOptions
from deepatelier.labs.penalties import penalties
from deepatelier.labs.pooling import pooling
from deepatelier.labs.total_variation import total_variation
from deepatelier.labs.worked import Worked, WorkedOptions
from deepatelier.synthesis.recipe import Recipe

__all__ = ["ComputedLab", "PaintedLab", "lab", "names"]


class PaintedLab(NamedTuple):
    """A worked example that is painted.

    Attributes:
        about: What it shows, in a line.
        make: The recipe of its picture, from a photograph, a painting and options.
    """

    about: str
    make: Callable[[Picture, Picture, LabOptions], Recipe]


class ComputedLab(NamedTuple):
    """A worked example that is computed.

    Attributes:
        about: What it shows, in a line.
        work: Computes it, with random numbers that begin with the seed.
    """

    about: str
    work: Callable[[WorkedOptions], Worked]


_LABS: dict[str, PaintedLab | ComputedLab] = {
    "activations": ComputedLab(
        "Activation functions and their slopes; softmax; what is linear stays linear.", activations
    ),
    "backpropagation": ComputedLab(
        "Gradients by hand: δ, outer products, matrices, beside autograd's.", backpropagation
    ),
    "descent": ComputedLab("Batch, stochastic and mini-batch gradient descent; learning rates.", descent),
    "optimizers": ComputedLab("Momentum to Adam, down a valley and off a saddle, with a film.", optimizers),
    "initialization": ComputedLab("Activations and gradients, layer by layer, by the first weights.", initialization),
    "penalties": ComputedLab("L1 and L2: where they meet the loss, and what they leave of the weights.", penalties),
    "normalization": ComputedLab("Learning with and without batch and input normalisation.", normalization),
    "amount_of_data": ComputedLab("Accuracy by the amount of data, and by the depth.", amount_of_data),
    "grid": PaintedLab("Style transfer by the layers of the style (down) and by α/β (across).", grid),
    "pooling": PaintedLab("Style transfer with maximum and with average pooling.", pooling),
    "total_variation": PaintedLab("Style transfer without and with the total variation loss.", total_variation),
}


def names() -> list[str]:
    """The names of all labs."""
    return list(_LABS)


def lab(name: str) -> PaintedLab | ComputedLab:
    """A lab by its name. Raises UnknownNameError."""
    if name not in _LABS:
        raise UnknownNameError("lab", name, _LABS)
    return _LABS[name]
