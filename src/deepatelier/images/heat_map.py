"""Heat maps: values as colours over a picture."""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.images.arrays import LUMA
from deepatelier.images.lettering import lettered_line, lettered_paragraph, letters_that_fit, short_number

__all__ = ["heat_map", "heat_map_width", "notice"]

_RISING = ("000004", "1b0c41", "4a0c6b", "781c6d", "a52c60", "cf4446", "ed6925", "fb9b06", "f7d13d", "fcffa4")
"""From zero to the highest value: matplotlib's inferno at ten points (CC0), whose brightness increases with the
value."""

_SIGNED = (
    *("053061", "2166ac", "4393c3", "92c5de", "d1e5f0", "f7f7f7"),
    *("fddbc7", "f4a582", "d6604d", "b2182b", "67001f"),
)
"""From the lowest value through zero to the highest: ColorBrewer's RdBu, from blue to red."""

_OPACITY = 0.72
"""The opacity of the highest value's colour over the picture."""

_VEIL = 0.35
"""The opacity of the colour of zero in a map without signs, which darkens irrelevant areas."""


def heat_map(picture: Tensor, values: Tensor, *, signed: bool = False, highest: float = 1.0) -> Tensor:
    """Return a heat map over a greyscale picture, with a colour bar at the right: (1, 3, H, `heat_map_width`).

    Args:
        picture: (1, 3, H, W), sRGB in [0, 1].
        values: (h, w) of any size, covering the whole picture; they are enlarged smoothly.
        signed: Whether the scale is symmetric, with blue below zero and red above. Otherwise values below zero count as
            zero, and the scale ends at the highest value.
        highest: The end of the scale, as a quantile of the values: 1 is the highest value.
    """
    height, width = picture.shape[-2:]
    full = _enlarged(values.float().cpu(), (height, width))
    sizes = (full.abs() if signed else full).flatten()
    end = max(sizes.kthvalue(max(1, round(highest * len(sizes)))).values.item(), 1e-30)
    scaled = (full / end).clamp(-1 if signed else 0, 1)
    share = _OPACITY * scaled.abs() if signed else _VEIL + (_OPACITY - _VEIL) * scaled
    grey = (picture.cpu() * torch.tensor(LUMA).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
    if signed:
        grey = 0.3 + 0.7 * grey  # blue and red are dark
    over = (1 - share) * grey.expand(-1, 3, -1, -1) + share * _colored(scaled, signed)
    return torch.cat([over, _bar(height, heat_map_width(picture.shape[-2:]) - width, end, signed)], dim=3)


def _enlarged(values: Tensor, size: tuple[int, int]) -> Tensor:
    """Return values resized to another height and width, with a smoothstep 3t² − 2t³ between neighbours, without
    overshoot.

    A cubic interpolation would overshoot, and show evidence next to a large negative value where there is none.
    """
    for axis, side in enumerate(size):
        given = values.shape[axis]
        place = ((torch.arange(side) + 0.5) * given / side - 0.5).clamp(0, given - 1)
        below = place.floor().long().clamp_max(max(0, given - 2))
        part = (place - below).view((-1, 1) if axis == 0 else (1, -1))
        part = part * part * (3 - 2 * part)
        above = (below + 1).clamp_max(given - 1)
        values = (1 - part) * values.index_select(axis, below) + part * values.index_select(axis, above)
    return values


def heat_map_width(size: tuple[int, ...]) -> int:
    """Return the width of a heat map over a picture of this size: the picture's width plus the colour bar's."""
    return size[1] + 6 * _letters(size[0])


def notice(picture: Tensor, text: str) -> Tensor:
    """Return a text over the faded picture, in the size of a heat map, to show instead of an empty map."""
    height, width = picture.shape[-2:]
    faded = 1 - 0.25 * (1 - picture.cpu().mean(dim=1, keepdim=True).expand(-1, 3, -1, -1))
    page = torch.ones(1, 3, height, heat_map_width((height, width)))
    page[..., :width] = faded * lettered_paragraph(text, (height, width), _letters(height) + 2)
    return page


def _letters(height: int) -> int:
    """Return the height of the letters beside a picture."""
    return min(22, max(9, height // 20))


def _colored(scaled: Tensor, signed: bool) -> Tensor:
    """Return the colours (1, 3, H, W) of values (H, W) in [0, 1], or in [-1, 1] if signed."""
    colors = _SIGNED if signed else _RISING
    table = torch.tensor([[int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)] for color in colors])
    place = ((scaled + 1) / 2 if signed else scaled) * (len(table) - 1)
    below = place.floor().long().clamp_max(len(table) - 2)
    part = (place - below)[..., None]
    return ((1 - part) * table[below] + part * table[below + 1]).permute(2, 0, 1)[None]


def _bar(height: int, width: int, highest: float, signed: bool) -> Tensor:
    """Return the colour bar on white, (1, 3, height, width), from the highest value at the top to the lowest."""
    letters = _letters(height)
    bar = torch.ones(1, 3, height, width)
    scale = torch.linspace(1, -1 if signed else 0, height)[:, None].expand(-1, letters)
    bar[..., letters // 2 : letters // 2 + letters] = _colored(scale, signed)
    left, line = 2 * letters, round(1.4 * letters)
    lowest = -highest if signed else 0.0
    numbers = [short_number(value) for value in (highest, (highest + lowest) / 2, lowest)]
    if height < 3 * line:
        return bar
    letters = letters_that_fit(numbers, width - left, letters)
    for index, number in enumerate(numbers):
        top = index * (height - line) // 2
        bar[..., top : top + line, left:] = lettered_line(number, (line, width - left), letters, "left")
    return bar
