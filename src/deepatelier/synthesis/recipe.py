"""What every recipe on the engine gives to whoever runs it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from typing import Protocol

import torch
from torch import Tensor

from deepatelier.devices import precision_name
from deepatelier.runs import Input, Record, this_machine
from deepatelier.synthesis.engine import State, Step
from deepatelier.synthesis.options import RecipeOptions

__all__ = ["Measures", "Recipe", "record_of"]

Measures = dict[str, bool | int | float | str]
"""What a picture shows, by the words that say it."""


class Recipe(Protocol):
    """A painting that is prepared: iterate `steps`; then `finished` gives the picture and `losses` measures it."""

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The pictures and files that it was given, by their part."""

    @property
    def options(self) -> RecipeOptions:
        """Its options, with every value that was used."""

    @property
    def device(self) -> torch.device:
        """Where it runs."""

    @property
    def precision(self) -> torch.dtype:
        """The number format in which the network runs."""

    @property
    def planned(self) -> int:
        """How many steps there will be; with none, `initial` is the result."""

    @property
    def bits(self) -> int:
        """The bits of a channel that the result is worth: 8 or 16."""

    def alpha(self) -> Tensor | None:
        """The result's transparency, (1, 1, H, W); None if it is opaque."""

    def initial(self) -> Tensor:
        """The image from which it starts, (1, 3, H, W)."""

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Paint, step by step; behind an earlier step if its state is given."""

    def finished(self, image: Tensor) -> Tensor:
        """The result, from the image of any step."""

    def losses(self, image: Tensor) -> dict[str, float]:
        """The weighted losses of a finished image and their total, in float32."""

    def measures(self, image: Tensor) -> Measures:
        """What a finished image shows, by the words that say it."""


def record_of(recipe: Recipe, written: Tensor, *, command: str, output: str, began: float, steps: int) -> Record:
    """The record of a picture that a recipe made.

    Args:
        recipe: Made it.
        written: The picture as it is read from the file, (1, 3, H, W).
        command: The recipe's.
        output: The file's path as it was given.
        began: When it was begun, by `time.perf_counter`.
        steps: How many were taken.
    """
    return Record(
        command=command,
        output=output,
        size=(written.shape[-1], written.shape[-2]),
        losses=recipe.losses(written),
        measures={
            words: value
            for words, value in recipe.measures(written).items()
            if not isinstance(value, float) or math.isfinite(value)  # JSON has no infinity
        },
        seconds=round(time.perf_counter() - began, 3),
        steps=steps,
        device=str(recipe.device),
        precision=precision_name(recipe.precision),
        machine=this_machine(recipe.device),
        seed=recipe.options.seed,
        preset=getattr(recipe.options, "preset", None),
        inputs=dict(recipe.inputs),
        options=Record.named(recipe.options, recipe.inputs),
    )
