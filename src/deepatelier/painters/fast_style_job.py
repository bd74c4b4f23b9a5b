"""Options and job of fast style transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from deepatelier.inputs import ModelInput, PictureInput
from deepatelier.jobs import Choice, Context
from deepatelier.options import PresetOptions, Words, option
from deepatelier.synthesis.recipe.painting_job import PHOTO, PaintingJob
from deepatelier.synthesis.style.style_job import PAINTINGS, StyleOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deepatelier.images import Picture
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = ["FastStyleJob", "FastStyleOptions"]


def _about(name: str) -> str:
    """Return the help text that `StyleOptions` has for the same option."""
    return StyleOptions.model_fields[name].description or ""


class FastStyleOptions(PresetOptions):
    """Options of `FastStyle`."""

    size: int = option(512, "Longest side of the result, in pixels.", ge=32, le=16384)
    painter: ModelInput | None = option(
        None,
        "A file written by atelier train-painter. Default: the pretrained painter, which was trained on the sample "
        "paintings.",
    )
    style_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, _about("style_weights")
    )
    mask: PictureInput | None = option(None, _about("mask"))
    colors: Literal["painting", "photo"] = option(
        "painting", "Colours of the result: painting; photo (only luminance is styled)."
    )
    measure: bool = option(False, _about("measure"))
    resampling: Literal["lanczos", "bilinear"] = option("lanczos", "Filter for resizing the pictures.")
    device: str = option("auto", "Device to run on: auto, cpu, cuda, cuda:1, mps.")
    precision: Literal["auto", "float32", "bfloat16"] = option("auto", _about("precision"))

    @model_validator(mode="after")
    def _some_painting_counts(self) -> Self:
        if self.style_weights is not None and not any(self.style_weights):
            raise ValueError("--style-weights are all 0, so no painting is used; give one a weight above 0")
        return self


class FastStyleJob(PaintingJob, FastStyleOptions):
    """Fast style transfer: a single forward pass of a trained painter."""

    kind: ClassVar = "style/fast"
    example: ClassVar = "atelier style photo.jpg swirl --fast -o painted.png"
    arguments: ClassVar = ("photo", "paintings")
    choice: ClassVar = Choice(
        "fast", True, "Fast style transfer: a single forward pass of a trained painter, without optimisation of pixels."
    )

    photo: PictureInput = Field(description=PHOTO)
    paintings: Annotated[tuple[PictureInput, ...], Field(min_length=1)] = Field(description=PAINTINGS)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.painters.fast_style import FastStyle

        paintings = [context.picture(each) for each in self.paintings]
        return FastStyle(context.picture(self.photo), paintings, self)

    @staticmethod
    def of_style(photo: Picture, paintings: Sequence[Picture], options: StyleOptions) -> Recipe:
        """Return the recipe that makes the initial picture for ``--init fast``, in the paintings' colours if possible.

        Args:
            photo, paintings: Those of the style transfer.
            options: The options of the style transfer.

        Raises:
            OptionError: There is no such painter, or it was not trained on one of the paintings.
            WeightsError: The painter's file is damaged.
        """
        from deepatelier.painters.fast_style import FastStyle

        shared = options.model_dump(include=set(FastStyleOptions.model_fields) - {"colors", "measure"})
        return FastStyle(photo, paintings, FastStyleOptions.complete(shared))
