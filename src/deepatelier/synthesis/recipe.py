"""What every recipe on the engine gives to whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import torch
from torch import Tensor

from deepatelier.runs import Input
from deepatelier.synthesis.engine import State, Step
from deepatelier.synthesis.options import SynthesisOptions

__all__ = ["Recipe"]


class Recipe(Protocol):
    """A painting that is prepared: iterate `steps`; then `finished` gives the picture and `losses` measures it."""

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The pictures and files that it was given, by their part."""

    @property
    def options(self) -> SynthesisOptions:
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
