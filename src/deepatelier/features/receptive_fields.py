"""Receptive fields, followed through torch's operations."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

__all__ = ["NOTHING", "Axis", "ReceptiveField", "Window", "field_behind", "union", "window_of"]

_aten = torch.ops.aten


class Axis(NamedTuple):
    """The receptive field of a feature map along one axis, in pixels.

    Position i depends on the ``size`` pixels from ``start + i · stride`` on. Those below 0 or past the image are
    padding.
    """

    size: int
    stride: int
    start: int

    def behind(self, kernel_size: int, stride: int, padding: int, dilation: int = 1) -> Axis:
        """Return the axis after a convolution or pooling: sizes add up, strides multiply."""
        size = self.size + (kernel_size - 1) * dilation * self.stride
        return Axis(size, self.stride * stride, self.start - padding * self.stride)


class ReceptiveField(NamedTuple):
    """The receptive field of a position: its rows, its columns."""

    rows: Axis
    columns: Axis


NOTHING = ReceptiveField(Axis(0, 1, 0), Axis(0, 1, 0))
"""The receptive field of what does not depend on the image, such as parameters."""


def union(a: ReceptiveField | None, b: ReceptiveField | None) -> ReceptiveField | None:
    """Return the receptive field of a sum or concatenation of two maps; None (everything) if their strides differ."""
    if a is None or b is None:
        return None
    if NOTHING in (a, b):
        return b if a == NOTHING else a
    axes = []
    for one, other in zip(a, b, strict=True):
        if one.stride != other.stride:
            return None
        start = min(one.start, other.start)
        axes.append(Axis(max(one.start + one.size, other.start + other.size) - start, one.stride, start))
    return ReceptiveField(*axes)


class Window(NamedTuple):
    """The kernel size, stride, padding and dilation of a sliding window, rows and columns."""

    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    ceil_mode: bool = False

    def output(self, size: torch.Size) -> tuple[int, int]:
        """Floor or ceil((n + 2p − d(k − 1) − 1) / s) + 1; with ceil, the last window has to start inside the map."""
        sides = []
        for n, k, s, p, d in zip(size, self.kernel_size, self.stride, self.padding, self.dilation, strict=True):
            room = n + 2 * p - d * (k - 1) - 1
            count = (-(-room // s) if self.ceil_mode else room // s) + 1
            if self.ceil_mode and (count - 1) * s >= n + p:
                count -= 1
            if count < 1:
                raise RuntimeError(f"a window of {k} positions does not fit into {n} with padding {p}")
            sides.append(count)
        return sides[0], sides[1]


def _pair(value: Any, default: tuple[int, int]) -> tuple[int, int]:
    values = (value,) if isinstance(value, int) else tuple(value)
    return (values[0], values[-1]) if values else default


def window_of(func: Any, args: tuple[Any, ...]) -> Window | None:
    """Return the window of a two-dimensional convolution or pooling; None for other operations."""
    rest = args[1:]
    if func is _aten.convolution.default and args[0].ndim == 4 and not args[6]:
        stride, padding, dilation = (_pair(value, (1, 1)) for value in args[3:6])
        return Window(_pair(args[1].shape[2:], (1, 1)), stride, padding, dilation)
    if func in (_aten.max_pool2d_with_indices.default, _aten.max_pool2d.default, _aten.avg_pool2d.default):
        size = _pair(rest[0], (1, 1))
        stride = _pair(rest[1] if len(rest) > 1 else (), size)
        padding = _pair(rest[2] if len(rest) > 2 else 0, (0, 0))
        average = func is _aten.avg_pool2d.default
        dilation = (1, 1) if average else _pair(rest[3] if len(rest) > 3 else 1, (1, 1))
        ceil_mode = bool(rest[3 if average else 4]) if len(rest) > (3 if average else 4) else False
        return Window(size, stride, padding, dilation, ceil_mode)
    if func is _aten._adaptive_avg_pool2d.default:
        sizes, counts = args[0].shape[-2:], _pair(rest[0], (1, 1))
        if all(size % count == 0 for size, count in zip(sizes, counts, strict=True)):
            size = sizes[0] // counts[0], sizes[1] // counts[1]
            return Window(size, size, (0, 0), (1, 1))
    return None


def field_behind(
    func: Any, args: tuple[Any, ...], field: ReceptiveField, first: Tensor, output: Tensor
) -> ReceptiveField | None:
    """Return the receptive field of an operation's output; its inputs, ``first`` among them, together have ``field``.

    It is None (everything) after an operation that mixes positions, or that is not known.
    """
    if field == NOTHING:
        return NOTHING
    window = window_of(func, args)
    if window:
        geometry = zip(field, window.kernel_size, window.stride, window.padding, window.dilation, strict=True)
        return ReceptiveField(*(axis.behind(k, s, p, d) for axis, k, s, p, d in geometry))
    packet = func._overloadpacket
    if packet in _PADDINGS:
        pads = [*args[1], 0, 0, 0, 0]
        return ReceptiveField(field.rows.behind(1, 1, pads[2]), field.columns.behind(1, 1, pads[0]))
    if packet is _aten.slice and _is_spatial(args[1], first):
        begin, step = (args[2] or 0) if len(args) > 2 else 0, args[4] if len(args) > 4 else 1
        axes, which = list(field), args[1] % first.ndim - first.ndim
        axes[which] = axes[which].behind(1, step, -(begin if begin >= 0 else begin + first.shape[which]))
        return ReceptiveField(*axes)
    return field if _keeps_positions(func, args, first, output) else None


_PADDINGS = (_aten.constant_pad_nd, _aten.reflection_pad2d, _aten.replication_pad2d)

_ANY_AXIS = (
    *(_aten.native_batch_norm, _aten._native_batch_norm_legit_no_training, _aten.cudnn_batch_norm),
    *(_aten.native_group_norm, _aten.native_dropout, _aten.clone, _aten.detach, _aten.alias, _aten.expand, _aten.view),
    *(_aten._unsafe_view, _aten.squeeze, _aten.unsqueeze, _aten.prelu, _aten._prelu_kernel, _aten._to_copy),
)
"""Operations that keep positions if they keep the last two axes."""

_ONE_AXIS = (
    *(_aten.cat, _aten.slice, _aten.select, _aten.split, _aten.split_with_sizes, _aten.sum, _aten.mean, _aten.amax),
    *(_aten._softmax, _aten._log_softmax),
)
"""Operations along the axes given by their second argument."""


def _is_spatial(axes: Any, tensor: Tensor) -> bool:
    return any(axis % tensor.ndim >= tensor.ndim - 2 for axis in ([axes] if isinstance(axes, int) else axes or []))


def _keeps_positions(func: Any, args: tuple[Any, ...], first: Tensor, output: Tensor) -> bool:
    """Return whether each position of the output depends only on the same position of the input."""
    if output.ndim < 3 or first.ndim < 3 or output.shape[-2:] != first.shape[-2:]:
        return False
    packet = func._overloadpacket
    if packet in _ONE_AXIS:
        axes = args[1] if packet not in (_aten.split, _aten.split_with_sizes) else args[2] if len(args) > 2 else 0
        return not _is_spatial(axes if packet is not _aten.cat or len(args) > 1 else 0, first)
    if packet is _aten.index:  # a permutation of channels
        return all(index is None for index in args[1][first.ndim - 2 :])
    if packet is _aten.avg_pool3d:  # local response normalisation: a window over channels
        return list(args[1])[1:] == [1, 1]
    return torch.Tag.pointwise in func.tags or packet in _ANY_AXIS
