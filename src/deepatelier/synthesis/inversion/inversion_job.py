"""Options and jobs of feature inversion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from deepatelier.inputs import PictureInput
from deepatelier.jobs import Batch, Context, Output, State, Work, composed
from deepatelier.options import Words, option
from deepatelier.synthesis.recipe.painting_job import PHOTO, PaintingJob
from deepatelier.synthesis.recipe.pyramid_options import SynthesisOptions
from deepatelier.synthesis.recipe.style_layers import STYLE_LAYERS

if TYPE_CHECKING:
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = [
    "ContentReconstructionJob",
    "InversionJob",
    "InversionOptions",
    "InversionSheetJob",
]


class InversionOptions(SynthesisOptions):
    """Options of `FeatureInversion`."""

    size: int = option(
        256, "Longest side of each picture, in pixels; ignored by a network with a fixed input size.", ge=32, le=16384
    )
    layer: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu3_3",), "The layer to invert; several layers give a sheet, with the photograph first."
    )
    tv: float = option(
        1e-5, "λ: weight of R_β, in squared levels of 255 per pixel; the feature distance is relative to Φ0.", ge=0
    )
    tv_beta: float = option(
        2.0, "β of R_β: 2 is the sum of squared differences, 1 the isotropic total variation.", gt=0
    )
    levels: int = option(1, "Number of pyramid levels, from coarse to fine; 1 works at full size only.", ge=1, le=8)
    margin: int = option(0, "Pixels optimised beyond each border and cropped at the end.", ge=0, le=256)


class InversionJob(PaintingJob, InversionOptions):
    """Reconstruct a picture from a layer's activations."""

    kind: ClassVar = "invert"
    example: ClassVar = "atelier invert chelsea --layer relu3_3 -o inverted.png"
    arguments: ClassVar = ("photo",)
    outputs: ClassVar = {"picture": Output("picture", "inverted.png", "The picture to write.")}

    photo: PictureInput = Field(description=PHOTO)

    @model_validator(mode="after")
    def _one_layer(self) -> Self:
        if len(self.layer) > 1:
            raise ValueError(f"{len(self.layer)} layers make a sheet, an InversionSheetJob; give one --layer")
        return self

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.inversion.feature_inversion import FeatureInversion

        return FeatureInversion(context.picture(self.photo), self)


class InversionSheetJob(Batch, InversionOptions):
    """Reconstructions from several layers in a row, after the photograph."""

    kind: ClassVar = "invert/sheet"
    example: ClassVar = "atelier invert chelsea --layer relu2_2,relu4_3 -o inverted.png"
    arguments: ClassVar = ("photo",)
    outputs: ClassVar = {"picture": Output("picture", "inverted.png", "The sheet to write.")}

    photo: PictureInput = Field(description=PHOTO)

    @model_validator(mode="after")
    def _each_layer_once(self) -> Self:
        if len(set(self.layer)) < len(self.layer):
            raise ValueError("--layer names a layer twice; name each once")
        return self

    def children(self, context: Context) -> Mapping[str, InversionJob]:  # noqa: ARG002
        """See `Batch`."""
        values = self.model_dump(include=set(InversionJob.model_fields))
        return {
            f"({chr(ord('a') + number)}) {layer}": InversionJob.complete({**values, "layer": (layer,)})
            for number, layer in enumerate(self.layer)
        }

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        from deepatelier.synthesis.inversion.feature_inversion import FeatureInversion

        children = self.children(context)
        photo = FeatureInversion(context.picture(self.photo), next(iter(children.values()))).shown_photo()
        result = yield from composed(self, children, context, state, given={"photograph": photo})
        return result

    @classmethod
    def chosen_by(cls, given: Mapping[str, Any]) -> bool:
        """Return whether several layers are given."""
        return len(given.get("layer", ())) > 1


class ContentReconstructionJob(InversionSheetJob):
    """Content reconstructions of a picture from relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1, one each."""

    kind: ClassVar = "reconstruct content"
    example: ClassVar = "atelier reconstruct content chelsea -o content.png"
    outputs: ClassVar = {"picture": Output("picture", "content.png", "The sheet to write.")}

    layer: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        STYLE_LAYERS, "The layers to invert, one picture each."
    )
    tv: float = option(0.0, "λ: weight of R_β, as for atelier invert; Gatys et al. (2015) use none.", ge=0)
