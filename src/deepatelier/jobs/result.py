"""The result of a job: named files and measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.errors import AtelierError
    from deepatelier.inputs import Input
    from deepatelier.jobs.job import Job
    from deepatelier.jobs.products import Product
    from deepatelier.jobs.record import Record

__all__ = ["Measured", "Measures", "Result", "Runtime"]

Runtime = Literal["torch", "onnxruntime"]
"""The library that runs a job's network."""

Measures = dict[str, bool | int | float | str]
"""Measures of a result, by the text that describes them."""


@dataclass(frozen=True)
class Measured:
    """The losses and measures of a result.

    Attributes:
        losses: The weighted losses and their total; empty if nothing is minimised.
        measures: Further measures.
    """

    losses: dict[str, float] = field(default_factory=dict)
    measures: Measures = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The result of a job.

    Attributes:
        job: The job, with every value that was used.
        files: The products, by output name; the first one is the main output.
        inputs: The name and sha256 of each input file and sample, by its part.
        device, precision: The device and the number format of its network.
        measure: Computes losses and measures from the main file as it is read again, (1, 3, H, W); from None if it is
            not a picture. None: there is nothing to measure, and the file is not read again.
        steps: The number of steps taken.
        notes: Messages for the user, one sentence each.
        interrupted: Whether the job was stopped before its end.
        derived: Further outputs, made from the main file as it is read again, (1, 3, H, W).
        details: Further entries of the record.
        record: The record of a job that has written its own folder.
        error: The error that ended the job early, although it has a result. It is raised after the result is written.
        runtime: The library that ran its network.
    """

    job: Job
    files: Mapping[str, Product]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    device: str = "cpu"
    precision: str = "float32"
    measure: Callable[[Tensor | None], Measured] | None = None
    steps: int = 0
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    derived: Mapping[str, Callable[[Tensor], Product]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    record: Record | None = None
    error: AtelierError | None = None
    runtime: Runtime = "torch"
