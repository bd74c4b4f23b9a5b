"""What the list of the networks tells of each of them, without torch: nothing is built for it.

``listing.json`` holds it, one network a line. ``python tests/networks/record_listing.py`` writes it anew from the
networks themselves, and a test compares the two.
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
    """A network of the list.

    Attributes:
        name: As `deepatelier.networks.build` takes it.
        authors: Of its paper, as the next two.
        year: When it appeared.
        title: What it is called.
        weights: The names of its pretrained weights.
        input: (C, H, W) of the paper's picture.
        parameters: All that it has.
        trainable: Those that training would move.
        multiply_adds: Of all convolutions and matrix products, for one such picture.
    """

    name: str
    authors: str
    year: int
    title: str
    weights: tuple[str, ...]
    input: tuple[int, int, int]
    parameters: int
    trainable: int
    multiply_adds: int


@cache
def listed() -> Mapping[str, Facts]:
    """Every network by its name, in the order of `deepatelier.networks.names`."""
    rows = json.loads(resources.files(__package__).joinpath("listing.json").read_text(encoding="utf-8"))
    found = [Facts(**{**row, "weights": tuple(row["weights"]), "input": tuple(row["input"])}) for row in rows]
    return MappingProxyType({facts.name: facts for facts in found})
