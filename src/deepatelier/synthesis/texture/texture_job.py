"""Options and jobs of texture synthesis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier.inputs import PictureInput
from deepatelier.jobs import Batch, Choice, Context, Job, Output, State, Work, composed
from deepatelier.options import Words, option, set_by_user
from deepatelier.synthesis.recipe.painting_job import PaintingJob
from deepatelier.synthesis.recipe.pyramid_options import SynthesisOptions
from deepatelier.synthesis.recipe.style_layers import STYLE_LAYERS

if TYPE_CHECKING:
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = [
    "PAINTING",
    "StyleReconstructionJob",
    "TextureJob",
    "TextureOptions",
    "TextureSheetJob",
]

PAINTING = "Path of the painting (style image), or a sample: see atelier samples."
"""The help text of the argument for the painting."""


class TextureOptions(SynthesisOptions):
    """Options of `TextureSynthesis`."""

    layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        STYLE_LAYERS, "Layers whose Gram matrices describe the texture."
    )
    layer_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "One weight per layer. Default: equal weights."
    )
    tv: float = option(0.0, "Weight of the total variation loss; 1e-5 smooths a little, 1e-3 a lot.", ge=0)
    margin: int = option(
        16,
        "Pixels optimised beyond each border, left out of the loss and cropped, to avoid a visible frame.",
        ge=0,
        le=256,
    )
    style_size: int | None = option(
        None, "Longest side of the painting, in pixels. Default: the same as --size.", ge=32, le=16384
    )
    tileable: bool = option(False, "Make the result tile without seams; its sides become multiples of 16.")

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        if self.layer_weights is not None and len(self.layer_weights) != len(self.layers):
            raise ValueError(
                f"--layer-weights has {len(self.layer_weights)} values for {len(self.layers)} layers; give one for each"
            )
        if self.layer_weights is not None and not any(self.layer_weights):
            raise ValueError("--layer-weights are all 0, so there is nothing to optimise; raise one")
        if len(set(self.layers)) < len(self.layers):
            raise ValueError("--layers names a layer twice; name it once and use --layer-weights")
        if self.tileable and "margin" in self.model_fields_set and self.margin and set_by_user(info):
            raise ValueError("--tileable has no border, so a margin has no effect; leave --margin out")
        return self


class TextureJob(PaintingJob, TextureOptions):
    """Synthesise more of a painting's texture, from noise."""

    kind: ClassVar = "texture"
    example: ClassVar = "atelier texture swirl --tileable -o texture.png"
    arguments: ClassVar = ("painting",)
    outputs: ClassVar = {"picture": Output("picture", "texture.png", "The picture to write.")}

    painting: PictureInput = Field(description=PAINTING)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.texture.texture_synthesis import TextureSynthesis

        return TextureSynthesis(context.picture(self.painting), self)


class TextureSheetJob(Batch, TextureOptions):
    """Textures of growing sets of layers in a row: the first layer, the first two, and so on."""

    kind: ClassVar = "texture/sheet"
    example: ClassVar = "atelier texture swirl --sheet -o texture.png"
    choice: ClassVar[Choice | None] = Choice(
        "sheet", True, "A row of pictures for growing sets of layers: the first layer, the first two, and so on."
    )
    arguments: ClassVar = ("painting",)
    outputs: ClassVar = {"picture": Output("picture", "texture.png", "The sheet to write.")}

    painting: PictureInput = Field(description=PAINTING)

    @model_validator(mode="after")
    def _first_picture_is_no_noise(self) -> Self:
        if self.layer_weights is not None and not self.layer_weights[0]:
            raise ValueError(
                "the first of --layer-weights is 0, so the first picture of the sheet would be noise; raise it"
            )
        return self

    def children(self, context: Context) -> Mapping[str, Job]:  # noqa: ARG002
        """See `Batch`."""
        values, found = self.model_dump(include=set(TextureJob.model_fields)), {}
        for number, layer in enumerate(self.layers, 1):
            part = {
                "layers": self.layers[:number],
                "layer_weights": self.layer_weights and self.layer_weights[:number],
            }
            label = f"({chr(ord('a') + number - 1)}) {'+ ' if number > 1 else ''}{layer}"
            found[label] = TextureJob.complete({**values, **part})
        return found

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        result = yield from composed(self, self.children(context), context, state)
        return result


class StyleReconstructionJob(TextureSheetJob):
    """Style reconstructions from relu1_1, then relu1_1 and relu2_1, and so on to relu5_1."""

    kind: ClassVar = "reconstruct style"
    example: ClassVar = "atelier reconstruct style swirl -o style.png"
    choice: ClassVar = None
    outputs: ClassVar = {"picture": Output("picture", "style.png", "The sheet to write.")}

    size: int = option(256, "Longest side of each picture, in pixels.", ge=32, le=16384)
