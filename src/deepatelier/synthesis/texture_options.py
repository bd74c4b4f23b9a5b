"""The options of texture synthesis."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier.options import Words, option, set_by_user
from deepatelier.synthesis.options import SynthesisOptions

__all__ = ["STYLE_LAYERS", "StyleReconstructionOptions", "TextureOptions"]

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
"""The documents' conv1_1 … conv5_1."""

_NEURAL_ONLY = {
    "layers",
    "layer_weights",
    "tv",
    "optimizer",
    "learning_rate",
    "steps",
    "level_shares",
    "level_ratio",
    "margin",
    "sheet",
}
"""What the classical method does not use."""


class TextureOptions(SynthesisOptions):
    """Options of `TextureSynthesis`."""

    method: Literal["gram", "wei-levoy"] = option(
        "gram",
        "gram: the Gram matrices of a network; wei-levoy: pixel by pixel from the nearest neighbourhood, of 2000.",
    )
    layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        STYLE_LAYERS, "Layers whose Gram matrices are the texture."
    )
    layer_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "A weight for each layer. Default: the same for each."
    )
    tv: float = option(0.0, "Weight of the total variation: smoothness; 1e-5 is a little, 1e-3 much.", ge=0)
    margin: int = option(
        16,
        "Pixels painted beyond each border, not compared and cut off, so that there is no frame.",
        ge=0,
        le=256,
    )
    style_size: int | None = option(
        None, "Longest side of the painting, in pixels. Default: as --size.", ge=32, le=16384
    )
    tileable: bool = option(False, "The result repeats without a seam; its sides become multiples of 16.")
    sheet: bool = option(False, "One picture for the first layer, one for the first two, and so on, in a row.")
    neighborhood: int = option(9, "Side of the neighbourhoods of wei-levoy, in pixels; odd.", ge=3, le=31)

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        if self.layer_weights is not None and len(self.layer_weights) != len(self.layers):
            raise ValueError(
                f"--layer-weights has {len(self.layer_weights)} values for {len(self.layers)} layers; give one for each"
            )
        if self.layer_weights is not None and not any(self.layer_weights):
            raise ValueError("--layer-weights are all 0, so there is nothing to paint; raise one")
        if len(set(self.layers)) < len(self.layers):
            raise ValueError("--layers names a layer twice; name it once, and weigh it with --layer-weights")
        if self.sheet and self.layer_weights is not None and not self.layer_weights[0]:
            raise ValueError(
                "the first of --layer-weights is 0, so that the first picture of the sheet is noise; raise it"
            )
        if self.sheet and self.method == "wei-levoy":
            raise ValueError("--method wei-levoy has no layers to make a sheet of; use atelier texture without --sheet")
        if set_by_user(info):
            self._check_method()
        return self

    def _check_method(self) -> None:
        given = self.model_fields_set
        if self.method == "wei-levoy":
            if unused := sorted(given & _NEURAL_ONLY):
                raise ValueError(f"--method wei-levoy does not use --{unused[0].replace('_', '-')}; leave it out")
            if self.neighborhood % 2 == 0:
                raise ValueError(f"--neighborhood is odd, as 9; received {self.neighborhood}")
        elif "neighborhood" in given:
            raise ValueError("--neighborhood is for --method wei-levoy; leave it out, or choose that method")
        if self.tileable and "margin" in given and self.margin:
            raise ValueError("--tileable has no border to paint beyond; leave --margin out")


class StyleReconstructionOptions(TextureOptions):
    """Options of the sheet of style reconstructions."""

    size: int = option(256, "Longest side of each picture, in pixels.", ge=32, le=16384)
    sheet: bool = option(True, "One picture for the first layer, one for the first two, and so on, in a row.")
