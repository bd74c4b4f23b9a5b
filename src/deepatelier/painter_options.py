"""The options of training a painter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from deepatelier.options import RecipeOptions, Words, option

__all__ = ["PainterOptions"]


class PainterOptions(RecipeOptions):
    """Options of `PainterTraining`."""

    size: int = option(
        768, "Longest side of the paintings, in pixels: the strokes are as long as in them.", ge=32, le=16384
    )
    photos: Annotated[tuple[str, ...], Words] = option(
        (), "Folders or files of photographs to learn on; some dozens are enough. Default: those that ship."
    )
    steps: int = option(500, "Steps; each looks at one batch.", ge=1, le=1_000_000)
    batch: int = option(1, "Parts of photographs in a step.", ge=1, le=256)
    crop: int = option(384, "Height and width of a part of a photograph, in pixels.", ge=64, le=2048)
    start: str = option(
        "shipped", "The painter with which training begins: shipped, none (random weights), or a painter's file."
    )
    learning_rate: float = option(2e-3, "Adam's, at the start; it falls to zero as a cosine.", gt=0, le=1)
    alpha: float = option(0.1, "Weight of the content loss over the style loss, each relative to its own energy.", ge=0)
    tv: float = option(50.0, "Weight of the total variation over the content loss: smoothness.", ge=0)
    content_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu4_2",), "Layers whose activations are the photograph's content."
    )
    style_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"), "Layers whose Gram matrices are the painting's style."
    )
