"""The transposed convolution in two further forms: by the matrix of a convolution, and as a direct convolution.

Both are equal to ``torch.nn.functional.conv_transpose2d``, which is much faster; they show what it computes.

Source: the lecture slides, 'Transposed Convolution'; Dumoulin and Visin, 'A Guide to Convolution
Arithmetic for Deep Learning' (2016), section 4.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError, ShapeError

__all__ = ["convolution_matrix", "dilated", "transposed_by_convolution", "transposed_by_matrix", "transposed_size"]


def transposed_size(size: int, kernel: int, stride: int = 1, padding: int = 0, output_padding: int = 0) -> int:
    """Return the side of a transposed convolution's output, s·(n − 1) + k − 2p + o.

    Args:
        size: n, the side of the input.
        kernel: k.
        stride: s.
        padding: p.
        output_padding: o, less than s.

    Raises:
        OptionError: A number is too small, o is s or more, or nothing would be left.
    """
    if min(size, kernel, stride) < 1 or padding < 0 or not 0 <= output_padding < stride:
        raise OptionError(
            "A transposed convolution needs a size, a kernel and a stride of 1 or more, a padding of 0 or more and an "
            f"output padding of at least 0 and less than the stride; received {size}, {kernel}, {stride}, {padding}, "
            f"{output_padding}."
        )
    side = stride * (size - 1) + kernel - 2 * padding + output_padding
    if side < 1:
        raise OptionError(f"The padding {padding} leaves nothing of the output. Lower it, or give a larger kernel.")
    return side


def convolution_matrix(weight: Tensor, side: int, stride: int = 1, padding: int = 0) -> Tensor:
    """Return the matrix C of a convolution (as networks have it, a cross-correlation): its output is C·vec(x).

    Args:
        weight: (O, I, k, k).
        side: The side n of the input.
        stride: s.
        padding: p.

    Returns:
        (O·m², I·n²), with m = ⌊(n + 2p − k)/s⌋ + 1. Its columns are the outputs of the unit pictures.

    Raises:
        ShapeError: The kernel is larger than the padded input.
    """
    kernel = weight.shape[-1]
    if side + 2 * padding < kernel:
        raise ShapeError(
            f"A kernel of {kernel} x {kernel} needs an input of {kernel - 2 * padding} or more; got {side}."
        )
    units = torch.eye(weight.shape[1] * side**2, dtype=weight.dtype, device=weight.device)
    units = units.view(-1, weight.shape[1], side, side)
    return nn.functional.conv2d(units, weight, stride=stride, padding=padding).flatten(1).T


def transposed_by_matrix(
    x: Tensor, weight: Tensor, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Tensor:
    """Return Cᵀ·vec(x), with the matrix C of the convolution from the output's size to the input's.

    Args:
        x: (B, O, n, n).
        weight: (O, I, k, k), that of the convolution: O are its outputs.
        stride: s.
        padding: p.
        output_padding: o. The convolution leads from several sizes to n; the output has that o above the smallest.

    Returns:
        (B, I, m, m), with m of `transposed_size`.
    """
    side = transposed_size(x.shape[-1], weight.shape[-1], stride, padding, output_padding)
    matrix = convolution_matrix(weight, side, stride, padding)
    return (x.flatten(1) @ matrix).view(len(x), weight.shape[1], side, side)


def dilated(x: Tensor, weight: Tensor, stride: int = 1, padding: int = 0, output_padding: int = 0) -> Tensor:
    """Return the input of the direct convolution: s − 1 zeros between values, and k − 1 − p around, o more at the end.

    A negative number of zeros crops. Arguments are those of `transposed_by_matrix`.
    """
    side, kernel = x.shape[-1], weight.shape[-1]
    transposed_size(side, kernel, stride, padding, output_padding)
    spread = x.new_zeros(*x.shape[:2], *[stride * (side - 1) + 1] * 2)
    spread[..., ::stride, ::stride] = x
    before, after = kernel - 1 - padding, kernel - 1 - padding + output_padding
    return nn.functional.pad(spread, (before, after, before, after))


def transposed_by_convolution(
    x: Tensor, weight: Tensor, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Tensor:
    """Return the direct convolution, of stride 1, of the dilated and padded input with the flipped kernel.

    Arguments and result are those of `transposed_by_matrix`.
    """
    flipped = weight.flip(-1, -2).transpose(0, 1)  # I, O, k, k
    return nn.functional.conv2d(dilated(x, weight, stride, padding, output_padding), flipped)
