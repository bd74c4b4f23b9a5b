"""The options of class and unit pictures, and the plain form of the documents as a preset."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import model_validator

from deepatelier.synthesis.options import SynthesisOptions, Words, option

__all__ = ["VisualizationOptions"]


class VisualizationOptions(SynthesisOptions):
    """Options of `FeatureVisualization`."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # documents 001 and 002: gradient ascent on the pixels, from grey, with an L2 penalty
        "documents": {
            "canvas": "pixels",
            "init": "grey",
            "views": 1,
            "jitter": 0.0,
            "rotation": 0.0,
            "zoom": 1.0,
            "tv": 0.0,
            "l2": 1e-4,
            "optimizer": "gradient",
            "learning_rate": 1.0,
            "levels": 1,
            "size": 224,
        }
    }

    preset: str | None = option(
        None, "documents: plain gradient ascent on the pixels, with L2; a flag of its own goes before it."
    )
    class_: str | None = option(None, "The class to be seen, by its name or number.")
    layer: str | None = option(None, "Or the layer to be excited; see atelier networks NAME.")
    channel: int | None = option(None, "The layer's channel, from 0. Default: the whole layer.", ge=0)
    position: Annotated[tuple[int, int], Words] | None = option(
        None, "Row and column of one unit of the channel. Default: its mean over all positions."
    )
    network: str = option("efficientnet_lite0", "The network that is asked; module:function is one of your own.")
    size: int = option(320, "Height and width of the picture, in pixels.", ge=8, le=16384)
    steps: int = option(300, "Gradient evaluations, of all levels together.", ge=1, le=100_000)
    levels: int = option(3, "Sizes from coarse to fine.", ge=1, le=8)
    level_ratio: float = option(1.5, "Each level's size over that of the one before.", gt=1, le=8)
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "adam", "What moves the canvas: Adam, L-BFGS, or plain gradient ascent with steps of one length."
    )
    learning_rate: float | None = option(
        None, "Step size. Default: 0.05 for adam on waves, else as for atelier style.", gt=0, le=1000
    )
    canvas: Literal["waves", "pixels"] = option(
        "waves", "waves: a Fourier transform with decorrelated colours; pixels: each value by itself."
    )
    init: Literal["noise", "grey"] = option("noise", "Where to start: smooth noise, or the middle grey.")
    views: int = option(4, "How many views of the picture are looked at together in a step.", ge=1, le=64)
    jitter: float = option(0.06, "Each view is moved by up to this part of the picture.", ge=0, le=0.5)
    rotation: float = option(10.0, "Each view is turned by up to so many degrees.", ge=0, le=180)
    zoom: float = option(1.25, "Each view is scaled by a factor between 1/zoom and zoom.", ge=1, le=4)
    tv: float = option(1e-4, "Weight of the total variation, in squared levels of 255 a pixel: smoothness.", ge=0)
    l2: float = option(
        0.0, "λ of the documents: weight of the squared distance from grey, in levels of 255 a pixel.", ge=0
    )
    margin: int = option(0, "Pixels painted beyond each border of the canvas pixels and cut off.", ge=0, le=256)

    @model_validator(mode="after")
    def _at_most_one_target(self) -> Self:
        if self.class_ is not None and self.layer is not None:
            raise ValueError("--class and --layer are two things to be seen; give one of them")
        if self.channel is not None and self.layer is None:
            raise ValueError("--channel is a channel of a layer; give --layer too")
        if self.position is not None and self.channel is None:
            raise ValueError("--position is a position of a channel; give --channel too")
        return self
