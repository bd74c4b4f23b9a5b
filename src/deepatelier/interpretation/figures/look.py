"""The interface of a figure to the job that runs it."""

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
"""The default input size, for networks without a standard one: the longest side, in pixels."""


class Look(ABC):
    """A prepared figure: run `look`, then `picture`.

    Attributes:
        options: The options, with every value that was used.
        extractor: The feature extractor.
        inputs: The pictures and files it was given, by their role.
        notes: Remarks that the picture cannot show, one sentence each; complete after `look`.
        planned: The number of steps.
        taken: The number of steps taken so far.
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
        """Return the next step."""
        self.taken += not self.stopped
        return Step(self.taken, self.planned)

    @property
    def device(self) -> torch.device:
        """The device it runs on."""
        return self.extractor.device

    @property
    def precision(self) -> torch.dtype:
        """The dtype of the network."""
        return self.extractor.precision

    @abstractmethod
    def look(self) -> Generator[Step, None, None]:
        """Compute the figure step by step. If it is interrupted, the results so far are kept; see `found_something`."""

    @property
    @abstractmethod
    def found_something(self) -> bool:
        """Whether there is a result to draw yet."""

    @abstractmethod
    def picture(self) -> Tensor:
        """Return the result as a picture (1, 3, H, W), sRGB in [0, 1]."""

    @property
    def has_array(self) -> bool:
        """Whether `array` returns the raw values of the picture."""
        return False

    def array(self) -> Tensor:
        """Return the raw values of the picture, float32.

        Raises:
            OptionError: There are none, or they are not a single array.
        """
        raise OptionError(f"{type(self).__name__} has no single array of raw values.")

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """Return the measures of the result, by their names."""
        return {}


def looked(figure: Look, job: Job, wanted: frozenset[str]) -> Work:
    """Adapt the steps of a figure to those of a job. If it is interrupted, the results so far are drawn.

    Args:
        figure: The figure to run.
        job: The job it runs for.
        wanted: The outputs that are requested.

    Raises:
        OptionError: An array is requested, and there is none.
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
        figure.options,  # type: ignore[arg-type]  # a job, completed with the values that the figure filled in
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
    """Return the options with every value that is used, and the feature extractor for their layers.

    The default layers are the first activation of each feature map size.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, no layer has feature maps, or one has no such channel.
        WeightsError: The weights are not available.
    """
    options = with_weights(options)
    layers = options.layer
    if layers is None:
        whole = FeatureExtractor(options, [], head=has_head(options))
        layers = tuple(one_of_each_size(whole.module, whole.geometry.calls))
        if not layers:
            raise OptionError(
                f"{options.network} has no layer with feature maps. Give a --layer, or use atelier look filters."
            )
    extractor = FeatureExtractor(options, layers, head=has_head(options))
    for layer, width in extractor.geometry.widths().items():
        for channel in options.channel or ():
            if channel >= width:
                raise OptionError(f"{layer} has {width} channels, 0 to {width - 1}; received {channel}.")
    return options.model_copy(update={"layer": layers}), extractor


def prepare_input(extractor: FeatureExtractor, picture: Picture, options: LookOptions, together: int = 1) -> Tensor:
    """Return a picture as network input: (1, C, H, W), sRGB in [0, 1].

    Args:
        extractor: The feature extractor.
        picture: Any picture.
        options: The options, among them the size.
        together: The batch size.

    Raises:
        OptionError: The picture is too small.
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
