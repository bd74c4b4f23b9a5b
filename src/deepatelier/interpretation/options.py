"""The options of what looks at networks; the same words mean the same as elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier.options import RecipeOptions, Words, option, set_by_user

__all__ = [
    "ActivationOptions",
    "CamOptions",
    "CarriedBackOptions",
    "ClassMapOptions",
    "CollectionOptions",
    "DeconvolutionOptions",
    "FilterOptions",
    "GradCamOptions",
    "LayersOptions",
    "LookOptions",
    "OcclusionOptions",
    "PatchOptions",
    "SaliencyOptions",
]


class LookOptions(RecipeOptions):
    """What everything has that looks at a picture."""

    network: str = option("vgg19", "The network that is looked into; module:function is one of your own.")
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

    network: str = option("vgg19", "The network that is looked into; module:function is one of your own.")
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


class CarriedBackOptions(CollectionOptions):
    """What everything has that carries a unit back to the pixels."""

    guided: bool = option(False, "Guided backpropagation in place of deconvolution: clearer in deep layers.")


class DeconvolutionOptions(PatchOptions, CarriedBackOptions):
    """Options of `Deconvolution`."""


class ClassMapOptions(LookOptions):
    """What all maps of classes have."""

    network: str = option("efficientnet_lite0", "The network that is asked; module:function is one of your own.")
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
