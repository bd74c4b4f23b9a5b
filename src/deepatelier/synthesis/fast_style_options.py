"""The options of style transfer at once, and its job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from deepatelier.inputs import ModelInput, PictureInput
from deepatelier.jobs import Choice, Context
from deepatelier.options import PresetOptions, Words, option
from deepatelier.synthesis.painting_job import PHOTO, PaintingJob
from deepatelier.synthesis.style_options import PAINTINGS, StyleOptions

if TYPE_CHECKING:
    from deepatelier.synthesis.recipe import Recipe

__all__ = ["FastStyleJob", "FastStyleOptions"]


def _about(name: str) -> str:
    """What `StyleOptions` says of an option that both have."""
    return StyleOptions.model_fields[name].description or ""


class FastStyleOptions(PresetOptions):
    """Options of `FastStyle`."""

    size: int = option(512, "Longest side of the result, in pixels.", ge=32, le=16384)
    painter: ModelInput | None = option(
        None,
        "The file that atelier train-painter wrote. Default: the painter that ships, which knows the paintings that "
        "ship.",
    )
    style_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, _about("style_weights")
    )
    mask: PictureInput | None = option(None, _about("mask"))
    colors: Literal["painting", "photo"] = option(
        "painting", "Whose colours: painting; photo (only luminance is painted)."
    )
    report: bool = option(False, _about("report"))
    resampling: Literal["lanczos", "bilinear"] = option("lanczos", "Filter that resizes the pictures.")
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps.")
    precision: Literal["auto", "float32", "bfloat16"] = option("auto", _about("precision"))

    @model_validator(mode="after")
    def _some_painting_counts(self) -> Self:
        if self.style_weights is not None and not any(self.style_weights):
            raise ValueError("--style-weights are all 0, so that no painting counts; raise one")
        return self


class FastStyleJob(PaintingJob, FastStyleOptions):
    """The same at once, by a trained painter."""

    kind: ClassVar = "style/fast"
    example: ClassVar = "atelier style photo.jpg swirl --fast -o painted.png"
    arguments: ClassVar = ("photo", "paintings")
    choice: ClassVar = Choice(
        "fast", True, "Paint at once: a trained painter looks at the photograph once, and no gradient moves the pixels."
    )

    photo: PictureInput = Field(description=PHOTO)
    paintings: Annotated[tuple[PictureInput, ...], Field(min_length=1)] = Field(description=PAINTINGS)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.fast_style import FastStyle

        paintings = [context.picture(each) for each in self.paintings]
        return FastStyle(context.picture(self.photo), paintings, self)
