"""The measures of a trained network on a part of its data, with pictures and texts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deepatelier.inputs import Input
from deepatelier.jobs import Measures, Product, read_record

__all__ = ["Evaluated", "is_training_data", "other_data"]


@dataclass(frozen=True)
class Evaluated:
    """The measures of a network on a part of data.

    Attributes:
        part: ``test`` or ``validation`` of the data of the training; of other data ``all``, or ``end``.
        dataset: The name of the data.
        network: The name of the network.
        measures: The measures of the whole part.
        rows: Further measures by the name of their row, such as a class or a baseline, and by column.
        inputs: The name and the sha256 of each input.
        files: Pictures by the name of an output of `deepatelier.training.EvaluationJob`.
        notes: Messages for the user.
    """

    part: str
    dataset: str
    network: str
    measures: Measures
    rows: Mapping[str, Mapping[str, float | str]]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    files: Mapping[str, Product] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def is_training_data(data: Input, folder: Path) -> bool:
    """Return whether data are those of the training in a run folder."""
    return read_record(folder).inputs["dataset"].sha256 == data.sha256


def other_data(count: int, what: str) -> str:
    """Return the message that other data than those of the training are evaluated.

    Args:
        count: The number of examples.
        what: What they are, in the plural.
    """
    return f"These are not the data of the training: all {count:,} {what} are evaluated. Some may occur in both."
