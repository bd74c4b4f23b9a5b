"""What happens in a forward pass: which modules run, on what, what they compute and how much of the image they see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from torch.utils.weak import WeakTensorKeyDictionary

from deepatelier.features import listening

__all__ = ["Axis", "Call", "ReceptiveField", "trace"]

_aten = torch.ops.aten


class Axis(NamedTuple):
    """What the positions of a map see of the image along one axis, in pixels.

    Position i sees the ``size`` pixels from ``start + i · stride`` on; those below 0 or past the image are padding.
    """

    size: int
    stride: int
    start: int

    def behind(self, kernel_size: int, stride: int, padding: int, dilation: int = 1) -> Axis:
        """The axis of a convolution's or pooling's output: sizes add up, strides multiply."""
        size = self.size + (kernel_size - 1) * dilation * self.stride
        return Axis(size, self.stride * stride, self.start - padding * self.stride)


class ReceptiveField(NamedTuple):
    """What a position sees of the image: its rows, its columns."""

    rows: Axis
    columns: Axis


@dataclass(frozen=True)
class Call:
    """A module that ran.

    Attributes:
        path: Its path in the network.
        module: The module.
        inputs: The shapes of the tensors that it was given.
        output: The shape of what it returned; of the first, if several.
        field: What a position of the output sees of the image; None if each sees all of it.
        multiply_adds: Of the convolutions and matrix products in it, for the whole batch.
        sources: Indices of the calls without submodules whose outputs went into this one's inputs; −1 is the image.
        leaf: Whether it has no submodules.
    """

    path: str
    module: nn.Module
    inputs: tuple[torch.Size, ...]
    output: torch.Size
    field: ReceptiveField | None
    multiply_adds: int
    sources: frozenset[int]
    leaf: bool


@torch.no_grad()
def trace(network: nn.Module, image: Tensor) -> list[Call]:
    """The modules of a network in the order in which they end, for one forward pass in evaluation mode.

    A network and an image on the meta device cost neither memory nor arithmetic. The receptive field is followed
    through every operation, in a module or between them. Statistics over the whole map (instance normalisation) are not
    counted as seeing.

    Args:
        network: Any module; it is left as it was.
        image: (B, C, H, W), what the network takes.
    """
    watch = _Watch(image)
    calls: list[Call] = []
    spent: dict[str, list[int]] = {}

    def before(path: str, _inputs: Any) -> None:
        spent.setdefault(path, []).append(watch.multiply_adds)

    def after(path: str, inputs: Any, output: Any) -> None:
        given, returned = list(_tensors(inputs)), list(_tensors(output))
        module = network.get_submodule(path)
        leaf = not any(True for _ in module.children())
        origin = watch.origin_of(given)
        if returned:
            made = watch.origin_of(returned[:1])
            calls.append(
                Call(
                    path,
                    module,
                    tuple(tensor.shape for tensor in given),
                    returned[0].shape,
                    made.field if made else None,
                    watch.multiply_adds - spent[path].pop(),
                    origin.sources if origin else frozenset(),
                    leaf,
                )
            )
        if leaf:
            for tensor in returned:
                here = watch.origin_of([tensor])
                watch.origins[tensor] = _Origin(here.field if here else None, frozenset({len(calls) - 1}))

    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        with listening(network, [path for path, _ in network.named_modules()], before=before, after=after), watch:
            network(image)
    finally:
        for module, training in modes.items():
            module.training = training
    return calls


class _Origin(NamedTuple):
    """Where a tensor comes from; a field of None sees all."""

    field: ReceptiveField | None
    sources: frozenset[int]


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Follows every operation from the image on."""

    def __init__(self, image: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        pixel = Axis(1, 1, 0)
        self.origins = WeakTensorKeyDictionary()
        self.origins[image] = _Origin(ReceptiveField(pixel, pixel), frozenset({-1}))
        self.multiply_adds = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # to skip it, torch first imports it, which takes seconds

    def origin_of(self, tensors: Iterable[Tensor]) -> _Origin | None:
        """That of all of them together; None where none comes from the image."""
        found: list[_Origin] = [self.origins[tensor] for tensor in tensors if tensor in self.origins]
        if not found:
            return None
        field = found[0].field
        for other in found[1:]:
            field = _union(field, other.field)
        return _Origin(field, frozenset(chain.from_iterable(origin.sources for origin in found)))

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        given = list(_tensors((args, kwargs)))
        origin = self.origin_of(given)
        output = _on_meta(func, args, given) if origin and all(tensor.is_meta for tensor in given) else None
        if output is None:
            output = func(*args, **kwargs)
        if func._overloadpacket in flop_registry:
            self.multiply_adds += flop_registry[func._overloadpacket](*args, **kwargs, out_val=output) // 2
        if origin:
            first = next(tensor for tensor in given if tensor in self.origins)
            for tensor in _tensors(output):
                field = origin.field and _field_behind(func, args, origin.field, first, tensor)
                self.origins[tensor] = _Origin(field, origin.sources)
        return output


def _tensors(value: Any) -> Iterator[Tensor]:
    """All tensors in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _union(a: ReceptiveField | None, b: ReceptiveField | None) -> ReceptiveField | None:
    if a is None or b is None:
        return None
    axes = []
    for one, other in zip(a, b, strict=True):
        if one.stride != other.stride:
            return None
        start = min(one.start, other.start)
        axes.append(Axis(max(one.start + one.size, other.start + other.size) - start, one.stride, start))
    return ReceptiveField(*axes)


class _Window(NamedTuple):
    """The kernel size, stride, padding and dilation of a sliding window, rows and columns."""

    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    ceil_mode: bool = False

    def output(self, size: torch.Size) -> tuple[int, int]:
        """Floor or ceil((n + 2p − d(k − 1) − 1) / s) + 1; a window that rounding up adds begins inside the map."""
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


def _window(func: Any, args: tuple[Any, ...]) -> _Window | None:
    """The window of a two-dimensional convolution or pooling; None for other operations."""
    rest = args[1:]
    if func is _aten.convolution.default and args[0].ndim == 4 and not args[6]:
        stride, padding, dilation = (_pair(value, (1, 1)) for value in args[3:6])
        return _Window(_pair(args[1].shape[2:], (1, 1)), stride, padding, dilation)
    if func in (_aten.max_pool2d_with_indices.default, _aten.max_pool2d.default, _aten.avg_pool2d.default):
        size = _pair(rest[0], (1, 1))
        stride = _pair(rest[1] if len(rest) > 1 else (), size)
        padding = _pair(rest[2] if len(rest) > 2 else 0, (0, 0))
        average = func is _aten.avg_pool2d.default
        dilation = (1, 1) if average else _pair(rest[3] if len(rest) > 3 else 1, (1, 1))
        ceil_mode = bool(rest[3 if average else 4]) if len(rest) > (3 if average else 4) else False
        return _Window(size, stride, padding, dilation, ceil_mode)
    if func is _aten._adaptive_avg_pool2d.default:
        sizes, counts = args[0].shape[-2:], _pair(rest[0], (1, 1))
        if all(size % count == 0 for size, count in zip(sizes, counts, strict=True)):
            size = sizes[0] // counts[0], sizes[1] // counts[1]
            return _Window(size, size, (0, 0), (1, 1))
    return None


def _field_behind(
    func: Any, args: tuple[Any, ...], field: ReceptiveField, first: Tensor, output: Tensor
) -> ReceptiveField | None:
    """What the output of an operation sees, if its inputs, of which ``first`` is one, together see ``field``."""
    window = _window(func, args)
    if window:
        geometry = zip(field, window.kernel_size, window.stride, window.padding, window.dilation, strict=True)
        return ReceptiveField(*(axis.behind(k, s, p, d) for axis, k, s, p, d in geometry))
    if func is _aten.constant_pad_nd.default:
        pads = [*args[1], 0, 0, 0, 0]
        return ReceptiveField(field.rows.behind(1, 1, pads[2]), field.columns.behind(1, 1, pads[0]))
    if func is _aten.slice.Tensor and len(args) > 1 and args[1] % first.ndim >= first.ndim - 2:
        begin, step = (args[2] or 0) if len(args) > 2 else 0, args[4] if len(args) > 4 else 1
        axes = list(field)
        which = args[1] % first.ndim - first.ndim
        axes[which] = axes[which].behind(1, step, -begin)
        return ReceptiveField(*axes)
    if func._overloadpacket in _MIXING or output.ndim < 3 or first.ndim < 3 or output.shape[-2:] != first.shape[-2:]:
        return None
    if func is _aten.cat.default and len(args) > 1 and args[1] % first.ndim >= first.ndim - 2:
        return None
    return field


_MIXING = (_aten.mm, _aten.addmm, _aten.bmm, _aten.baddbmm, _aten.transpose, _aten.t, _aten.permute)
"""Operations behind which an element depends on any position, or positions are no longer the last two axes."""


def _on_meta(func: Any, args: tuple[Any, ...], given: list[Tensor]) -> Any:
    """The output of the common operations on the meta device, for which torch would first import for seconds.

    None where torch has to be asked.
    """
    first = given[0]
    window = _window(func, args)
    if window:
        channels = args[1].shape[0] if func is _aten.convolution.default else first.shape[1]
        made = _empty(first, (*first.shape[:-3], channels, *window.output(first.shape[-2:])))
        return (made, made) if func is _aten.max_pool2d_with_indices.default else made
    if func in (_aten.mm.default, _aten.addmm.default):
        return _empty(first, (given[-2].shape[0], given[-1].shape[1]))
    if func in (_aten.native_batch_norm.default, _aten._native_batch_norm_legit_no_training.default):
        return _empty(first, first.shape), _empty(first, (0,)), _empty(first, (0,))
    if func is _aten.mean.dim and len(args) > 2 and args[2]:
        axes = {axis % first.ndim for axis in args[1]}
        return _empty(first, (1 if axis in axes else side for axis, side in enumerate(first.shape)))
    if func is _aten.cat.default:
        axis = args[1] % first.ndim if len(args) > 1 else 0
        total = sum(tensor.shape[axis] for tensor in given)
        return _empty(first, (*first.shape[:axis], total, *first.shape[axis + 1 :]))
    if torch.Tag.pointwise in func.tags and not func._schema.is_mutable:
        return _empty(first, np.broadcast_shapes(*(tensor.shape for tensor in given)))
    return None


def _empty(like: Tensor, shape: Iterable[int]) -> Tensor:
    return torch.empty(tuple(shape), dtype=like.dtype, device=like.device)
