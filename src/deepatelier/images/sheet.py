"""Sheets: pictures in rows, with a line of text below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from deepatelier.images.lettering import lettered_line, letters_that_fit

__all__ = ["Sheet"]

_GAP = 8
"""The width of the white gap around each picture, in pixels."""

_SMALLEST_LETTERS, _LARGEST_LETTERS = 8, 28
"""The limits of the letters' height in pixels, which depends on the width of the pictures."""


@dataclass(frozen=True)
class Sheet:
    """A layout of pictures of the same size in rows, on white, with a label below each.

    Args:
        size: Height and width of each picture.
        labels: One per picture, in reading order.
        columns: Pictures per row.
    """

    size: tuple[int, int]
    labels: tuple[str, ...]
    columns: int

    def compose(self, pictures: Sequence[Tensor]) -> Tensor:
        """Return the sheet, (1, 3, H, W).

        Args:
            pictures: The first pictures, (1, 3, *size) each, sRGB in [0, 1]; the places of the others stay grey.
        """
        rows = -(-len(self.labels) // self.columns)
        cell = self._cell
        letters = letters_that_fit(self.labels, self.size[1], self._letters)
        sheet = torch.ones(1, 3, _GAP + rows * cell[0], _GAP + self.columns * cell[1])
        for number, label in enumerate(self.labels):
            top, left = self._corner(number)
            below = top + self.size[0]
            picture = pictures[number].cpu() if number < len(pictures) else torch.full((1, 3, *self.size), 0.9)
            sheet[..., top:below, left : left + self.size[1]] = picture
            sheet[..., below : below + self._strip, left : left + self.size[1]] = lettered_line(
                label, (self._strip, self.size[1]), letters
            )
        return sheet

    def picture(self, sheet: Tensor, number: int) -> Tensor:
        """Return one picture of a composed sheet, (1, 3, *size)."""
        top, left = self._corner(number)
        return sheet[..., top : top + self.size[0], left : left + self.size[1]]

    @property
    def _letters(self) -> int:
        return min(_LARGEST_LETTERS, max(_SMALLEST_LETTERS, self.size[1] // 14))

    @property
    def _strip(self) -> int:
        """Height of the line of text."""
        return round(1.5 * self._letters)

    @property
    def _cell(self) -> tuple[int, int]:
        return self.size[0] + self._strip + _GAP, self.size[1] + _GAP

    def _corner(self, number: int) -> tuple[int, int]:
        row, column = divmod(number, self.columns)
        return _GAP + row * self._cell[0], _GAP + column * self._cell[1]
