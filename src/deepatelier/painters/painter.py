"""The trained painter: a network that gives a photograph the style of a painting in one forward pass.

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
"""The stride of the painter's coarsest feature maps, in pixels."""

OF_A_STYLE = (".gamma", ".beta", ".amount")
"""The suffixes of parameter names that have one row per style."""

_ENOUGH = 8192
"""The approximate number of positions from which a channel's mean and standard deviation are computed."""

_NEAREST = 0.02
"""The input is kept this far from black and white: any nearer, the logarithm would leave no room for change."""

_GRAIN = 0.1
"""The largest initial factor of the noise."""


class ConditionalInstanceNorm(nn.Module):
    """y = γ(s) · (x − μ) / σ + β(s), with μ and σ per channel and picture, and γ, β of the style s.

    Args:
        channels: C.
        styles: S.

    Shape: (B, C, H, W) and style weights (B, S) to (B, C, H, W). γ(s) and β(s) are weighted means over the styles.
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
    """Three downsampling convolutions, residual blocks, and three upsampling convolutions.

    Departures from the source:

    - It is narrower and downsamples by 8 (the source: by 4), so that it is fast and has a large receptive field.
    - Skip connections at a quarter and a half of the size preserve the photograph's details.
    - There is no normalisation at full size, which would take most of the time.
    - The output is a residual to the low-pass filtered input: the colours are there from the start, and the network
      draws all lines itself.
    - Noise is added to the coarse feature maps (as in Karras, Laine and Aila 2019). Without it, strokes in flat areas
      would repeat.

    Args:
        styles: S, the number of paintings.
        width: Channels at full size; twice, four and eight times as many at a half, a quarter and an eighth of it.
        blocks: The number of residual blocks.

    Shape: (B, 3, H, W) sRGB in [0, 1], the photograph in the painting's colours, H and W multiples of `STRIDE`, and
    style weights (B, S) that sum to 1, to (B, 3, H, W) sRGB in [0, 1], float32. The generator is for the noise, see
    `Grain`.
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
    """x + a(s) · n: noise n, with a factor a for each channel and style.

    In training, n is drawn anew each time from a generator on the CPU. Without a generator, it is the same for all
    pictures of one size.
    """

    def __init__(self, channels: int, styles: int) -> None:
        super().__init__()
        self.amount = nn.Parameter(torch.empty(styles, channels))
        nn.init.uniform_(self.amount, -_GRAIN, _GRAIN)  # normal_ imports torch's compiler for meta tensors

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
