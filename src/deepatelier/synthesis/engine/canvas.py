"""How the pixels of an image are parametrised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from deepatelier.synthesis.engine.views import View, unchanged

__all__ = ["Canvas", "PixelCanvas", "frequencies", "mirrored"]


class Canvas(Protocol):
    """What the engine optimises: a module without arguments that gives an image."""

    view: View
    """What the network sees of the image, at each step."""

    def __call__(self) -> Tensor:
        """The image, (1, C, H', W'), sRGB in [0, 1], connected to the parameters by autograd."""

    def picture(self) -> Tensor:
        """A copy of the picture, (1, C, H, W), sRGB in [0, 1]."""

    def parameters(self) -> Iterator[nn.Parameter]:
        """What is moved."""

    def precondition(self, gradient: Tensor) -> Tensor:
        """A parameter's gradient times what comes near to the inverse of the loss's curvature, but for a factor."""

    def state_dict(self) -> dict[str, Any]:
        """The parameters by name."""

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> Any:
        """Take parameters of another canvas of the same kind and size."""


class PixelCanvas(nn.Module):
    """Plain pixels: each value is a parameter of its own, in levels of 0-255.

    Args:
        image: (1, C, H, W), sRGB in [0, 1]; copied.
        margin: Pixels around the image that are painted too, but do not belong to the picture. They begin as its mirror
            image. Less than H and W.
        view: What the network sees of it.

    Calling it gives the image with its margin: (1, C, H + 2 · margin, W + 2 · margin) float32, kept inside [0, 1], so
    that what is optimised is what can be written.

    Departure from the published programs: they let pixels leave the range and clip them at the end, which costs some
    3 % of the objective.
    """

    def __init__(self, image: Tensor, margin: int = 0, view: View = unchanged) -> None:
        super().__init__()
        self.view = view
        self.margin = margin
        # In levels, as the published programs have them. Contiguous, because the optimiser takes them as one vector.
        self.levels = nn.Parameter((255 * mirrored(image.detach(), margin)).contiguous())

    def forward(self) -> Tensor:
        """The image with its margin."""
        image: Tensor = _ClampInwards.apply(self.levels / 255)  # type: ignore[no-untyped-call]
        return image

    @torch.no_grad()
    def picture(self) -> Tensor:
        """A copy of the image without its margin, (1, C, H, W)."""
        height, width = self.size
        picture: Tensor = self()[..., self.margin : self.margin + height, self.margin : self.margin + width].clone()
        return picture

    def precondition(self, gradient: Tensor) -> Tensor:
        """F⁻¹ (F g / max(f, 1/max(H, W))), with the frequency f in waves a pixel: coarse structures move further.

        Found by trial: L-BFGS then needs fewer steps for the same loss (``benchmarks/choices.py``).
        """
        height, width = gradient.shape[-2:]
        waves = torch.fft.rfft2(gradient) / frequencies(gradient).clamp_min(1 / max(height, width))
        moved: Tensor = torch.fft.irfft2(waves, s=(height, width))
        return moved

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture, without the margin."""
        return self.levels.shape[-2] - 2 * self.margin, self.levels.shape[-1] - 2 * self.margin


def mirrored(image: Tensor, margin: int) -> Tensor:
    """An image with a margin of its mirror image: (B, C, H + 2 · margin, W + 2 · margin)."""
    return nn.functional.pad(image, (margin,) * 4, mode="reflect") if margin else image


def frequencies(image: Tensor) -> Tensor:
    """The frequency of each wave that ``torch.fft.rfft2`` of (…, H, W) gives, in waves a pixel: (H, W // 2 + 1)."""
    rows = torch.fft.fftfreq(image.shape[-2], device=image.device)[:, None]
    return torch.hypot(rows, torch.fft.rfftfreq(image.shape[-1], device=image.device)[None])


class _ClampInwards(torch.autograd.Function):
    """Clamp to [0, 1]. A value outside keeps the gradient that leads it back, so that it is not stuck there."""

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
