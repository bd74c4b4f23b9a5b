"""What every figure gives to whoever runs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor

from deepatelier.devices import precision_name
from deepatelier.errors import OptionError
from deepatelier.features import FeatureExtractor, has_head, take_memory, with_weights
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.interpretation.look_jobs import LayersOptions, LookOptions
from deepatelier.interpretation.methods.advice import one_of_each_size
from deepatelier.jobs import ArrayProduct, Measured, Measures, PictureProduct, Result, Step, Work
from deepatelier.options import RecipeOptions

if TYPE_CHECKING:
    from deepatelier.jobs import Job

__all__ = ["Look", "looked", "prepare_input", "resolve_layers"]

_Options = TypeVar("_Options", bound=LayersOptions)

_USUAL = 224
"""The longest side of the pictures for which a network was made that does not say so."""


class Look(ABC):
    """A look that is prepared: `look`, then `picture`.

    Attributes:
        options: With every value that was used.
        extractor: The network.
        inputs: The pictures and files that it was given, by their part.
        notes: What the picture cannot say, a sentence each; complete when it has looked.
        planned: How many steps there will be.
        taken: How many were taken, before anybody stopped it.
    """

    options: RecipeOptions
    extractor: FeatureExtractor
    inputs: dict[str, Input]
    planned: int = 1
    taken: int = 0
    stopped: bool = False

    def __init__(self) -> None:
        self.notes: list[str] = []

    def step(self) -> Step:
        """The next step."""
        self.taken += not self.stopped
        return Step(self.taken, self.planned)

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self.extractor.device

    @property
    def precision(self) -> torch.dtype:
        """The number format in which the network runs."""
        return self.extractor.precision

    @abstractmethod
    def look(self) -> Generator[Step, None, None]:
        """Look, step by step. Whoever stops it has what was found so far, if `found_something`."""

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

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """What was found, by the words that say it."""
        return {}


def looked(figure: Look, job: Job, wanted: frozenset[str]) -> Work:
    """The steps of a look as those of a job; if it is stopped, what was found by then is the result.

    Args:
        figure: What looks.
        job: What was asked for.
        wanted: The outputs that somebody wants.

    Raises:
        OptionError: An array is wanted, and there is none.
    """
    if "array" in wanted and not figure.has_array:
        raise OptionError("An --array holds the maps of one layer: give one.")
    interrupted = False
    try:
        yield from figure.look()
    except KeyboardInterrupt:
        if not figure.found_something:
            raise
        interrupted = True
    array = {"array": ArrayProduct(figure.array())} if figure.has_array else {}
    return Result(
        figure.options,  # type: ignore[arg-type]  # a job, with what the figure filled in
        {next(iter(type(job).outputs)): PictureProduct(figure.picture()), **array},
        dict(figure.inputs),
        str(figure.device),
        precision_name(figure.precision),
        lambda written: Measured({}, {} if written is None else figure.measures(written)),
        steps=figure.taken,
        notes=tuple(figure.notes),
        interrupted=interrupted,
    )


def resolve_layers(options: _Options) -> tuple[_Options, FeatureExtractor]:
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
        whole = FeatureExtractor(options, [], head=has_head(options))
        layers = tuple(one_of_each_size(whole.module, whole.geometry.calls))
        if not layers:
            raise OptionError(
                f"{options.network} has no layer that gives maps. Give a --layer, or look at its filters."
            )
    extractor = FeatureExtractor(options, layers, head=has_head(options))
    for layer, width in extractor.geometry.widths().items():
        for channel in options.channel or ():
            if channel >= width:
                raise OptionError(f"{layer} has {width} channels, 0 to {width - 1}; received {channel}.")
    return options.model_copy(update={"layer": layers}), extractor


def prepare_input(extractor: FeatureExtractor, picture: Picture, options: LookOptions, together: int = 1) -> Tensor:
    """A picture as the network sees it: (1, C, H, W), sRGB in [0, 1].

    Args:
        extractor: The network.
        picture: Any.
        options: Say how large.
        together: How many of its size are seen at once.

    Raises:
        OptionError: The picture is too thin.
        MemoryLimitError: It would need more memory than is free.
    """
    if extractor.only_size:
        size = extractor.only_size
    elif options.view_size is not None:
        size = picture.fitted(options.view_size)
    else:
        size = picture.fitted(extractor.usual_side or _USUAL)
    extractor.geometry.check_size("picture", size, "raise --view-size")
    take_memory(extractor, together * size[0] * size[1], max(size), 0, "Lower --view-size")
    return extractor.in_channels(picture.tensor(size, options.resampling))
