"""Parametrisations of an image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from deepatelier.synthesis.engine.views import View, unchanged

__all__ = ["Canvas", "PixelCanvas", "frequencies", "mirrored"]


class Canvas(Protocol):
    """What the engine optimises: a module without arguments that returns an image."""

    view: View
    """The view: it makes the network input from the image, at each step."""

    def __call__(self) -> Tensor:
        """Return the image, (1, C, H', W'), sRGB in [0, 1], connected to the parameters by autograd."""

    def picture(self) -> Tensor:
        """Return a copy of the picture, (1, C, H, W), sRGB in [0, 1]."""

    def parameters(self) -> Iterator[nn.Parameter]:
        """Return the parameters to optimise."""

    def precondition(self, gradient: Tensor) -> Tensor:
        """Multiply a parameter's gradient by an approximate inverse of the loss's curvature, up to a factor."""

    def state_dict(self) -> dict[str, Any]:
        """Return the parameters by name."""

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> Any:
        """Load the parameters of another canvas of the same kind and size."""


class PixelCanvas(nn.Module):
    """Plain pixels: each value is a parameter, in levels of 0-255.

    Args:
        image: (1, C, H, W), sRGB in [0, 1]; copied.
        margin: Pixels around the image that are optimised too, but do not belong to the picture. They are initialised
            with its mirror image. Less than H and W.
        view: Makes the network input from the image.

    Calling it returns the image with its margin: (1, C, H + 2 · margin, W + 2 · margin) float32, kept inside [0, 1], so
    that only images that can be saved are optimised.

    Departure from the published programs: they let pixels leave the range and clip them at the end, which costs some
    3 % of the objective.
    """

    def __init__(self, image: Tensor, margin: int = 0, view: View = unchanged) -> None:
        super().__init__()
        self.view = view
        self.margin = margin
        # In levels, as in the published programs. Contiguous, because the optimizer flattens them to one vector.
        self.levels = nn.Parameter((255 * mirrored(image.detach(), margin)).contiguous())

    def forward(self) -> Tensor:
        """Return the image with its margin."""
        image: Tensor = _ClampInwards.apply(self.levels / 255)  # type: ignore[no-untyped-call]
        return image

    @torch.no_grad()
    def picture(self) -> Tensor:
        """Return a copy of the image without its margin, (1, C, H, W)."""
        height, width = self.size
        picture: Tensor = self()[..., self.margin : self.margin + height, self.margin : self.margin + width].clone()
        return picture

    def precondition(self, gradient: Tensor) -> Tensor:
        """F⁻¹ (F g / max(f, 1/max(H, W))), with the frequency f in cycles per pixel: low frequencies move further.

        Chosen by experiment: L-BFGS then needs fewer steps for the same loss (``benchmarks/choices.py``).
        """
        height, width = gradient.shape[-2:]
        coefficients = torch.fft.rfft2(gradient) / frequencies(gradient).clamp_min(1 / max(height, width))
        moved: Tensor = torch.fft.irfft2(coefficients, s=(height, width))
        return moved

    @property
    def size(self) -> tuple[int, int]:
        """The height and width of the picture, without the margin."""
        return self.levels.shape[-2] - 2 * self.margin, self.levels.shape[-1] - 2 * self.margin


def mirrored(image: Tensor, margin: int) -> Tensor:
    """Pad an image with its mirror image: (B, C, H + 2 · margin, W + 2 · margin)."""
    return nn.functional.pad(image, (margin,) * 4, mode="reflect") if margin else image


def frequencies(image: Tensor) -> Tensor:
    """Return the frequencies of ``torch.fft.rfft2`` of (…, H, W), in cycles per pixel: (H, W // 2 + 1)."""
    rows = torch.fft.fftfreq(image.shape[-2], device=image.device)[:, None]
    return torch.hypot(rows, torch.fft.rfftfreq(image.shape[-1], device=image.device)[None])


class _ClampInwards(torch.autograd.Function):
    """Clamp to [0, 1]. A value outside keeps a gradient that points back inside, so that it does not get stuck."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(0, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        outwards = ((x < 0) & (gradient > 0)) | ((x > 1) & (gradient < 0))
        return gradient.masked_fill(outwards, 0)
