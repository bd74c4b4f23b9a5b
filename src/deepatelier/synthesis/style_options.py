"""The options of neural style transfer, and its presets."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from deepatelier.synthesis.options import SynthesisOptions, Words, option

__all__ = ["BETA_PER_PIXEL", "STARTS", "TOTAL_VARIATION", "StyleOptions"]

BETA_PER_PIXEL = 0.1
"""The default β over the pixels of the result.

The documents' content term is a sum over positions, their style term a mean: only a β that grows with the picture keeps
the balance between them at every size. 0.1 is 19,661 at 512 x 384, so α/β is about 5e-5, chosen by looking.
"""

TOTAL_VARIATION = 50.0
"""The default weight of the total variation."""

STARTS = ("matched", "content", "noise", "mix")
"""What ``init`` may be beside a picture's path."""


class StyleOptions(SynthesisOptions):
    """Options of `StyleTransfer`."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # ProGamerGov/neural-style-pt and jcjohnson/neural-style
        "neural-style": {
            "units": "neural-style",
            "network": "vgg19",
            "weights": "oxford",
            "pooling": "max",
            "optimizer": "lbfgs",
            "content_layers": ("relu4_2",),
            "style_layers": ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
            "alpha": 5.0,
            "beta": 100.0,
            "tv": 1e-3,
            "init": "noise",
            "steps": 1000,
            "levels": 1,
            "margin": 0,
            "resampling": "bilinear",
        }
    }

    preset: str | None = option(None, "neural-style: as that program does; a flag of its own goes before it.")
    style_size: int | None = option(
        None, "Longest side of the painting, in pixels. Default: as --size.", ge=32, le=16384
    )
    init: str = option(
        "matched",
        "Where to start: matched (the photograph in the painting's colours), content (the photograph), noise, "
        "mix (99 % noise and the photograph), or a picture's path.",
    )
    alpha: float = option(1.0, "Weight of the content loss.", ge=0)
    beta: float | None = option(
        None, f"Weight of the style loss. Default: {BETA_PER_PIXEL} for each pixel of the result.", ge=0
    )
    tv: float | None = option(
        None, f"Weight of the total variation: smoothness. Default: {TOTAL_VARIATION:g} with the weights oxford.", ge=0
    )
    content_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu4_2",), "Layers whose activations are the photograph's content."
    )
    style_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"), "Layers whose Gram matrices are the painting's style."
    )
    style_layer_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "A weight for each style layer. Default: 1/number of layers each; 1 each with --units neural-style."
    )
    units: Literal["documents", "neural-style"] = option(
        "documents", "Whose normalisation the losses have: the published equations', or the program neural-style's."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        weights = self.style_layer_weights
        if weights is not None and len(weights) != len(self.style_layers):
            raise ValueError(
                f"--style-layer-weights has {len(weights)} values for {len(self.style_layers)} style layers; "
                "give one for each"
            )
        style = (self.beta is None or self.beta) and (weights is None or any(weights))
        if not (self.alpha or style):
            raise ValueError(
                "the content and the style both weigh 0, so there is nothing to paint; raise --alpha or --beta"
            )
        return self
