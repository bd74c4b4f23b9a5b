"""The options of the labs."""

from __future__ import annotations

from deepatelier.options import RecipeOptions, option

__all__ = ["LabOptions"]


class LabOptions(RecipeOptions):
    """What every lab has."""

    size: int = option(256, "Longest side of each picture, in pixels.", ge=32, le=16384)
    steps: int = option(150, "Gradient evaluations of each picture.", ge=1, le=100_000)
