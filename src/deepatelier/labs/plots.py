"""Matplotlib helpers of the labs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepatelier.extras import from_extra

__all__ = ["figure_of", "film_of", "tidy"]


_FILM_DPI = 55


def figure_of(rows: int, columns: int, width: float = 11.0, height: float = 4.0) -> tuple[Any, list[Any]]:
    """Return a matplotlib figure and its axes, row by row; sizes in inches. Raises SurroundingsError."""
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=(width, height), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def tidy(axis: Any, title: str = "", x: str = "", y: str = "") -> None:
    """Set title, labels, a faint grid and a legend if there are names; hide the frame at the top and right."""
    axis.set_title(title, fontsize=10)
    axis.set_xlabel(x, fontsize=9)
    axis.set_ylabel(y, fontsize=9)
    axis.tick_params(labelsize=8)
    axis.grid(alpha=0.2)
    axis.spines[["top", "right"]].set_visible(False)
    if axis.get_legend_handles_labels()[0]:
        axis.legend(framealpha=0.85, edgecolor="none", fontsize=8)


def film_of(figure: Any, artists: Sequence[Any], frames: int, place: Callable[[int], None]) -> tuple[Tensor, ...]:
    """Render a figure as an animation: (1, 3, H, W) each, levels of 0 to 255, at about half its size.

    Args:
        figure: The figure, which is laid out and drawn once.
        artists: The moving artists.
        frames: The number of frames.
        place: Updates the artists for a frame, given its index from 0.
    """
    figure.set_dpi(_FILM_DPI)
    canvas = from_extra("matplotlib.backends.backend_agg", "train").FigureCanvasAgg(figure)
    for artist in artists:
        artist.set_animated(True)
    canvas.draw()
    still = canvas.copy_from_bbox(figure.bbox)
    found = []
    for frame in range(frames):
        place(frame)
        canvas.restore_region(still)
        for artist in artists:
            artist.axes.draw_artist(artist)
        pixels = np.asarray(canvas.buffer_rgba())[..., :3].copy()
        found.append(torch.from_numpy(pixels).permute(2, 0, 1)[None])
    return tuple(found)
