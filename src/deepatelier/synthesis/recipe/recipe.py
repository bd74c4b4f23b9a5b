"""What every recipe gives to the job that runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import torch
from torch import Tensor

from deepatelier.inputs import Input
from deepatelier.jobs import Measures, State
from deepatelier.options import PresetOptions
from deepatelier.synthesis.engine.synthesize import Step

__all__ = ["Recipe"]


class Recipe(Protocol):
    """A painting that is prepared: iterate `steps`; then `finished` gives the picture and `losses` measures it."""

    resumable: bool
    """Whether its steps have a state."""

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The pictures and files that it was given, by their part."""

    @property
    def options(self) -> PresetOptions:
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
        """Paint, step by step; after an earlier step if its state is given."""

    def finished(self, image: Tensor) -> Tensor:
        """The result, from the image of any step."""

    def losses(self, image: Tensor) -> dict[str, float]:
        """The weighted losses of a finished picture and their total, in float32; empty if nothing is optimised."""

    def measures(self, image: Tensor) -> Measures:
        """What a finished picture shows, by the words that say it."""
