"""What every recipe on the engine gives to whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from torch import Tensor

from deepatelier.runs import Made
from deepatelier.synthesis.engine import State, Step

__all__ = ["Recipe"]


class Recipe(Made, Protocol):
    """A painting that is prepared: iterate `steps`; then `finished` gives the picture and `losses` measures it."""

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
