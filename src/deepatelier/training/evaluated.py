"""The measures of a trained network on a part of its data, with pictures and texts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deepatelier.inputs import Input
from deepatelier.jobs import Measures, Product

__all__ = ["Evaluated"]


@dataclass(frozen=True)
class Evaluated:
    """The measures of a network on a part of data.

    Attributes:
        dataset: The name of the data.
        network: The name of the network.
        measures: The measures of the whole part.
        rows: Further measures by the name of their row, such as a class or a baseline, and by column.
        inputs: The name and the sha256 of each input.
        files: Pictures by the name of an output of `deepatelier.training.EvaluationJob`.
        notes: Messages for the user.
    """

    dataset: str
    network: str
    measures: Measures
    rows: Mapping[str, Mapping[str, float | str]]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    files: Mapping[str, Product] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
