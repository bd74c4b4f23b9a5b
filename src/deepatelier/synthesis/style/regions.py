"""Regions of a photograph, each painted in a style of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from deepatelier.errors import OptionError
from deepatelier.images import Picture, resize

__all__ = ["Style", "mask_at", "styled_regions"]

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
"""The colours of a mask, in the order in which they take the paintings."""

_NEAR = 0.3
"""A pixel so near to a colour, of 1, is of that colour."""

_LARGEST = 2048
"""Longest side to which a mask is made smaller, in pixels."""

_PRESENT = 2e-4
"""A colour is in a mask if so much of it has that colour."""

_GREY = 0.1
"""A mask whose channels differ by no more than this, of 1, is grey."""


@dataclass(frozen=True)
class Style:
    """A style, and where it counts.

    Attributes:
        painting: The number of the painting, from 0; None: the photograph's own style.
        weight: Of its loss, all adding up to 1: with masks, the part of the photograph that its region is.
        where: Of the photograph, (1, 1, H, W) in [0, 1], at the size of its mask; None: everywhere.
        source: What counts of the painting, (1, 1, H, W) in [0, 1], at the size of its mask; None: everything.
    """

    painting: int | None
    weight: float
    where: Tensor | None = None
    source: Tensor | None = None


def mask_at(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """A mask (1, 1, H, W) at another height and width, in [0, 1]."""
    return resize(mask, size).clamp(0, 1)


def styled_regions(mask: Picture | None, style_masks: Sequence[Picture], paintings: int) -> list[Style]:
    """The regions that a mask names, and the painting of each.

    A grey mask has two regions: white and black, and what lies between is partly of each. A mask in colours has a
    region for each of white, red, green, blue, yellow, cyan, magenta and black that it contains; between two colours
    a pixel is partly of each. In this order they take the paintings, one each; with one painting less than regions,
    the last region stays as the photograph is.

    What is white in a painting's mask counts; if it is in colours, what has the region's colour. With one painting
    whose mask has the colours of the photograph's, each region takes the part of its colour.

    Args:
        mask: Of the photograph; None: one region, everything.
        style_masks: One for each painting, or none.
        paintings: How many there are.

    Raises:
        OptionError: The masks and the paintings do not fit together, or a mask is empty.
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
            f"paintings. Give as many, or one less: the last region then stays as the photograph is."
        )
    regions = []
    for number, (color, where) in enumerate(shares.items()):
        painting = 0 if each_its_part else number if number < paintings else None
        source = None if painting is None else _source(sources, painting, color, style_masks)
        regions.append(Style(painting, where.mean().item(), where, source))
    for number in range(paintings):
        if not any(region.weight for region in regions if region.painting == number):
            raise OptionError(
                f"The mask {mask.name} leaves painting {number + 1} no region: it has nothing of its colour."
            )
    return regions


def _source(sources: list[dict[str, Tensor]], painting: int, color: str, masks: Sequence[Picture]) -> Tensor | None:
    if not sources:
        return None
    found = sources[painting]
    share = found.get(color if not _is_grey(found) and color in found else "white")
    if share is None or not share.any():
        raise OptionError(
            f"The mask {masks[painting].name} has nothing white, nor in the region's colour, so that nothing of its "
            "painting counts. Make white what shall count."
        )
    return share


def _is_grey(shares: dict[str, Tensor]) -> bool:
    return shares.keys() <= {"white", "black"}


def _shares(mask: Picture) -> dict[str, Tensor]:
    """How much each pixel is of each colour that the mask contains, in their order: (1, 1, H, W), adding up to 1."""
    image = mask.tensor(mask.fitted(min(max(mask.size), _LARGEST)))
    if (image.amax(1) - image.amin(1)).max() <= _GREY:
        white = image.mean(1, keepdim=True)
        return {"white": white, "black": 1 - white}
    distances = torch.cat(
        [(image - torch.tensor(color).view(1, 3, 1, 1)).square().sum(1, keepdim=True) for color in _COLORS.values()], 1
    )
    near = (distances < _NEAR**2).float().mean((0, 2, 3))
    present = [number for number in range(len(_COLORS)) if near[number] > _PRESENT]
    if not present:
        raise OptionError(
            f"The mask {mask.name} has none of the colours {', '.join(_COLORS)}. Paint its regions in these."
        )
    nearness = (distances[:, present] + 1e-3) ** -4
    shares = nearness / nearness.sum(1, keepdim=True)
    names = list(_COLORS)
    return {names[number]: shares[:, place : place + 1] for place, number in enumerate(present)}
