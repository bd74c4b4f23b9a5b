"""A matplotlib figure as a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepatelier.extras import from_extra
from deepatelier.images import Pixels

__all__ = ["figure_pixels"]


def figure_pixels(figure: Any) -> Pixels:
    """Draw a matplotlib figure, and return its pixels, (H, W, 3), sRGB in [0, 1].

    Raises:
        SurroundingsError: matplotlib is not installed.
    """
    canvas = from_extra("matplotlib.backends.backend_agg", "train").FigureCanvasAgg(figure)
    canvas.draw()
    pixels: Pixels = np.asarray(canvas.buffer_rgba())[..., :3].astype(np.float32) / np.float32(255)
    return pixels
