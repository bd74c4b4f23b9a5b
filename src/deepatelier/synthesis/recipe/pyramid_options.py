"""The options shared by all recipes that work from coarse to fine."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deepatelier.options import RecipeOptions, Words, option

__all__ = ["SynthesisOptions"]


class SynthesisOptions(RecipeOptions):
    """Options of every recipe that works from coarse to fine."""

    steps: int = option(200, "Gradient evaluations, over all levels together.", ge=1, le=100_000)
    levels: int | None = option(
        None,
        "Number of pyramid levels, from coarse to fine; 1 works at full size only. "
        "Default: as many as keep about 256 pixels at the coarsest level.",
        ge=1,
        le=8,
    )
    level_ratio: float = option(2.0, "Ratio of each level's size to that of the level before.", gt=1, le=8)
    level_shares: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Words] | None = option(
        None, "Each level's share of the steps, from coarse to fine. Default: equal shares."
    )
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "lbfgs", "Optimizer of the pixels: L-BFGS, Adam, or gradient descent with normalised step length."
    )
    learning_rate: float | None = option(
        None,
        "Learning rate: a factor for lbfgs (default 1), levels of 255 for adam (default 5) and gradient (default 1.5).",
        gt=0,
        le=1000,
    )
    margin: int = option(
        16,
        "Pixels optimised beyond each border and cropped at the end, to avoid a visible frame.",
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
