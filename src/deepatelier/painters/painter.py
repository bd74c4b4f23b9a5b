"""The painter: a network that gives a photograph the style of a painting in one forward pass.

Source: Johnson, Alahi and Fei-Fei, 'Perceptual Losses for Real-Time Style Transfer and Super-Resolution' (2016), with
the conditional instance normalisation of Dumoulin, Shlens and Kudlur, 'A Learned Representation for Artistic Style'
(2017) and the resize-convolutions of Odena, Dumoulin and Olah, 'Deconvolution and Checkerboard Artifacts' (2016).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

__all__ = ["OF_A_STYLE", "STRIDE", "ConditionalInstanceNorm", "Grain", "Painter"]

STRIDE = 8
"""Pixels for which a position of the painter's coarsest maps stands, along one axis."""

OF_A_STYLE = (".gamma", ".beta", ".amount")
"""How the names of the parameters end that hold a row for each style."""

_ENOUGH = 8192
"""About as many positions tell a channel's mean and deviation."""

_NEAREST = 0.02
"""As near to black and white is what the painter begins with: nearer the logarithm would not let it move."""

_GRAIN = 0.1
"""The largest factor of the noise at the start."""


class ConditionalInstanceNorm(nn.Module):
    """y = γ(s) · (x − μ) / σ + β(s), with μ and σ of each channel of each picture and γ, β of the style s.

    Args:
        channels: C.
        styles: S.

    Shape: (B, C, H, W) and style weights (B, S) to (B, C, H, W); γ(s) and β(s) are means over the styles with these
    weights.
    """

    def __init__(self, channels: int, styles: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(styles, channels))
        self.beta = nn.Parameter(torch.zeros(styles, channels))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        step = max(1, int((x.shape[-2] * x.shape[-1] / _ENOUGH) ** 0.5))
        seen = x[..., ::step, ::step].permute(0, 2, 3, 1).flatten(1, 2).float()  # B, positions, C
        mean = seen.mean(dim=1)
        variance = (seen.square().mean(dim=1) - mean.square()).clamp_min(0)
        scale = (style @ self.gamma).float() * torch.rsqrt(variance + 1e-5)
        shift = (style @ self.beta).float() - mean * scale
        return torch.addcmul(shift.to(x.dtype)[..., None, None], x, scale.to(x.dtype)[..., None, None])


class Painter(nn.Module):
    """Three convolutions that halve the picture, residual blocks, and three that double it again.

    Departures from the source: it is narrower and goes down to an eighth of the size (the source: a quarter), so that
    it is fast and its strokes reach further; what was at a quarter and a half of the size is added again on the way
    back, so that the photograph's details stay; no normalisation at full size, which would cost most of the time; what
    it gives is a change of what it was given, without its details, so that it begins with the colours and draws all
    lines itself; and noise is added to the coarse maps, from which strokes in flat places come (as Karras, Laine and
    Aila 2019 have it): without it they would repeat.

    Args:
        styles: S, how many paintings it knows.
        width: Channels at full size; twice, four and eight times as many at a half, a quarter and an eighth of it.
        blocks: Residual blocks.

    Shape: (B, 3, H, W) sRGB in [0, 1], the photograph in the painting's colours, H and W multiples of `STRIDE`, and
    style weights (B, S) that add up to 1, to (B, 3, H, W) sRGB in [0, 1], float32. The generator is that of the noise:
    see `Grain`.
    """

    def __init__(self, styles: int, width: int = 16, blocks: int = 5) -> None:
        super().__init__()
        self.styles, self.width, self.blocks = styles, width, blocks
        widths = [width, 2 * width, 4 * width, 8 * width]
        self.first = nn.Conv2d(3, width, 5, padding=2)
        self.down = nn.ModuleList(_Block(before, after, styles, stride=2) for before, after in pairwise(widths))
        self.residual = nn.ModuleList(_Residual(widths[-1], styles) for _ in range(blocks))
        self.up = nn.ModuleList(
            _Block(before, after, styles) for before, after in zip(widths[:1:-1], widths[-2:0:-1], strict=True)
        )
        self.fine = nn.Conv2d(widths[1], width, 3, padding=1)
        self.last = nn.Conv2d(width, 3, 5, padding=2)

    def forward(self, image: Tensor, style: Tensor, generator: torch.Generator | None = None) -> Tensor:
        x = self.first(image - 0.5).relu()
        coarser = []
        for block in self.down:
            x = block(x, style).relu()
            coarser.append(x)
        for block in self.residual:
            x = x + block(x, style, generator)
        for block, skip in zip(self.up, coarser[-2::-1], strict=True):
            x = block(_doubled(x), style).relu() + skip
        x = self.fine(_doubled(x)).relu()
        tones = nn.functional.avg_pool2d(image.float(), STRIDE)
        tones = nn.functional.interpolate(tones, scale_factor=float(STRIDE), mode="bilinear")
        return torch.sigmoid(self.last(x).float() + torch.logit(tones, _NEAREST))


class Grain(nn.Module):
    """x + a(s) · n: noise, by its own factor for each channel and style.

    In training n is drawn anew each time, from a generator on the CPU; without one it is the same for each picture of a
    size.
    """

    def __init__(self, channels: int, styles: int) -> None:
        super().__init__()
        self.amount = nn.Parameter(torch.empty(styles, channels))
        nn.init.uniform_(self.amount, -_GRAIN, _GRAIN)  # normal_ imports torch's compiler where there is no memory

    def forward(self, x: Tensor, style: Tensor, generator: torch.Generator | None = None) -> Tensor:
        generator = generator or torch.Generator().manual_seed(0)
        noise = torch.randn(len(x), 1, *x.shape[-2:], generator=generator).to(x)
        return torch.addcmul(x, (style @ self.amount).to(x.dtype)[..., None, None], noise)


class _Block(nn.Module):
    def __init__(self, before: int, after: int, styles: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(before, after, 3, stride, padding=1, padding_mode="replicate", bias=False)
        self.norm = ConditionalInstanceNorm(after, styles)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        return self.norm(self.convolution(x), style)


class _Residual(nn.Module):
    def __init__(self, channels: int, styles: int) -> None:
        super().__init__()
        self.first, self.second = _Block(channels, channels, styles), _Block(channels, channels, styles)
        self.grain = Grain(channels, styles)

    def forward(self, x: Tensor, style: Tensor, generator: torch.Generator | None) -> Tensor:
        return self.second(self.grain(self.first(x, style), style, generator).relu(), style)


def _doubled(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
