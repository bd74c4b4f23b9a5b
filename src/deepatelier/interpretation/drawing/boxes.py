"""Boxes: blocks drawn in proportion to their sizes."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import networkx as nx

from deepatelier.interpretation.drawing.blocks import Block

__all__ = ["Box", "Point", "Scale"]

Point = tuple[float, float]
"""A point: x to the right, y downwards."""

_SLABS = 4  # drawn at most for folded blocks


@dataclass(frozen=True)
class Scale:
    """The scale of a drawing: square roots keep 7 and 224 pixels, 3 and 2048 channels comparable.

    Attributes:
        side: Drawing units per √pixel, for the sides of feature maps.
        channels: Drawing units per √channel, for the thickness of blocks.
        units: Drawing units per √unit, for the length of vectors.
    """

    side: float
    channels: float
    units: float

    @classmethod
    def fitting(cls, graph: nx.DiGraph, largest: float) -> Scale:
        """Return the scale at which the largest map and vector have a length of ``largest`` or less."""
        maps = [block.shape for block in graph if len(block.shape) > 1]
        sides = max((max(shape[1:]) for shape in maps), default=1)
        channels = max((shape[0] for shape in maps), default=1)
        units = max((block.shape[0] for block in graph if len(block.shape) == 1), default=1)
        thickest, longest = min(34, 8 + 0.2 * largest), 0.65 * largest
        return cls(0.8 * largest / sqrt(sides), min(thickest / sqrt(channels), 4), min(longest / sqrt(units), 8))


@dataclass(frozen=True)
class Box:
    """A block as it is drawn: ``slabs`` boxes in a row, viewed from the right and from above.

    Attributes:
        block: The block.
        x: The left end of the front of the first slab.
        y: The vertical middle of the drawn box, where the arrows attach.
        thickness: The thickness of a slab, from the channels.
        height: The height of the front, from the rows of the map.
        slant: The extent of the side to the right and upwards, from the columns of the map.
        slabs: The number of slabs.
    """

    block: Block
    x: float
    y: float
    thickness: float
    height: float
    slant: Point
    slabs: int

    @property
    def pitch(self) -> float:
        """The distance from slab to slab."""
        return self.thickness + 3

    @property
    def width(self) -> float:
        """The total width, including the side."""
        return (self.slabs - 1) * self.pitch + self.thickness + self.slant[0]

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The left, top, right and bottom edges."""
        half = (self.height + self.slant[1]) / 2
        return self.x, self.y - half, self.x + self.width, self.y + half

    @classmethod
    def of(cls, block: Block, scale: Scale, x: float = 0, y: float = 0) -> Box:
        """Return the box of a block at a position, at least 3 x 4 so that it is visible."""
        slabs = min(block.count, _SLABS)
        if block.kind == "join":
            return cls(block, x, y, 24, 24, (0, 0), 1)
        if len(block.shape) == 1:
            return cls(block, x, y, 12, max(scale.units * sqrt(block.shape[0]), 4), (0, 0), slabs)
        rows, columns = block.shape[-2:] if len(block.shape) > 2 else (block.shape[-1], 1)
        height, depth = max(scale.side * sqrt(rows), 4), scale.side * sqrt(columns)
        return cls(
            block, x, y, max(scale.channels * sqrt(block.shape[0]), 3), height, (0.3 * depth, 0.2 * depth), slabs
        )
