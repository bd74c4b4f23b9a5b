"""What a job results in: named files and measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.errors import InputError
    from deepatelier.inputs import Input
    from deepatelier.jobs.job import Job
    from deepatelier.jobs.products import Product
    from deepatelier.jobs.record import Record

__all__ = ["Measured", "Measures", "Result"]

Measures = dict[str, bool | int | float | str]
"""What a result shows, by the words that say it."""


@dataclass(frozen=True)
class Measured:
    """What a result is worth.

    Attributes:
        losses: Weighted, and their total; empty if nothing is minimised.
        measures: What it shows.
    """

    losses: dict[str, float] = field(default_factory=dict)
    measures: Measures = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a job has made.

    Attributes:
        job: The job, with every value that was used.
        files: What it made, by the names of its outputs; the first is the main one.
        inputs: The name and sha256 of each file and sample that it was given, by its part.
        device, precision: Where its network ran, and in which number format.
        measure: Losses and measures, given the main file as it is read again, (1, 3, H, W); None if it is no picture.
        steps: How many were taken.
        notes: What the files cannot say, a sentence each.
        interrupted: Whether it was stopped before its end.
        derived: Further outputs, made from the main one as it is read again, (1, 3, H, W).
        details: What else the record says.
        record: Of a job that has written its own folder.
        error: What ended it early although there is something to keep: it is raised when that has been written.
    """

    job: Job
    files: Mapping[str, Product]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    device: str = "cpu"
    precision: str = "float32"
    measure: Callable[[Tensor | None], Measured] = lambda _written: Measured()
    steps: int = 0
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    derived: Mapping[str, Callable[[Tensor], Product]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    record: Record | None = None
    error: InputError | None = None
