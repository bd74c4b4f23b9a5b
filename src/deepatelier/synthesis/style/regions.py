"""Regions of a photograph, each with its own style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deepatelier.errors import OptionError
from deepatelier.images import Picture, Pixels, resized_plane

__all__ = ["Style", "styled_regions"]

_COLORS = {
    "white": (1.0, 1.0, 1.0),
    "red": (1.0, 0.0, 0.0),
    "green": (0.0, 1.0, 0.0),
    "blue": (0.0, 0.0, 1.0),
    "yellow": (1.0, 1.0, 0.0),
    "cyan": (0.0, 1.0, 1.0),
    "magenta": (1.0, 0.0, 1.0),
    "black": (0.0, 0.0, 0.0),
}
"""The colours of a mask, in the order in which the paintings are assigned to them."""

_NEAR = 0.3
"""A pixel within this distance of a colour, with white at 1, has that colour."""

_LARGEST = 2048
"""Masks are downscaled so that their longest side is at most this, in pixels."""

_PRESENT = 2e-4
"""The minimum share of a mask for a colour to count as present."""

_GREY = 0.1
"""A mask whose channels differ by at most this, with white at 1, is grey."""


@dataclass(frozen=True)
class Style:
    """A style and its region.

    Attributes:
        painting: The index of the painting, from 0. None: the photograph itself.
        weight: The weight of its loss; all sum to 1. With masks, it is the region's share of the photograph.
        where: The region of the photograph, (H, W) in [0, 1], at the size of the mask. None: all of it.
        source: The region of the painting, (H, W) in [0, 1], at the size of its mask. None: all of it.
    """

    painting: int | None
    weight: float
    where: Pixels | None = None
    source: Pixels | None = None

    def where_at(self, size: tuple[int, int]) -> Pixels | None:
        """Return the region of the photograph at another height and width."""
        return None if self.where is None else resized_plane(self.where, size)

    def source_at(self, size: tuple[int, int]) -> Pixels | None:
        """Return the region of the painting at another height and width."""
        return None if self.source is None else resized_plane(self.source, size)


def styled_regions(mask: Picture | None, style_masks: Sequence[Picture], paintings: int) -> list[Style]:
    """Return the regions of a mask, with the painting of each.

    A grey mask has two regions, white and black; grey values belong partly to each. A colour mask has one region for
    each of white, red, green, blue, yellow, cyan, magenta and black that it contains; a pixel between two colours
    belongs partly to each. The paintings are assigned to the regions in this order. With one painting fewer than
    regions, the last region keeps the photograph.

    In a painting's mask, white marks the part that is used as the style. In a colour mask it is the part that has the
    colour of the region. A single painting whose mask has the same colours as the photograph's gives each region the
    part of its colour.

    Args:
        mask: The mask of the photograph. None: a single region, the whole photograph.
        style_masks: One mask for each painting, or none.
        paintings: The number of paintings.

    Raises:
        OptionError: The masks and the paintings do not match, or a mask is empty.
    """
    if style_masks and len(style_masks) != paintings:
        raise OptionError(
            f"--style-masks names {len(style_masks)} masks for {paintings} paintings; give one for each painting."
        )
    sources = [_shares(picture) for picture in style_masks]
    if mask is None:
        return [
            Style(number, 1 / paintings, source=_source(sources, number, "white", style_masks))
            for number in range(paintings)
        ]
    shares = _shares(mask)
    each_its_part = paintings == 1 and bool(sources) and sources[0].keys() == shares.keys() and not _is_grey(shares)
    if not each_its_part and not paintings <= len(shares) <= paintings + 1:
        raise OptionError(
            f"The mask {mask.name} has {len(shares)} regions ({', '.join(shares)}), and there are {paintings} "
            f"paintings. Give as many, or one fewer: the last region then keeps the photograph."
        )
    regions = []
    for number, (color, where) in enumerate(shares.items()):
        painting = 0 if each_its_part else number if number < paintings else None
        source = None if painting is None else _source(sources, painting, color, style_masks)
        regions.append(Style(painting, float(where.mean()), where, source))
    for number in range(paintings):
        if not any(region.weight for region in regions if region.painting == number):
            raise OptionError(f"The mask {mask.name} has no region for painting {number + 1}: no pixel has its colour.")
    return regions


def _source(sources: list[dict[str, Pixels]], painting: int, color: str, masks: Sequence[Picture]) -> Pixels | None:
    if not sources:
        return None
    found = sources[painting]
    share = found.get(color if not _is_grey(found) and color in found else "white")
    if share is None or not share.any():
        raise OptionError(
            f"The mask {masks[painting].name} has neither white nor the region's colour, so no part of its painting "
            "is used. Paint white what shall be used."
        )
    return share


def _is_grey(shares: dict[str, Pixels]) -> bool:
    return shares.keys() <= {"white", "black"}


def _shares(mask: Picture) -> dict[str, Pixels]:
    """Return each pixel's share of each colour in the mask, in their order: (H, W), summing to 1."""
    image = mask.array(mask.fitted(min(max(mask.size), _LARGEST)))
    if (image.max(axis=-1) - image.min(axis=-1)).max() <= _GREY:
        white = image.mean(axis=-1)
        return {"white": white, "black": 1 - white}
    distances = np.stack([((image - np.array(color, np.float32)) ** 2).sum(axis=-1) for color in _COLORS.values()])
    near = (distances < _NEAR**2).mean(axis=(1, 2))
    present = [number for number in range(len(_COLORS)) if near[number] > _PRESENT]
    if not present:
        raise OptionError(
            f"The mask {mask.name} has none of the colours {', '.join(_COLORS)}. Use these colours for its regions."
        )
    nearness = (distances[present] + np.float32(1e-3)) ** -4
    shares = nearness / nearness.sum(axis=0)
    names = list(_COLORS)
    return {names[number]: share for number, share in zip(present, shares, strict=True)}
