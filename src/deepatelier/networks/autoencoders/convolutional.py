"""The encoder and the decoder of convolutional autoencoders."""

from __future__ import annotations

from typing import Literal

from torch import nn

__all__ = ["Upsampling", "decoder_modules", "encoder_modules"]

Upsampling = Literal["resize", "transposed"]

_KERNEL = 4
"""The side of a kernel with stride 2. It is a multiple of the stride, so that all pixels get equally many products."""

_WIDTH = 32
"""The filters of the first convolution; each further one has twice as many."""

_SMALLEST = 7
"""Convolutions halve the side until it is at most this."""


def _sides(input_size: int) -> list[int]:
    """Return the side of the picture, and that after each convolution."""
    sides = [input_size, input_size // 2]
    while sides[-1] > _SMALLEST:
        sides.append(sides[-1] // 2)
    return sides


def encoder_modules(outputs: int, in_channels: int, input_size: int) -> dict[str, nn.Module]:
    """Return the modules of an encoder by name: 4x4 convolutions with stride 2 and ReLU, then a dense layer, ``code``.

    Args:
        outputs: The number of outputs of the dense layer.
        in_channels: The channels of the picture.
        input_size: Its height and width, 4 or more.
    """
    modules: dict[str, nn.Module] = {}
    channels, sides = in_channels, _sides(input_size)
    for index in range(1, len(sides)):
        width = _WIDTH * 2 ** (index - 1)
        modules[f"conv{index}"] = nn.Conv2d(channels, width, _KERNEL, stride=2, padding=1)
        modules[f"relu{index}"] = nn.ReLU()
        channels = width
    return {**modules, "flatten": nn.Flatten(), "code": nn.Linear(channels * sides[-1] ** 2, outputs)}


def decoder_modules(code: int, in_channels: int, input_size: int, upsampling: Upsampling) -> dict[str, nn.Module]:
    """Return the modules of a decoder by name: a dense layer, then an enlargement for each convolution of the encoder.

    ``transposed`` enlarges by a 4x4 transposed convolution with stride 2: ``up1, relu_up1, up2 …``. ``resize`` enlarges
    by nearest neighbours, and a 3x3 convolution follows: ``resize1, up1, relu_up1, resize2 …``. A sigmoid ends both.

    Source: Odena, Dumoulin and Olah, 'Deconvolution and Checkerboard Artifacts' (2016), for ``resize``.

    Args:
        code: The number of inputs.
        in_channels: The channels of the picture.
        input_size: Its height and width, 4 or more.
        upsampling: ``resize`` or ``transposed``.
    """
    sides = _sides(input_size)[::-1]
    widths = [_WIDTH * 2**index for index in reversed(range(len(sides) - 1))]
    modules: dict[str, nn.Module] = {
        "expand": nn.Linear(code, widths[0] * sides[0] ** 2),
        "relu_expand": nn.ReLU(),
        "maps": nn.Unflatten(1, (widths[0], sides[0], sides[0])),
    }
    for index, (width, following) in enumerate(zip(widths, [*widths[1:], in_channels], strict=True), start=1):
        small, large = sides[index - 1 : index + 1]
        if upsampling == "resize":
            modules[f"resize{index}"] = nn.Upsample(size=(large, large))
            modules[f"up{index}"] = nn.Conv2d(width, following, 3, padding=1)
        else:
            rest = large - 2 * small  # of a picture with an odd side
            modules[f"up{index}"] = nn.ConvTranspose2d(
                width, following, _KERNEL, stride=2, padding=1, output_padding=rest
            )
        modules |= {f"relu_up{index}": nn.ReLU()} if index < len(widths) else {"sigmoid": nn.Sigmoid()}
    return modules
