"""A canvas that parametrises an image by its Fourier coefficients, with decorrelated colours."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.synthesis.engine.canvas import frequencies
from deepatelier.synthesis.engine.views import View, unchanged

__all__ = ["FourierCanvas"]

_COLORS = (
    (0.5629, 0.1949, 0.0433),
    (0.5846, 0.0000, -0.1082),
    (0.5846, -0.1949, 0.0650),
)
"""A square root of the colour correlation matrix of ImageNet pictures, scaled so that its longest column has length 1:
brightness first, then red against blue, then green against purple (Olah, Mordvintsev and Schubert 2017)."""

_SCALE = 4.0
"""Divides the Fourier sum, so that parameters of about 1 stay within the range of colours."""

_EDGE = 0.01
"""Pixels are kept this far from 0 and 1 when they are converted to parameters, which would be infinite there."""


class FourierCanvas(nn.Module):
    """x = sigmoid(C · F⁻¹(s ⊙ z) / 4): the parameters z are Fourier coefficients of decorrelated colours.

    F⁻¹ is the inverse real Fourier transform, s = 1 / max(f, 1/max(H, W)) with the frequency f in cycles per pixel, and
    C a square root of the colour correlation matrix of photographs. A step of equal length in every parameter then
    moves the image towards the spectrum and the colours of photographs, and not towards noise.

    Args:
        image: The initial image, (1, C, H, W), sRGB in [0, 1]. The colours are decorrelated if C is 3.
        view: Makes the network input from the image.

    Calling it returns (1, C, H, W) inside (0, 1). The image is periodic.

    Source: Olah, Mordvintsev and Schubert 2017, 'Feature Visualization', 'Preconditioning and Parameterization'.
    """

    scale: Tensor
    colors: Tensor

    def __init__(self, image: Tensor, view: View = unchanged) -> None:
        super().__init__()
        self.view = view
        channels, height, width = image.shape[1:]
        self.size = height, width
        scale = 1 / (_SCALE * frequencies(image).clamp_min(1 / max(height, width)))  # H, W // 2 + 1
        colors = torch.tensor(_COLORS) if channels == 3 else torch.eye(channels)
        self.register_buffer("scale", scale, persistent=False)
        self.register_buffer("colors", colors.to(image), persistent=False)
        values = torch.logit(image.detach().clamp(_EDGE, 1 - _EDGE))
        coefficients = torch.fft.rfft2(_mixed(torch.linalg.inv(self.colors), values), norm="ortho")
        self.spectrum = nn.Parameter(torch.view_as_real(coefficients / scale).contiguous())  # 1, C, H, W // 2 + 1, 2

    def forward(self) -> Tensor:
        """Return the image."""
        coefficients = torch.view_as_complex(self.spectrum) * self.scale
        values = torch.fft.irfft2(coefficients, s=self.size, norm="ortho")
        return torch.sigmoid(_mixed(self.colors, values))

    def precondition(self, gradient: Tensor) -> Tensor:
        """Return the gradient itself: the parameters are scaled already."""
        return gradient

    @torch.no_grad()
    def picture(self) -> Tensor:
        """Return a copy of the image, (1, C, H, W)."""
        image: Tensor = self()
        return image


def _mixed(matrix: Tensor, image: Tensor) -> Tensor:
    """Apply a linear map to the channels of (1, C, H, W)."""
    return torch.einsum("oi,bihw->bohw", matrix, image)
