"""What is made, and its record."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import torch
from torch import Tensor

from deepatelier.devices import precision_name
from deepatelier.options import PresetOptions
from deepatelier.runs.record import Input, Record, this_machine

__all__ = ["Figure", "Made", "Measures", "record_of"]

Measures = dict[str, bool | int | float | str]
"""What a picture shows, by the words that say it."""


class Made(Protocol):
    """Whatever makes a picture that carries a record."""

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

    def losses(self, image: Tensor) -> dict[str, float]:
        """The weighted losses of a finished picture and their total, in float32; empty if nothing is optimised."""

    def measures(self, image: Tensor) -> Measures:
        """What a finished picture shows, by the words that say it."""


class Figure(Made, Protocol):
    """Whatever looks and then draws what it found."""

    @property
    def notes(self) -> list[str]:
        """What the picture cannot say, a sentence each; complete when it has looked."""

    @property
    def planned(self) -> int:
        """How many steps there will be."""

    @property
    def found_something(self) -> bool:
        """Whether there is a picture yet."""

    @property
    def has_array(self) -> bool:
        """Whether there are numbers behind the picture that are one array."""

    def look(self, advance: Callable[[str], None]) -> None:
        """Look; ``advance`` is called at each step."""

    def picture(self) -> Tensor:
        """What was found, as a picture (1, 3, H, W), sRGB in [0, 1]."""

    def array(self) -> Tensor:
        """The numbers behind the picture, float32. Raises OptionError if there is no single array of them."""


def record_of(made: Made, written: Tensor, *, command: str, output: str, began: float, steps: int) -> Record:
    """The record of a picture.

    Args:
        made: What made it.
        written: The picture as it is read from the file, (1, 3, H, W).
        command: The command that was called.
        output: The file's path as it was given.
        began: When it was begun, by `time.perf_counter`.
        steps: How many were taken.
    """
    return Record(
        command=command,
        output=output,
        size=(written.shape[-1], written.shape[-2]),
        losses=made.losses(written),
        measures={
            words: value
            for words, value in made.measures(written).items()
            if not isinstance(value, float) or math.isfinite(value)  # JSON has no infinity
        },
        seconds=round(time.perf_counter() - began, 3),
        steps=steps,
        device=str(made.device),
        precision=precision_name(made.precision),
        machine=this_machine(made.device),
        seed=getattr(made.options, "seed", 0),
        preset=getattr(made.options, "preset", None),
        inputs=dict(made.inputs),
        options=Record.named(made.options, made.inputs),
    )
