"""The options of feature inversion."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from deepatelier.options import Words, option
from deepatelier.synthesis.options import SynthesisOptions
from deepatelier.synthesis.texture_options import STYLE_LAYERS

__all__ = ["ContentReconstructionOptions", "InversionOptions"]


class InversionOptions(SynthesisOptions):
    """Options of `FeatureInversion`."""

    size: int = option(
        256, "Longest side of each picture, in pixels; of no use to a network that takes one size.", ge=32, le=16384
    )
    layer: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu3_3",), "The layer that is inverted; of several, a sheet with one picture each, behind the photograph."
    )
    tv: float = option(
        1e-5, "λ: weight of R_β, in squared levels of 255 a pixel; the features' distance is relative to Φ0.", ge=0
    )
    tv_beta: float = option(
        2.0, "β of R_β: 2 is the sum of squared differences, 1 the isotropic total variation.", gt=0
    )
    levels: int = option(1, "Sizes from coarse to fine; 1 works at full size only.", ge=1, le=8)
    margin: int = option(0, "Pixels painted beyond each border and cut off at the end.", ge=0, le=256)

    @model_validator(mode="after")
    def _each_layer_once(self) -> Self:
        if len(set(self.layer)) < len(self.layer):
            raise ValueError("--layer names a layer twice; name each once")
        return self


class ContentReconstructionOptions(InversionOptions):
    """Options of the sheet of content reconstructions."""

    layer: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        STYLE_LAYERS, "The layers that are inverted, one picture each."
    )
    tv: float = option(0.0, "λ: weight of R_β, as of atelier invert; the documents have none here.", ge=0)
