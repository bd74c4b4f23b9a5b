"""The options of DeepDream."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier.options import Words, option, set_by_user
from deepatelier.synthesis.options import SynthesisOptions

__all__ = ["DreamOptions"]


class DreamOptions(SynthesisOptions):
    """Options of `DeepDream`."""

    layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu5_1",), "Layers that are to answer more strongly; relu4_4:0.5 gives a layer a weight."
    )
    guide: str | None = option(None, "A picture, or a sample: the layers are to answer as they do to it.")
    steps: int = option(48, "Gradient evaluations, of all octaves together.", ge=1, le=100_000)
    levels: int | None = option(
        None, "Octaves: sizes from coarse to fine. Default: 4, and fewer for a small picture.", ge=1, le=16
    )
    level_ratio: float = option(1.4, "Each octave's size over that of the one before.", gt=1, le=8)
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "gradient", "What moves the pixels: plain gradient ascent with steps of one length, Adam, or L-BFGS."
    )
    jitter: int = option(
        16, "The network sees the picture moved by up to this many pixels, anew at each step.", ge=0, le=256
    )
    frames: int = option(1, "Above 1: a film that goes into the dream, of so many pictures.", ge=1, le=2_000)
    zoom: float = option(1.05, "How much each picture of the film enlarges the one before.", gt=1, le=2)
    frame_steps: int = option(16, "Gradient evaluations of each picture of the film behind the first.", ge=1, le=10_000)
    fps: int = option(12, "Pictures of the film in a second.", ge=1, le=50)

    @property
    def weighted_layers(self) -> dict[str, float]:
        """The weight of each layer."""
        return {name: float(weight or 1) for name, _, weight in (word.partition(":") for word in self.layers)}

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        for word in self.layers:
            name, sign, weight = word.partition(":")
            if sign:
                try:
                    valid = bool(name) and 0 < float(weight) < float("inf")
                except ValueError:
                    valid = False
                if not valid:
                    raise ValueError(f"--layers takes layer or layer:weight with a weight above 0; received {word!r}")
        if len(self.weighted_layers) < len(self.layers):
            raise ValueError("--layers names a layer twice; name it once, with a weight: relu4_4:2")
        film = {"zoom", "frame_steps", "fps"} & self.model_fields_set
        if self.frames == 1 and film and set_by_user(info):
            raise ValueError(f"--{min(film).replace('_', '-')} is of a film; give --frames too, as --frames 60")
        return self
