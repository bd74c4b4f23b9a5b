"""The interface of a recipe to the job that runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import torch
from torch import Tensor

from deepatelier.images import Pixels
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, State
from deepatelier.options import PresetOptions
from deepatelier.synthesis.engine.synthesize import Step

__all__ = ["Recipe"]


class Recipe(Protocol):
    """A prepared recipe: iterate `steps`, then `finished` returns the picture and `losses` evaluates it."""

    resumable: bool
    """Whether it can be resumed from the state of a step."""

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The pictures and files it was given, by their role."""

    @property
    def options(self) -> PresetOptions:
        """The options, with every value that was used."""

    @property
    def device(self) -> torch.device:
        """The device it runs on."""

    @property
    def precision(self) -> torch.dtype:
        """The dtype of the network."""

    @property
    def planned(self) -> int:
        """The number of steps. With none, `initial` is the result."""

    @property
    def bits(self) -> int:
        """The useful bit depth of the result: 8 or 16."""

    def alpha(self) -> Pixels | None:
        """Return the transparency of the result, (H, W), or None if it is opaque."""

    def initial(self) -> Tensor:
        """Return the initial image, (1, 3, H, W)."""

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Run step by step. If the state of an earlier step is given, resume after it."""

    def finished(self, image: Tensor) -> Tensor:
        """Return the result, given the image of any step."""

    def losses(self, image: Tensor) -> dict[str, float]:
        """Return the weighted losses of a finished picture and their total, in float32; empty without an objective."""

    def measures(self, image: Tensor) -> Measures:
        """Return the measures of a finished picture, by their names."""
