"""The options that the recipes share which work from coarse to fine."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deepatelier.options import RecipeOptions, Words, option

__all__ = ["SynthesisOptions"]


class SynthesisOptions(RecipeOptions):
    """What every recipe has that works from coarse to fine."""

    steps: int = option(200, "Gradient evaluations, of all levels together.", ge=1, le=100_000)
    levels: int | None = option(
        None,
        "Sizes from coarse to fine; 1 works at full size only. "
        "Default: as many as leave about 256 pixels at the coarsest.",
        ge=1,
        le=8,
    )
    level_ratio: float = option(2.0, "Each level's size over that of the one before.", gt=1, le=8)
    level_shares: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Words] | None = option(
        None, "Each level's share of the steps, from coarse to fine. Default: equal shares."
    )
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "lbfgs", "What moves the pixels: L-BFGS, Adam, or plain gradient descent with steps of one length."
    )
    learning_rate: float | None = option(
        None,
        "Step size: a factor for lbfgs (default 1), levels of 255 for adam (default 5) and gradient (default 1.5).",
        gt=0,
        le=1000,
    )
    margin: int = option(
        16,
        "Pixels painted beyond each border and cut off at the end, so that no frame is left in the picture.",
        ge=0,
        le=256,
    )

    @model_validator(mode="after")
    def _one_share_for_each_level(self) -> Self:
        if self.level_shares is not None and len(self.level_shares) != (self.levels or 1):
            raise ValueError(
                f"--level-shares has {len(self.level_shares)} values for {self.levels or 1} levels; "
                "give one for each, and --levels"
            )
        return self
