"""What every figure gives to whoever runs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from deepatelier.errors import OptionError
from deepatelier.frozen_network import FrozenNetwork, has_head, with_weights
from deepatelier.images import Picture
from deepatelier.interpretation.advice import one_of_each_size
from deepatelier.interpretation.options import LayersOptions, LookOptions
from deepatelier.options import RecipeOptions
from deepatelier.runs import Input, Measures

__all__ = ["Advance", "Look", "seen_by", "sees"]

_Options = TypeVar("_Options", bound=LayersOptions)

Advance = Callable[[str], None]
"""Is called at each of the planned steps, with a text that says where it is."""

_USUAL = 224
"""The longest side of the pictures for which a network was made that does not say so."""


class Look(ABC):
    """A look that is prepared: `look`, then `picture`.

    Attributes:
        options: With every value that was used.
        looking: The network.
        inputs: The pictures and files that it was given, by their part.
        notes: What the picture cannot say, a sentence each; complete when it has looked.
        planned: How many steps there will be.
    """

    options: RecipeOptions
    looking: FrozenNetwork
    inputs: dict[str, Input]
    planned: int = 1

    def __init__(self) -> None:
        self.notes: list[str] = []

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self.looking.device

    @property
    def precision(self) -> torch.dtype:
        """The number format in which the network runs."""
        return self.looking.precision

    @abstractmethod
    def look(self, advance: Advance = lambda _: None) -> None:
        """Look. Whoever interrupts it has what was found so far, if `found_something`."""

    @property
    @abstractmethod
    def found_something(self) -> bool:
        """Whether there is a picture yet."""

    @abstractmethod
    def picture(self) -> Tensor:
        """What was found, as a picture (1, 3, H, W), sRGB in [0, 1]."""

    @property
    def has_array(self) -> bool:
        """Whether `array` gives the numbers behind the picture."""
        return False

    def array(self) -> Tensor:
        """The numbers behind the picture, float32.

        Raises:
            OptionError: There is none, or none that is one array.
        """
        raise OptionError(f"{type(self).__name__} has no single array of numbers behind its picture.")

    def losses(self, image: Tensor) -> dict[str, float]:  # noqa: ARG002
        """Nothing is optimised."""
        return {}

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """What was found, by the words that say it."""
        return {}


def sees(options: _Options) -> tuple[_Options, FrozenNetwork]:
    """The options with every value that is used, and the network that sees up to their layers.

    Without a layer it is the first activation of each size of maps.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, no layer gives maps, or one has no such channel.
        WeightsError: The weights are not at hand.
    """
    options = with_weights(options)
    layers = options.layer
    if layers is None:
        whole = FrozenNetwork(options, [], head=has_head(options))
        layers = tuple(one_of_each_size(whole.module, whole.calls))
        if not layers:
            raise OptionError(
                f"{options.network} has no layer that gives maps. Give a --layer, or look at its filters."
            )
    looking = FrozenNetwork(options, layers, head=has_head(options))
    for layer, width in looking.widths().items():
        for channel in options.channel or ():
            if channel >= width:
                raise OptionError(f"{layer} has {width} channels, 0 to {width - 1}; received {channel}.")
    return options.model_copy(update={"layer": layers}), looking


def seen_by(looking: FrozenNetwork, picture: Picture, options: LookOptions, together: int = 1) -> Tensor:
    """A picture as the network sees it: (1, C, H, W), sRGB in [0, 1].

    Args:
        looking: The network.
        picture: Any.
        options: Say how large.
        together: How many of its size are seen at once.

    Raises:
        OptionError: The picture is too thin.
        MemoryLimitError: It would need more memory than is free.
    """
    if looking.only_size:
        size = looking.only_size
    elif options.view_size is not None:
        size = picture.fitted(options.view_size)
    else:
        size = picture.fitted(looking.usual_side or _USUAL)
    looking.check_size("picture", size, "raise --view-size")
    looking.take_memory(together * size[0] * size[1], max(size), 0, "Lower --view-size")
    return looking.in_channels(picture.tensor(size, options.resampling))
