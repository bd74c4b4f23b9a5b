"""Text in which each token is coloured by a value."""

from __future__ import annotations

import html
import math
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.errors import ShapeError
from deepatelier.extras import from_extra
from deepatelier.interpretation.drawing.figure_pixels import figure_pixels

__all__ = ["Cell", "ColoredText", "color_of"]

_POSITIVE, _NEGATIVE = (0xEF, 0x6A, 0x5B), (0x5B, 0x9F, 0xE0)
"""The colours of 1 and of -1. Both are light enough to read black letters on them."""

_TAB = 4
"""The number of columns of a tab."""

_LETTERS = 16
"""The height of the letters of a picture, in pixels."""

_COLUMN, _LINE = 0.602 * _LETTERS, 1.45 * _LETTERS
"""The width of a column and the height of a line, in pixels: those of DejaVu Sans Mono."""

_MARGIN = 16
"""The margin of a picture, in pixels."""


class Cell(NamedTuple):
    """A part of a token on one line.

    Attributes:
        text: The characters, without line breaks. That of a line break is a space.
        value: The value of the token, in [-1, 1].
        columns: The number of columns that it takes.
    """

    text: str
    value: float
    columns: int


@dataclass(frozen=True)
class ColoredText:
    """A text whose tokens are coloured by values: red above 0, blue below, white at 0.

    Attributes:
        tokens: The tokens. Joined, they are the text: the spaces between words are part of a token, or tokens of their
            own. They may have line breaks.
        values: A value for each token, in [-1, 1]; values outside are clipped.
        title: A line above the text; none if empty.
        positive, negative: What the colours mean; a legend below the text explains those that are not empty.

    Raises:
        ShapeError: There are not as many values as tokens.
    """

    tokens: tuple[str, ...]
    values: tuple[float, ...]
    title: str = ""
    positive: str = ""
    negative: str = ""

    def __post_init__(self) -> None:
        if len(self.tokens) != len(self.values):
            raise ShapeError(f"Each token needs one value: received {len(self.tokens)} and {len(self.values)}.")

    @property
    def legend(self) -> tuple[tuple[str, float], ...]:
        """The words of the legend, each with the value of its colour."""
        return tuple((words, value) for words, value in ((self.negative, -1.0), (self.positive, 1.0)) if words)

    def lines(self, columns: int) -> Iterator[list[Cell]]:
        """Yield the cells of each line. Lines are broken after a number of columns, if possible between two tokens.

        Args:
            columns: The maximum number of columns of a line, 2 or more.
        """
        line, taken = list[Cell](), 0
        for token, value in zip(self.tokens, self.values, strict=True):
            part, width = "", 0
            if line and columns - taken < len(token) <= columns:
                yield line
                line, taken = [], 0
            for sign in token:
                each = _TAB if sign == "\t" else _columns_of(sign)
                if taken + width + each > columns:
                    yield [*line, *_cell(part, value, width)]
                    line, taken, part, width = [], 0, "", 0
                part += " " * each if sign in "\t\n" else sign if sign.isprintable() else "\ufffd"
                width += each
                if sign == "\n":
                    yield [*line, *_cell(part, value, width)]
                    line, taken, part, width = [], 0, "", 0
            line += _cell(part, value, width)
            taken += width
        if line:
            yield line

    def to_html(self) -> str:
        """Return the text as a self-contained page. The value of a token is shown while the mouse points to it."""
        spans = "".join(
            f'<span style="background:{color_of(value)}" title="{_clipped(value):+.2f}">{_escaped(token)}</span>'
            for token, value in zip(self.tokens, self.values, strict=True)
            if token
        )
        legend = " ".join(
            f'<span style="background:{color_of(value)}">&nbsp;{html.escape(words)}&nbsp;</span>'
            for words, value in self.legend
        )
        return (
            "<!DOCTYPE html>\n"
            f'<html lang="en"><head><meta charset="utf-8"><title>{html.escape(self.title or "Coloured text")}</title>\n'
            "<style>body{background:#fff;color:#000;font-family:sans-serif;max-width:60em;margin:2em auto}"
            "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:15px/1.5 'DejaVu Sans Mono',Menlo,Consolas,monospace}"
            "</style></head>\n"
            f"<body>{f'<h1>{html.escape(self.title)}</h1>' if self.title else ''}\n<pre>{spans}</pre>\n"
            f"{f'<p>{legend}</p>' if legend else ''}</body></html>\n"
        )

    def to_picture(self, columns: int = 100) -> Tensor:
        """Return the text as a picture, (1, 3, H, W), sRGB in [0, 1].

        Args:
            columns: The maximum number of columns of a line.

        Raises:
            SurroundingsError: matplotlib is not installed.
        """
        lines = list(self.lines(columns))
        widest = max((sum(cell.columns for cell in line) for line in lines), default=1)
        legend = sum(_columns_of_text(words) + 3 for words, _ in self.legend)
        across = max(widest, legend, min(_columns_of_text(self.title), columns))
        down = len(lines) + 1.5 * (bool(self.title) + bool(self.legend))
        page = _Page(math.ceil(across * _COLUMN) + 2 * _MARGIN, math.ceil(down * _LINE) + 2 * _MARGIN)
        top = 0.0
        if self.title:
            page.write(0, top, self.title, bold=True)
            top += 1.5
        for line in lines:
            left = 0
            for cell in line:
                page.cell(left, top, cell)
                left += cell.columns
            top += 1
        left = 0
        for words, value in self.legend:
            width = _columns_of_text(words) + 2
            page.cell(left, top + 0.5, Cell(f" {words} ", value, width))
            left += width + 1
        return page.picture()


def color_of(value: float) -> str:
    """Return the colour of a value in [-1, 1], ``#rrggbb``: white at 0, red at 1, blue at -1, linear in between."""
    share = _clipped(value)
    end = _POSITIVE if share > 0 else _NEGATIVE
    return "#" + "".join(f"{round(255 + abs(share) * (each - 255)):02x}" for each in end)


def _clipped(value: float) -> float:
    return 0.0 if math.isnan(value) else max(-1.0, min(1.0, value))


def _escaped(token: str) -> str:
    """Return a token as HTML, in which a line break can be seen."""
    return html.escape("".join(sign if sign.isprintable() or sign in "\t\n" else "\ufffd" for sign in token)).replace(
        "\n", " \n"
    )


def _cell(text: str, value: float, width: int) -> list[Cell]:
    return [Cell(text, value, width)] if text else []


def _columns_of(sign: str) -> int:
    """Return the number of columns of a character: 0 of a combining mark, 2 of a wide one."""
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _columns_of_text(text: str) -> int:
    return sum(map(_columns_of, text))


class _Page:
    """A picture on which coloured cells are drawn, by matplotlib.

    Args:
        width, height: In pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        figure = from_extra("matplotlib.figure", "train").Figure(figsize=(width / 100, height / 100), dpi=100)
        self._figure, self._height = figure, height
        self._rectangle = from_extra("matplotlib.patches", "train").Rectangle

    def write(self, column: float, line: float, text: str, *, bold: bool = False) -> None:
        """Write a text at a place, in columns and lines from the top left."""
        if text.strip():
            self._figure.text(
                _MARGIN + column * _COLUMN,
                self._height - _MARGIN - (line + 0.72) * _LINE,
                text.replace("$", r"\$"),
                transform=None,
                family="DejaVu Sans Mono",
                size=_LETTERS * 0.72,
                weight="bold" if bold else "normal",
                va="baseline",
            )

    def cell(self, column: float, line: float, cell: Cell) -> None:
        """Draw a cell."""
        corner = (_MARGIN + column * _COLUMN, self._height - _MARGIN - (line + 1) * _LINE)
        if cell.value:
            self._figure.add_artist(
                self._rectangle(corner, cell.columns * _COLUMN, _LINE, color=color_of(cell.value), lw=0, transform=None)
            )
        self.write(column, line, cell.text)

    def picture(self) -> Tensor:
        """Return what was drawn, (1, 3, H, W)."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a box is drawn in its place
            pixels = figure_pixels(self._figure)
        return torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous()
