"""Random views of a canvas as network input, so that the result does not depend on exact pixel positions."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

__all__ = ["View", "cropped", "transformed", "unchanged"]

View = Callable[[Tensor, torch.Generator], Tensor]
"""Maps an image (1, C, H, W) to a network input (B, C, H', W'). It draws from a generator on the CPU."""


def unchanged(image: Tensor, generator: torch.Generator) -> Tensor:  # noqa: ARG001
    """Return the image itself."""
    return image


def cropped(jitter: int) -> View:
    """Return a view with random shifts of up to ± ``jitter`` pixels: a crop, 2 · jitter smaller in height and width.

    Source: Mordvintsev, Olah and Tyka 2015, 'Inceptionism'. They roll the picture; a crop has no seam.
    """

    def view(image: Tensor, generator: torch.Generator) -> Tensor:
        height, width = image.shape[-2] - 2 * jitter, image.shape[-1] - 2 * jitter
        top, left = (int(torch.randint(2 * jitter + 1, (), generator=generator)) for _ in range(2))
        return image[..., top : top + height, left : left + width]

    return view


def transformed(
    count: int,
    size: tuple[int, int],
    *,
    min_scale: float = 1.0,
    jitter: float = 0.0,
    rotation: float = 0.0,
    noise: float = 0.0,
) -> View:
    """Return a view with several random crops, each rotated and shifted. Past the border the image is mirrored.

    Args:
        count: The batch size B.
        size: Height and width of each crop.
        closest: The minimum scale of a crop, at most 1: it shows between this fraction and all of the image's height
            and width, uniformly distributed. Its position is random.
        jitter: Additional shift of up to ± this fraction of the image.
        rotation: Rotation of up to ± this many degrees.
        noise: White noise is added, with a standard deviation between 0 and this for each crop.

    Source: Olah, Mordvintsev and Schubert 2017, 'Feature Visualization', 'Transformation Robustness'.
    """

    def view(image: Tensor, generator: torch.Generator) -> Tensor:
        angle = math.radians(rotation) * _around_zero(generator, count)
        part = torch.exp(math.log(min_scale) * torch.rand(count, generator=generator))
        shift = _around_zero(generator, count, 2) * (1 - part[:, None] + 2 * jitter)  # the image spans -1 to 1
        cosine, sine, aspect = part * torch.cos(angle), part * torch.sin(angle), image.shape[-2] / image.shape[-1]
        rows = [
            torch.stack([cosine, -sine * aspect, shift[:, 0]], dim=1),
            torch.stack([sine / aspect, cosine, shift[:, 1]], dim=1),
        ]
        maps = torch.stack(rows, dim=1).to(image)  # B, 2, 3
        grid = nn.functional.affine_grid(maps, [count, image.shape[1], *size], align_corners=False)
        views = nn.functional.grid_sample(
            image.expand(count, -1, -1, -1), grid, padding_mode="reflection", align_corners=False
        )
        if not noise:
            return views
        strengths = noise * torch.rand(count, 1, 1, 1, generator=generator)
        return views + (strengths * torch.randn(views.shape, generator=generator)).to(views)

    return view


def _around_zero(generator: torch.Generator, *shape: int) -> Tensor:
    """Return uniform random numbers between -1 and 1."""
    return 2 * torch.rand(*shape, generator=generator) - 1
