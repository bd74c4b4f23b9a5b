"""The options of what looks at networks, and the jobs; the same words mean the same as elsewhere."""

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

PICTURES = "Folders of pictures with all in them, files or samples. Default: all samples."
"""What a command says of a collection."""


class LookOptions(RecipeOptions):
    """What everything has that looks at a picture."""

    network: ModelInput = option("vgg19", "The network that is looked into; module:function is one of your own.")
    view_size: int | None = option(
        None,
        "Longest side at which the network sees a picture, in pixels. Default: that for which the "
        "network was made. Of no use to a network that takes one size alone.",
        ge=8,
        le=16384,
    )
    precision: Literal["auto", "float32", "bfloat16"] = option("float32", "Number format in the network.")


class FilterOptions(RecipeOptions):
    """Options of `Filters`."""

    network: ModelInput = option("vgg19", "The network that is looked into; module:function is one of your own.")
    layer: str | None = option(None, "The layer whose filters are shown. Default: the first that has any.")
    most: int = option(256, "Tiles that are shown, at most.", ge=1, le=4096)
    size: int = option(64, "Height and width of a tile, in pixels.", ge=4, le=1024)


class LayersOptions(LookOptions):
    """What everything has that looks at channels of layers."""

    layer: Annotated[tuple[str, ...], Words, Field(min_length=1)] | None = option(
        None, "The layer, or several; see atelier networks NAME. Default: one of each size."
    )
    channel: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Words, Field(min_length=1)] | None = option(
        None, "Its channel, or several, from 0. Default: see --most."
    )


class ActivationOptions(LayersOptions):
    """Options of `Activations`."""

    most: int = option(
        8, "How many channels of each layer are shown, the strongest first, if not told which; 0 is all.", ge=0, le=4096
    )
    size: int = option(160, "Longest side of a tile, in pixels.", ge=16, le=4096)


class CollectionOptions(LookOptions):
    """What everything has that looks at many pictures."""

    count: int = option(9, "Patches of a unit, each of another picture.", ge=1, le=100)
    size: int = option(192, "Height and width of a unit's panel, in pixels.", ge=32, le=4096)


class PatchOptions(CollectionOptions, LayersOptions):
    """Options of `Patches`."""

    most: int = option(
        3,
        "How many channels of each layer are shown, those whose answers stand out most, if not told which.",
        ge=1,
        le=64,
    )


class BackProjectionOptions(CollectionOptions):
    """What everything has that carries a unit back to the pixels."""

    guided: bool = option(False, "Guided backpropagation in place of deconvolution: clearer in deep layers.")


class DeconvolutionOptions(PatchOptions, BackProjectionOptions):
    """Options of `Deconvolution`."""


class ClassMapOptions(LookOptions):
    """What all maps of classes have."""

    network: ModelInput = option("efficientnet_lite0", "The network that is asked; module:function is one of your own.")
    class_: Annotated[tuple[str, ...], Words, Field(min_length=1)] | None = option(
        None, "The classes to be explained, by name or number, separated by commas. Default: what the network says."
    )
    top: int = option(1, "How many classes are explained, of those that the network says first.", ge=1, le=100)

    @model_validator(mode="after")
    def _one_choice_of_classes(self, info: ValidationInfo) -> Self:
        if set_by_user(info) and self.class_ and "top" in self.model_fields_set:
            raise ValueError("--class names the classes and --top counts them: give one of them")
        return self


class CamOptions(ClassMapOptions):
    """Options of `Cam`."""

    signed: bool = option(False, "Show what speaks against a class too, in blue.")


class GradCamOptions(CamOptions):
    """Options of `GradCam`."""

    layer: str | None = option(None, "The layer whose maps are weighed. Default: the last that gives maps.")
    explain: Literal["score", "probability"] = option("score", "The class's score, or its probability.")


class OcclusionOptions(CamOptions):
    """Options of `Occlusion`."""

    window: int | None = option(
        None,
        "Side of the grey square, in pixels that the network sees. Default: a seventh of the longest side.",
        ge=1,
    )
    stride: int | None = option(None, "Pixels between its positions. Default: a third of the window.", ge=1)
    explain: Literal["score", "probability"] = option("score", "The class's score, or its probability.")


class SaliencyOptions(ClassMapOptions):
    """Options of `Saliency`."""

    explain: Literal["score", "probability"] = option("score", "The class's score, or its probability.")


def outputs_of(default: str, array: str = "") -> dict[str, Output]:
    """The outputs of a look.

    Args:
        default: The picture's file where the user gives none.
        array: What the numbers behind the picture are; empty if there are none.
    """
    picture = {"picture": Output("picture", default, "The picture to write.")}
    return (
        {**picture, "array": Output("array", "", f"Write the numbers behind it to this .npy: {array}.")}
        if array
        else picture
    )


class LookJob(Job):
    """A job that looks and then draws what it found. A kind of it says what."""

    @abstractmethod
    def figure(self, context: Context) -> Look:
        """What looks, prepared: whatever is wrong with options and inputs is raised here."""

    def plan(self, context: Context) -> Plan:
        """See `Job`. It takes two steps; the memory is not known."""
        figure = self.figure(context)
        steps = figure.look()
        next(steps)
        began = time.perf_counter()
        last = next(steps, None)
        seconds = time.perf_counter() - began
        return Plan(figure.planned, None, seconds if last is None else seconds * figure.planned)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. A look begins anew whatever the state."""
        from deepatelier.interpretation.figures.look import looked

        if state is not None:
            raise StateError("A look cannot go on after a step. Begin anew.")
        result = yield from looked(self.figure(context), self, context.wanted)
        return result


class FiltersJob(LookJob, FilterOptions):
    """A layer's filters as tiles: the first layer's in colours."""

    kind: ClassVar = "look filters"
    example: ClassVar = "atelier look filters --network vgg19 -o filters.png"
    outputs: ClassVar = outputs_of("filters.png", "all filters of the layer")

    def figure(self, context: Context) -> Look:  # noqa: ARG002
        """See `LookJob`."""
        from deepatelier.interpretation.figures.filter_figure import Filters

        return Filters(self)


class ActivationsJob(LookJob, ActivationOptions):
    """What channels of a layer answer to a photograph, as maps."""

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
    """The patches of many pictures that excite units most."""

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
    """The same patches, and beside them what made the units fire, back-projected to the pixels."""

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
    """What the jobs of all maps of classes have."""

    arguments: ClassVar = ("photo",)

    photo: PictureInput = Field(description=_PHOTO)


_MAPS = "one map a class, with its signs"


class CamJob(_ClassMapJob, CamOptions):
    """Where a class is seen, exactly: for networks that end in global average pooling."""

    kind: ClassVar = "look cam"
    example: ClassVar = "atelier look cam coffee --class espresso -o cam.png"
    outputs: ClassVar = outputs_of("cam.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import Cam

        return Cam(context.picture(self.photo), self)


class GradCamJob(_ClassMapJob, GradCamOptions):
    """Where in a layer's maps the evidence for a class lies: for every network."""

    kind: ClassVar = "look gradcam"
    example: ClassVar = "atelier look gradcam chelsea --top 3 -o gradcam.png"
    outputs: ClassVar = outputs_of("gradcam.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import GradCam

        return GradCam(context.picture(self.photo), self)


class OcclusionJob(_ClassMapJob, OcclusionOptions):
    """Where covering the photograph lowers a class's score."""

    kind: ClassVar = "look occlusion"
    example: ClassVar = "atelier look occlusion coffee --class espresso -o occlusion.png"
    outputs: ClassVar = outputs_of("occlusion.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import Occlusion

        return Occlusion(context.picture(self.photo), self)


class SaliencyJob(_ClassMapJob, SaliencyOptions):
    """The pixels of which a class's score would change most."""

    kind: ClassVar = "look saliency"
    example: ClassVar = "atelier look saliency chelsea -o saliency.png"
    outputs: ClassVar = outputs_of("saliency.png", _MAPS)

    def figure(self, context: Context) -> Look:
        """See `LookJob`."""
        from deepatelier.interpretation.figures.class_map_figures import Saliency

        return Saliency(context.picture(self.photo), self)
