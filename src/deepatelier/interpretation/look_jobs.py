"""Options and jobs of interpretation. Options with the same name mean the same as elsewhere."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier.errors import StateError
from deepatelier.inputs import ModelInput, PictureInput, PicturesInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import RecipeOptions, Words, option, set_by_user

if TYPE_CHECKING:
    from deepatelier.interpretation.figures.look import Look

__all__ = [
    "PICTURES",
    "ActivationOptions",
    "ActivationsJob",
    "BackProjectionOptions",
    "CamJob",
    "CamOptions",
    "ClassMapOptions",
    "CollectionOptions",
    "DeconvolutionJob",
    "DeconvolutionOptions",
    "FilterOptions",
    "FiltersJob",
    "GradCamJob",
    "GradCamOptions",
    "LayersOptions",
    "LookJob",
    "LookOptions",
    "OcclusionJob",
    "OcclusionOptions",
    "PatchOptions",
    "PatchesJob",
    "SaliencyJob",
    "SaliencyOptions",
    "outputs_of",
]

_PHOTO = "Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket."

PICTURES = "Folders of pictures (searched recursively), files or samples. Default: all samples."
"""The help text of the argument for a collection of pictures."""


class LookOptions(RecipeOptions):
    """Options of everything that runs a network on a picture."""

    network: ModelInput = option("vgg19", "The network to inspect; module:function for one of your own.")
    view_size: int | None = option(
        None,
        "Longest side of the picture as network input, in pixels. Default: the standard input size of the "
        "network. Ignored by a network with a fixed input size.",
        ge=8,
        le=16384,
    )
    precision: Literal["auto", "float32", "bfloat16"] = option("float32", "Number format of the network.")


class FilterOptions(RecipeOptions):
    """Options of `Filters`."""

    network: ModelInput = option("vgg19", "The network to inspect; module:function for one of your own.")
    layer: str | None = option(None, "The layer whose filters are shown. Default: the first that has filters.")
    most: int = option(256, "Maximum number of tiles.", ge=1, le=4096)
    size: int = option(64, "Height and width of a tile, in pixels.", ge=4, le=1024)


class LayersOptions(LookOptions):
    """Options of everything that shows channels of layers."""

    layer: Annotated[tuple[str, ...], Words, Field(min_length=1)] | None = option(
        None, "One or several layers; see atelier networks NAME. Default: one layer for each feature map size."
    )
    channel: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Words, Field(min_length=1)] | None = option(
        None, "One or several channels, from 0. Default: see --most."
    )


class ActivationOptions(LayersOptions):
    """Options of `Activations`."""

    most: int = option(
        8, "Number of channels per layer, the strongest first, unless --channel is given; 0 is all.", ge=0, le=4096
    )
    size: int = option(160, "Longest side of a tile, in pixels.", ge=16, le=4096)


class CollectionOptions(LookOptions):
    """Options of everything that runs a network on many pictures."""

    count: int = option(9, "Number of patches per unit, each from a different picture.", ge=1, le=100)
    size: int = option(192, "Height and width of a unit's panel, in pixels.", ge=32, le=4096)


class PatchOptions(CollectionOptions, LayersOptions):
    """Options of `Patches`."""

    most: int = option(
        3,
        "Number of channels per layer, the most selective first, unless --channel is given.",
        ge=1,
        le=64,
    )


class BackProjectionOptions(CollectionOptions):
    """Options of everything that back-projects a unit to the pixels."""

    guided: bool = option(False, "Guided backpropagation instead of deconvolution: clearer in deep layers.")


class DeconvolutionOptions(PatchOptions, BackProjectionOptions):
    """Options of `Deconvolution`."""


class ClassMapOptions(LookOptions):
    """Options of all class maps."""

    network: ModelInput = option("efficientnet_lite0", "The network to explain; module:function for one of your own.")
    class_: Annotated[tuple[str, ...], Words, Field(min_length=1)] | None = option(
        None, "The classes to explain, by name or number, separated by commas. Default: the predicted class."
    )
    top: int = option(1, "Number of classes to explain, those with the highest scores.", ge=1, le=100)

    @model_validator(mode="after")
    def _one_choice_of_classes(self, info: ValidationInfo) -> Self:
        if set_by_user(info) and self.class_ and "top" in self.model_fields_set:
            raise ValueError("--class names the classes and --top counts them: give one of them")
        return self


class CamOptions(ClassMapOptions):
    """Options of `Cam`."""

    signed: bool = option(False, "Show negative evidence too, in blue.")


class GradCamOptions(CamOptions):
    """Options of `GradCam`."""

    layer: str | None = option(None, "The layer of the feature maps. Default: the last layer with feature maps.")
    explain: Literal["score", "probability"] = option("score", "Explain the class's score, or its probability.")


class OcclusionOptions(CamOptions):
    """Options of `Occlusion`."""

    window: int | None = option(
        None,
        "Side of the grey square, in pixels of the network input. Default: a seventh of the longest side.",
        ge=1,
    )
    stride: int | None = option(None, "Stride of the square, in pixels. Default: a third of the window.", ge=1)
    explain: Literal["score", "probability"] = option("score", "Explain the class's score, or its probability.")


class SaliencyOptions(ClassMapOptions):
    """Options of `Saliency`."""

    explain: Literal["score", "probability"] = option("score", "Explain the class's score, or its probability.")


def outputs_of(default: str, array: str = "") -> dict[str, Output]:
    """Return the outputs of a look.

    Args:
        default: The picture's file name, if the user gives none.
        array: What the raw values are; empty if there are none.
    """
    picture = {"picture": Output("picture", default, "The picture to write.")}
    return (
        {**picture, "array": Output("array", "", f"Write the raw values to this .npy file: {array}.")}
        if array
        else picture
    )


class LookJob(Job):
    """A job that computes and draws a figure. A subclass chooses which."""

    @abstractmethod
    def figure(self, context: Context) -> Look:
        """Return the prepared figure. Errors in options and inputs are raised here."""

    def plan(self, context: Context) -> Plan:
        """See `Job`. It runs two steps; the memory is not estimated."""
        figure = self.figure(context)
        steps = figure.look()
        next(steps)
        began = time.perf_counter()
        last = next(steps, None)
        seconds = time.perf_counter() - began
        return Plan(figure.planned, None, seconds if last is None else seconds * figure.planned)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. A look cannot be resumed from a state."""
        from deepatelier.interpretation.figures.look import looked

        if state is not None:
            raise StateError("A look cannot be resumed after a step. Start it again.")
        result = yield from looked(self.figure(context), self, context.wanted)
        return result


class FiltersJob(LookJob, FilterOptions):
    """Filters of a layer as tiles, those of the first layer in colours."""

    kind: ClassVar = "look filters"
    example: ClassVar = "atelier look filters --network vgg19 -o filters.png"
    outputs: ClassVar = outputs_of("filters.png", "all filters of the layer")

    def figure(self, context: Context) -> Look:  # noqa: ARG002
        """See `LookJob`."""
        from deepatelier.interpretation.figures.filter_figure import Filters

        return Filters(self)


class ActivationsJob(LookJob, ActivationOptions):
    """Activations of a layer's channels for a photograph, as feature maps."""

    kind: ClassVar = "look activations"
    example: ClassVar = "atelier look activations chelsea --layer relu3_1 --most 36 -o activations.png"
    arguments: ClassVar = ("photo",)
    outputs: ClassVar = outputs_of("activations.png", "all channels of one layer")

    photo: PictureInput = Field(description=_PHOTO)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.activation_figure import Activations

        return Activations(context.picture(self.photo), self)


class PatchesJob(LookJob, PatchOptions):
    """Patches with the strongest activations of a unit, from many pictures."""

    kind: ClassVar = "look patches"
    example: ClassVar = "atelier look patches photos --layer relu4_1 --channel 7 -o patches.png"
    arguments: ClassVar = ("pictures",)
    outputs: ClassVar = outputs_of("patches.png")

    pictures: tuple[PicturesInput, ...] = Field((), description=PICTURES)

    def figure(self, context: Context) -> Look:  # noqa: ARG002
        """See `LookJob`."""
        from deepatelier.interpretation.figures.patch_figures import Patches

        return Patches(self.pictures, self)


class DeconvolutionJob(LookJob, DeconvolutionOptions):
    """Patches with their deconvolution: what in them activated the unit, back-projected to the pixels."""

    kind: ClassVar = "look deconvolution"
    example: ClassVar = "atelier look deconvolution photos -o deconvolution.png"
    arguments: ClassVar = ("pictures",)
    outputs: ClassVar = outputs_of("deconvolution.png")

    pictures: tuple[PicturesInput, ...] = Field((), description=PICTURES)

    def figure(self, context: Context) -> Look:  # noqa: ARG002
        """See `LookJob`."""
        from deepatelier.interpretation.figures.patch_figures import Deconvolution

        return Deconvolution(self.pictures, self)


class _ClassMapJob(LookJob):
    """The base class of the jobs of class maps."""

    arguments: ClassVar = ("photo",)

    photo: PictureInput = Field(description=_PHOTO)


_MAPS = "one map a class, with its signs"


class CamJob(_ClassMapJob, CamOptions):
    """Class activation mapping (CAM): exact evidence for a class, for networks that end in global average pooling."""

    kind: ClassVar = "look cam"
    example: ClassVar = "atelier look cam coffee --class espresso -o cam.png"
    outputs: ClassVar = outputs_of("cam.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import Cam

        return Cam(context.picture(self.photo), self)


class GradCamJob(_ClassMapJob, GradCamOptions):
    """Grad-CAM: evidence for a class in a layer's feature maps, for any network."""

    kind: ClassVar = "look gradcam"
    example: ClassVar = "atelier look gradcam chelsea --top 3 -o gradcam.png"
    outputs: ClassVar = outputs_of("gradcam.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import GradCam

        return GradCam(context.picture(self.photo), self)


class OcclusionJob(_ClassMapJob, OcclusionOptions):
    """Occlusion: how much the score of a class drops where the photograph is covered."""

    kind: ClassVar = "look occlusion"
    example: ClassVar = "atelier look occlusion coffee --class espresso -o occlusion.png"
    outputs: ClassVar = outputs_of("occlusion.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import Occlusion

        return Occlusion(context.picture(self.photo), self)


class SaliencyJob(_ClassMapJob, SaliencyOptions):
    """Saliency: the magnitude of the gradient of a class's score, pixel by pixel."""

    kind: ClassVar = "look saliency"
    example: ClassVar = "atelier look saliency chelsea -o saliency.png"
    outputs: ClassVar = outputs_of("saliency.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import Saliency

        return Saliency(context.picture(self.photo), self)
