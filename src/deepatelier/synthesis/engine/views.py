"""What the network sees of a canvas: random views, so that what is painted does not hang on the place of its pixels."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

__all__ = ["View", "cropped", "transformed", "unchanged"]

View = Callable[[Tensor, torch.Generator], Tensor]
"""From an image (1, C, H, W) to what the network looks at, (B, C, H', W'); draws from a generator on the CPU."""


def unchanged(image: Tensor, generator: torch.Generator) -> Tensor:  # noqa: ARG001
    """The image itself."""
    return image


def cropped(jitter: int) -> View:
    """A view moved by up to ± ``jitter`` pixels: a random crop that is 2 · jitter smaller in height and width.

    Source: Mordvintsev, Olah and Tyka 2015, 'Inceptionism': there the picture is rolled; a crop has no seam.
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
    """Several views at once, each a part of the image, turned and moved at random; past the border it is mirrored.

    Args:
        count: B, how many.
        size: Height and width of each view.
        closest: A view shows between this part and the whole of the image's height and width, each ratio as likely as
            another; it lies anywhere in the image. At most 1.
        jitter: It is moved by up to ± this part of the image beyond that.
        rotation: And turned by up to ± this many degrees.
        noise: White noise is added, of a standard deviation between 0 and this in each view.

    Source: Olah, Mordvintsev and Schubert 2017, 'Feature Visualization', 'Transformation Robustness'.
    """

    def view(image: Tensor, generator: torch.Generator) -> Tensor:
        angle = math.radians(rotation) * _around_zero(generator, count)
        part = torch.exp(math.log(min_scale) * torch.rand(count, generator=generator))
        shift = _around_zero(generator, count, 2) * (1 - part[:, None] + 2 * jitter)  # the image reaches from -1 to 1
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
    """Numbers between -1 and 1."""
    return 2 * torch.rand(*shape, generator=generator) - 1
