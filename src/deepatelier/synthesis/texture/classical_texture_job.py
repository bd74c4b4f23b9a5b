"""Options and job of the classical texture synthesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, field_validator

from deepatelier.inputs import PictureInput
from deepatelier.jobs import Choice, Context, Output
from deepatelier.options import RecipeOptions, option
from deepatelier.synthesis.recipe.painting_job import PaintingJob
from deepatelier.synthesis.texture.texture_job import PAINTING

if TYPE_CHECKING:
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = ["ClassicalTextureJob", "ClassicalTextureOptions"]


class ClassicalTextureOptions(RecipeOptions):
    """Options of `ClassicalTexture`; the network only measures the result."""

    levels: int = option(4, "Number of pyramid levels, from coarse to fine.", ge=1, le=8)
    style_size: int | None = option(
        None, "Longest side of the painting, in pixels. Default: the same as --size.", ge=32, le=16384
    )
    neighborhood: int = option(9, "Side of the compared neighbourhoods, in pixels; odd.", ge=3, le=31)

    @field_validator("neighborhood")
    @classmethod
    def _odd(cls, side: int) -> int:
        if side % 2 == 0:
            raise ValueError(f"--neighborhood must be odd, as 9; received {side}")
        return side


class ClassicalTextureJob(PaintingJob, ClassicalTextureOptions):
    """Classical texture synthesis: pixel by pixel, copied from the nearest neighbourhood (Wei and Levoy 2000)."""

    kind: ClassVar = "texture/wei-levoy"
    example: ClassVar = "atelier texture swirl --method wei-levoy -o texture.png"
    choice: ClassVar = Choice(
        "method",
        "wei-levoy",
        "gram: match Gram matrices of a network; wei-levoy: copy pixel by pixel from the nearest neighbourhood (2000).",
        ("gram",),
    )
    arguments: ClassVar = ("painting",)
    outputs: ClassVar = {"picture": Output("picture", "texture.png", "The picture to write.")}

    painting: PictureInput = Field(description=PAINTING)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.texture.classical_texture import ClassicalTexture

        return ClassicalTexture(context.picture(self.painting), self)
