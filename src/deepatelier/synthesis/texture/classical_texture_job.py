"""The options of the classical texture synthesis, and its job."""

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

    levels: int = option(4, "Sizes from coarse to fine.", ge=1, le=8)
    style_size: int | None = option(
        None, "Longest side of the painting, in pixels. Default: as --size.", ge=32, le=16384
    )
    neighborhood: int = option(9, "Side of the neighbourhoods that are compared, in pixels; odd.", ge=3, le=31)

    @field_validator("neighborhood")
    @classmethod
    def _odd(cls, side: int) -> int:
        if side % 2 == 0:
            raise ValueError(f"--neighborhood is odd, as 9; received {side}")
        return side


class ClassicalTextureJob(PaintingJob, ClassicalTextureOptions):
    """The classical synthesis: pixel by pixel from the nearest neighbourhood."""

    kind: ClassVar = "texture/wei-levoy"
    example: ClassVar = "atelier texture swirl --method wei-levoy -o texture.png"
    choice: ClassVar = Choice(
        "method",
        "wei-levoy",
        "gram: the Gram matrices of a network; wei-levoy: pixel by pixel from the nearest neighbourhood, of 2000.",
        ("gram",),
    )
    arguments: ClassVar = ("painting",)
    outputs: ClassVar = {"picture": Output("picture", "texture.png", "The picture to write.")}

    painting: PictureInput = Field(description=PAINTING)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.texture.classical_texture import ClassicalTexture

        return ClassicalTexture(context.picture(self.painting), self)
