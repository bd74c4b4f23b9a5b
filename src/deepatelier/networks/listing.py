"""Facts about each network for the list, without importing torch or building the network.

``listing.json`` has one network per line. ``python tests/networks/record_listing.py`` generates it from the networks,
and a test checks that it is up to date.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["Facts", "listed"]


@dataclass(frozen=True)
class Facts:
    """A listed network.

    Attributes:
        name: Its name, for `deepatelier.networks.build`.
        authors: The authors of its paper.
        year: The year of its paper.
        title: The title of its paper.
        weights: The names of its pretrained weights.
        takes: What its input is: pictures or sequences.
        input: (C, H, W) of the paper's input; of sequences, (T, values at each step).
        parameters: The number of parameters.
        trainable: The number of trainable parameters.
        multiply_adds: The multiply-adds of all convolutions and matrix products, for one input.
    """

    name: str
    authors: str
    year: int
    title: str
    weights: tuple[str, ...]
    takes: str
    input: tuple[int, ...]
    parameters: int
    trainable: int
    multiply_adds: int


@cache
def listed() -> Mapping[str, Facts]:
    """Return all networks by name, in the order of `deepatelier.networks.names`."""
    rows = json.loads(resources.files(__package__).joinpath("listing.json").read_text(encoding="utf-8"))
    found = [Facts(**{**row, "weights": tuple(row["weights"]), "input": tuple(row["input"])}) for row in rows]
    return MappingProxyType({facts.name: facts for facts in found})
