"""Random views of a canvas, so that what is painted does not depend on the exact place of its pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.synthesis.canvas import Canvas

__all__ = ["View", "ViewedCanvas", "cropped", "transformed"]

View = Callable[[Tensor], Tensor]
"""From an image (1, C, H, W) to what the network looks at, (B, C, H', W'); draws from torch's random numbers."""


class ViewedCanvas:
    """A canvas of which the network sees another view at each step. Its picture and parameters are the canvas's.

    Args:
        canvas: Is changed in place.
        view: What the network sees of it.
    """

    def __init__(self, canvas: Canvas, view: View) -> None:
        self._canvas, self._view = canvas, view

    def __call__(self) -> Tensor:
        """What the network looks at."""
        return self._view(self._canvas())

    def picture(self) -> Tensor:
        """A copy of the whole picture."""
        return self._canvas.picture()

    def parameters(self) -> Iterator[nn.Parameter]:
        """What is moved."""
        return self._canvas.parameters()

    def state_dict(self) -> dict[str, Any]:
        """The canvas's."""
        return self._canvas.state_dict()

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> Any:
        """Take parameters of another canvas of the same kind and size."""
        return self._canvas.load_state_dict(state_dict)


def cropped(jitter: int) -> View:
    """A view moved by up to ± ``jitter`` pixels: a random crop that is 2 · jitter smaller in height and width.

    Source: Mordvintsev, Olah and Tyka 2015, 'Inceptionism': there the picture is rolled; a crop has no seam.
    """

    def view(image: Tensor) -> Tensor:
        height, width = image.shape[-2] - 2 * jitter, image.shape[-1] - 2 * jitter
        top, left = (int(torch.randint(2 * jitter + 1, ())) for _ in range(2))
        return image[..., top : top + height, left : left + width]

    return view


def transformed(count: int, *, jitter: float, rotation: float, zoom: float) -> View:
    """Several views at once, each moved, turned and scaled at random; what lies outside is the mirror image.

    Args:
        count: B, how many.
        jitter: Moves by up to ± this part of the height and the width.
        rotation: Turns by up to ± this many degrees.
        zoom: Scales by a factor between 1/zoom and zoom, each as likely as its inverse; at least 1.

    Source: Olah, Mordvintsev and Schubert 2017, 'Feature Visualization', 'Transformation Robustness'.
    """

    def view(image: Tensor) -> Tensor:
        angle = _within(math.radians(rotation), count)
        scale = torch.exp(_within(math.log(zoom), count))
        shift = 2 * jitter * (2 * torch.rand(count, 2) - 1)  # the grid reaches from -1 to 1
        cosine, sine, aspect = torch.cos(angle) / scale, torch.sin(angle) / scale, image.shape[-2] / image.shape[-1]
        rows = [
            torch.stack([cosine, -sine * aspect, shift[:, 0]], dim=1),
            torch.stack([sine / aspect, cosine, shift[:, 1]], dim=1),
        ]
        maps = torch.stack(rows, dim=1).to(image)  # B, 2, 3
        grid = nn.functional.affine_grid(maps, [count, *image.shape[1:]], align_corners=False)
        views = image.expand(count, -1, -1, -1)
        return nn.functional.grid_sample(views, grid, padding_mode="reflection", align_corners=False)

    return view


def _within(most: float, count: int) -> Tensor:
    """Numbers between ± most."""
    return most * (2 * torch.rand(count) - 1)
