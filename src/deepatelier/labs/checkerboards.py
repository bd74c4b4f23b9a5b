"""Checkerboards: what transposed convolution adds to a picture, and resizing before a convolution does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of
from deepatelier.labs.worked import Worked
from deepatelier.training.curves import png_of

__all__ = ["UPSAMPLINGS", "checkerboard_power", "checkerboards", "decoder", "spectrum"]

_STRIDE, _LEVELS, _WIDTH, _SIDE = 2, 3, 16, 8
_DRAWS, _STEPS, _RATE, _CODE = 20, 300, 5e-3, 4


def _transposed(kernel: int) -> Callable[[int, int], nn.Module]:
    padding = (kernel - _STRIDE + 1) // 2
    rest = _STRIDE - kernel + 2 * padding
    return lambda inputs, outputs: nn.ConvTranspose2d(inputs, outputs, kernel, _STRIDE, padding, rest)


def _resized(mode: str) -> Callable[[int, int], nn.Module]:
    return lambda inputs, outputs: nn.Sequential(
        nn.Upsample(scale_factor=_STRIDE, mode=mode), nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="replicate")
    )


UPSAMPLINGS: dict[str, Callable[[int, int], nn.Module]] = {
    "transposed, kernel 3": _transposed(3),
    "transposed, kernel 5": _transposed(5),
    "transposed, kernel 4": _transposed(4),
    "nearest, then convolution": _resized("nearest"),
    "bilinear, then convolution": _resized("bilinear"),
}
"""Layers that double height and width, by their name: from the numbers of channels in and out."""


def decoder(upsampling: str, inputs: int = _WIDTH) -> nn.Sequential:
    """Return three enlargements with ReLU between them, from 8 to 64 pixels, with one channel at the end.

    Args:
        upsampling: One of `UPSAMPLINGS`.
        inputs: The channels of the input.
    """
    make, widths = UPSAMPLINGS[upsampling], [inputs, *[_WIDTH] * (_LEVELS - 1), 1]
    layers: list[nn.Module] = []
    for index in range(_LEVELS):
        layers += [make(widths[index], widths[index + 1]), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def spectrum(picture: Tensor) -> Tensor:
    """Return |F|² of a picture without its mean, divided by the number of pixels; the frequency 0 is in the middle.

    The sum is that of the squared differences to the mean (Parseval).

    Args:
        picture: (H, W).
    """
    found = torch.fft.fft2(picture.double() - picture.double().mean(), norm="ortho").abs().square()
    centered: Tensor = torch.fft.fftshift(found)
    return centered


def checkerboard_power(picture: Tensor, stride: int) -> float:
    """Return the share of a picture's variance at the frequencies of a stride: multiples of 1/s cycles per pixel.

    These are (i/s, j/s) for i and j from 0 to s − 1, except (0, 0). A picture that repeats every s pixels has the share
    1; noise has (s² − 1)/(H·W − 1) on average.

    Source: Odena, Dumoulin and Olah, 'Deconvolution and Checkerboard Artifacts' (2016), for what it measures.

    Args:
        picture: (H, W), with sides that are multiples of s; not constant.
        stride: s.
    """
    found = torch.fft.ifftshift(spectrum(picture))
    rows, columns = (side // stride for side in picture.shape)
    at_stride = found[::rows, ::columns].sum()  # that at frequency 0 is 0
    return float(at_stride / found.sum())


def checkerboards(job: ComputedLab) -> Worked:  # noqa: ARG001
    """Work the lab out: decoders of random weights on a smooth input, and the same after training on a picture."""
    figure, axes = figure_of(4, len(UPSAMPLINGS), width=13, height=10.6)
    findings: Measures = {}
    powers: dict[str, dict[str, float]] = {"random": {}, "trained": {}}
    target, code = _target(), torch.randn(1, _CODE, _SIDE, _SIDE)
    for column, name in enumerate(UPSAMPLINGS):
        drawn = [_random_picture(name) for _ in range(_DRAWS)]
        powers["random"][name] = math.exp(sum(math.log(_power(each)) for each in drawn) / _DRAWS)
        learnt = _trained_picture(name, target, code)
        powers["trained"][name] = _power(learnt - target)
        _show(axes[column], drawn[0], f"{name}\nrandom weights")
        _show_spectrum(axes[len(UPSAMPLINGS) + column], drawn[0], powers["random"][name], "spectrum")
        _show(axes[2 * len(UPSAMPLINGS) + column], learnt, "trained", (0, 1))
        _show_spectrum(axes[3 * len(UPSAMPLINGS) + column], learnt - target, powers["trained"][name], "of its error")
    for weights, found in powers.items():
        findings |= {
            f"{name}, {weights} weights: share at the stride's frequency": each for name, each in found.items()
        }
        for kernel in (3, 4, 5):
            ratio = found[f"transposed, kernel {kernel}"] / found["nearest, then convolution"]
            findings[f"transposed with kernel {kernel} over nearest, {weights} weights"] = ratio
    return Worked(png_of(figure), findings)


def _power(picture: Tensor) -> float:
    """Return the share of the variance at the stride of the last layer, inside the borders."""
    edge = _STRIDE**_LEVELS
    return checkerboard_power(picture[edge:-edge, edge:-edge], _STRIDE)


@torch.no_grad()
def _random_picture(name: str) -> Tensor:
    """Return what a decoder of random weights makes of a smooth input, (64, 64)."""
    network = decoder(name)
    wave = torch.linspace(0, math.pi, _SIDE)
    smooth = 1 + 0.3 * torch.sin(wave)[:, None] * torch.sin(wave)
    found: Tensor = network(smooth.expand(1, _WIDTH, -1, -1))[0, 0]
    return found


def _target() -> Tensor:
    """Return a smooth picture, (64, 64): three soft blobs."""
    side = _SIDE * _STRIDE**_LEVELS
    y, x = torch.meshgrid(torch.linspace(-1, 1, side), torch.linspace(-1, 1, side), indexing="ij")
    blobs = ((-0.4, -0.3, 0.12), (0.45, -0.1, 0.08), (0.0, 0.5, 0.15))
    return (
        torch.stack([torch.exp(-((x - left) ** 2 + (y - up) ** 2) / spread) for left, up, spread in blobs]).sum(0) * 0.9
    )


def _trained_picture(name: str, target: Tensor, code: Tensor) -> Tensor:
    """Return the picture of a decoder that was trained by Adam to make the target from a fixed code, (64, 64)."""
    network = decoder(name, _CODE)
    optimizer = torch.optim.Adam(network.parameters(), lr=_RATE)
    for _ in range(_STEPS):
        loss = (network(code)[0, 0] - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found: Tensor = network(code)[0, 0].detach()
    return found


def _show(axis: Any, picture: Tensor, title: str, limits: tuple[float, float] | None = None) -> None:
    low, high = limits or (picture.min().item(), picture.max().item())
    axis.imshow(picture.numpy(), cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    axis.set_title(title, fontsize=10)
    axis.set_axis_off()


def _show_spectrum(axis: Any, picture: Tensor, power: float, of: str) -> None:
    """Draw the logarithm of the spectrum; circles mark the frequencies of the stride."""
    edge = _STRIDE**_LEVELS
    found = spectrum(picture[edge:-edge, edge:-edge])
    side = len(found)
    axis.imshow((found + 1e-12).log10().numpy(), cmap="magma", extent=(-0.5, 0.5, 0.5, -0.5), interpolation="nearest")
    axis.plot(
        [-0.5 + 0.5 / side, -0.5 + 0.5 / side, 0.5 / side],
        [-0.5 + 0.5 / side, 0.5 / side, -0.5 + 0.5 / side],
        "o",
        mfc="none",
        mec="cyan",
        ms=9,
    )
    axis.set_title(f"{of}: {power:.2%} at the stride", fontsize=9)
    axis.set_xticks([-0.5, 0, 0.5])
    axis.set_yticks([-0.5, 0, 0.5])
    axis.tick_params(labelsize=7)
