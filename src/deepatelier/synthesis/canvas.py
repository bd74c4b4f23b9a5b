"""How the pixels of an image are parametrised."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

__all__ = ["Canvas", "PixelCanvas"]


class PixelCanvas(nn.Module):
    """Plain pixels: each value is a parameter of its own, in levels of 0-255.

    Args:
        image: (1, 3, H, W), sRGB in [0, 1]; copied.

    Calling it gives the image, (1, 3, H, W) float32, kept inside [0, 1]: what is optimised is what can be written.

    Departure from the published programs: they let pixels leave the range and clip them at the end, which costs some 3 %
    of the objective.
    """

    def __init__(self, image: Tensor) -> None:
        super().__init__()
        # In levels, as the published programs have them: where the curvature is negative at the start, L-BFGS takes a
        # plain gradient step, whose length depends on the unit. In units of [0, 1] it is 65,025 times longer.
        # Contiguous: torch.optim.LBFGS flattens its parameters, which a channels-last tensor does not allow.
        self.levels = nn.Parameter((255 * image.detach()).contiguous())

    def forward(self) -> Tensor:
        image: Tensor = _ClampInwards.apply(self.levels / 255)
        return image

    def resized(self, size: tuple[int, int]) -> PixelCanvas:
        """The same image at another height and width; itself where that is its size."""
        if self.levels.shape[-2:] == size:
            return self
        with torch.no_grad():
            return PixelCanvas(nn.functional.interpolate(self(), size, mode="bicubic", antialias=True).clamp(0, 1))


class _ClampInwards(torch.autograd.Function):
    """Clamp to [0, 1]. A value outside keeps the gradient that leads it back, so that it is not stuck there."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(0, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # type: ignore[override]
        (x,) = ctx.saved_tensors
        outwards = ((x < 0) & (gradient > 0)) | ((x > 1) & (gradient < 0))
        return gradient.masked_fill(outwards, 0)


Canvas = PixelCanvas
"""What the engine optimises: a module without arguments that returns an image, and can be resized."""
