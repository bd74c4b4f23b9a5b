"""The map of the weights of attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from deepatelier.extras import from_extra
from deepatelier.images import Pixels
from deepatelier.interpretation.drawing.figure_pixels import figure_pixels

__all__ = ["attention_figure"]

_CELL, _WIDE = 0.22, 0.34
"""The size of a cell in inches, for characters and for words."""

_DPI = 150

_TALLEST = 60.0
"""The maximum height and width of the figure, in inches."""


def attention_figure(source: Sequence[str], written: Sequence[str], weights: Pixels) -> Pixels:
    """Return a map with the tokens of the source across and the written ones down, (H, W, 3), sRGB in [0, 1].

    Args:
        source: The tokens of the source.
        written: The tokens that were written.
        weights: (written, source), in [0, 1]; each row sums to 1.

    Raises:
        SurroundingsError: matplotlib is not installed.
    """
    columns, rows = [_label(each) for each in source], [_label(each) for each in written]
    longest = max(map(len, (*columns, *rows)))
    cell = _CELL if longest <= 5 else _WIDE
    beside = [0.085 * max(map(len, labels)) + 0.35 for labels in (rows, columns)]
    size = [
        min(cell * len(labels) + margin, _TALLEST)
        for labels, margin in ((columns, beside[0] + 1.0), (rows, beside[1] + 0.7))
    ]
    size[0] = max(size[0], 2.8)  # room for the title and the colour bar
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=size, dpi=_DPI, layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    _name(axis, columns, rows, upright=max(map(len, columns)) <= 3)
    bar = figure.colorbar(image, ax=axis, fraction=0.05, pad=0.03, shrink=min(1.0, 3.0 / size[1]), aspect=14)
    bar.set_label("weight", fontsize=8)
    bar.ax.tick_params(labelsize=7, length=2)
    bar.outline.set_visible(False)
    return figure_pixels(figure)


def _name(axis: Any, columns: Sequence[str], rows: Sequence[str], *, upright: bool) -> None:
    """Label rows and columns, and separate them by white lines."""
    axis.set_xticks(range(len(columns)), columns, rotation=0 if upright else 90, fontsize=9 if not upright else 8.5)
    axis.set_yticks(range(len(rows)), rows, fontsize=9)
    axis.xaxis.tick_top()
    axis.xaxis.set_label_position("top")
    axis.set_xlabel("source", fontsize=9)
    axis.set_ylabel("written", fontsize=9)
    axis.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    axis.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    axis.grid(which="minor", color="#e6e6e6", linewidth=0.6)
    axis.tick_params(which="both", length=0)
    axis.spines[:].set_visible(False)


def _label(token: str) -> str:
    """Return a token as it is shown: a space is visible, and the end has a sign."""
    if token == "<end>":
        return "end"
    return "␣" if token == " " else token.lstrip("▁") or "␣"
