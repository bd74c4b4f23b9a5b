"""Tracing of a forward pass: the modules that run, their shapes, costs and receptive fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from torch.utils.weak import WeakTensorKeyDictionary

from deepatelier.errors import AtelierError, ShapeError
from deepatelier.features.extraction import evaluating, listening
from deepatelier.features.receptive_fields import NOTHING, Axis, ReceptiveField, field_behind, union, window_of
from deepatelier.networks import Network

__all__ = ["Call", "trace", "trace_picture"]

_aten = torch.ops.aten


@dataclass(frozen=True)
class Call:
    """A module that ran.

    Attributes:
        path: Its path in the network.
        module: The module.
        inputs: The shapes of its input tensors.
        output: The shape of its output; of the first, if there are several; empty if it returned no tensor.
        field: The receptive field of the output; None if it is the whole image.
        multiply_adds: Multiply-adds of its convolutions and matrix products, for the whole batch. Fused recurrent
            layers (such as torch.nn.LSTM) are not counted.
        own_multiply_adds: The part of them that is not in a submodule.
        sources: Indices of the calls without submodules whose outputs are inputs of this one; −1 is the image.
        leaf: Whether it has no submodules.
    """

    path: str
    module: nn.Module
    inputs: tuple[torch.Size, ...]
    output: torch.Size
    field: ReceptiveField | None
    multiply_adds: int
    own_multiply_adds: int
    sources: frozenset[int]
    leaf: bool


@torch.no_grad()
def trace(network: nn.Module, image: Tensor) -> list[Call]:
    """Return the calls of a network's modules in the order in which they end, for one forward pass in evaluation mode.

    A network and an image on the meta device cost neither memory nor arithmetic. The receptive field is followed
    through every operation, inside modules and between them. Statistics over the whole map (instance normalisation) do
    not count as dependence.

    Args:
        network: Any module; it is not changed.
        image: The network input, (B, C, H, W).
    """
    watch = _Watch(image)
    calls: list[Call] = []
    begun: list[tuple[int, int]] = [(0, 0)]
    """For each running module: the multiply-adds before it, and those of its submodules so far."""

    def before(_path: str, _inputs: Any) -> None:
        begun.append((watch.multiply_adds, 0))

    def after(path: str, inputs: Any, output: Any) -> None:
        given, returned = list(_tensors(inputs)), list(_tensors(output))
        module = network.get_submodule(path)
        leaf = not any(True for _ in module.children())
        origin, made = watch.origin_of(given), watch.origin_of(returned[:1])
        start, inner = begun.pop()
        spent = watch.multiply_adds - start
        begun[-1] = begun[-1][0], begun[-1][1] + spent
        calls.append(
            Call(
                path,
                module,
                tuple(tensor.shape for tensor in given),
                returned[0].shape if returned else torch.Size(),
                made.field if made else NOTHING,
                spent,
                spent - inner,
                origin.sources if origin else frozenset(),
                leaf,
            )
        )
        if leaf:
            for tensor in returned:
                here = watch.origin_of([tensor])
                watch.origins[tensor] = _Origin(here.field if here else NOTHING, frozenset({len(calls) - 1}))

    paths = [path for path, _ in network.named_modules()]
    with evaluating(network), _unfused_attention(), listening(network, paths, before=before, after=after), watch:
        network(image)
    return calls


@contextmanager
def _unfused_attention() -> Iterator[None]:
    """Context manager: compute attention by separate products, which a fused operation would hide."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def trace_picture(network: nn.Module, size: Sequence[int]) -> list[Call]:
    """Run `trace` for a black picture of a size (C, H, W), on the network's device.

    Raises:
        ShapeError: The network does not accept it.
    """
    some = next((each for each in network.parameters() if each.is_floating_point()), torch.empty(0))
    dtype = torch.float32 if isinstance(network, Network) else some.dtype
    try:
        return trace(network, torch.zeros(1, *size, device=some.device, dtype=dtype))
    except AtelierError:
        raise
    except Exception as error:  # a user's network may raise anything
        reason = f"{type(error).__name__}: {error}".strip().partition("\n")[0]
        raise ShapeError(
            f"{type(network).__name__} does not accept pictures of shape {tuple(size)} ({reason}). If a network of "
            "your own has a fixed input size, give it an attribute input_size = (channels, height, width)."
        ) from error


class _Origin(NamedTuple):
    """The origin of a tensor; a field of None is the whole image."""

    field: ReceptiveField | None
    sources: frozenset[int]


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Follows every operation, starting from the image."""

    def __init__(self, image: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        pixel = Axis(1, 1, 0)
        self.origins = WeakTensorKeyDictionary()
        self.origins[image] = _Origin(ReceptiveField(pixel, pixel), frozenset({-1}))
        self.multiply_adds = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # torch would import dynamo first, which takes seconds

    def origin_of(self, tensors: Iterable[Tensor]) -> _Origin | None:
        """Return the common origin of the tensors; None if none of them depends on the image."""
        found: list[_Origin] = [self.origins[tensor] for tensor in tensors if tensor in self.origins]
        if not found:
            return None
        field = found[0].field
        for other in found[1:]:
            field = union(field, other.field)
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
                field = origin.field and field_behind(func, args, origin.field, first, tensor)
                self.origins[tensor] = _Origin(field, origin.sources)
        return output


def _tensors(value: Any) -> Iterator[Tensor]:
    """Yield all tensors in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _on_meta(func: Any, args: tuple[Any, ...], given: list[Tensor]) -> Any:
    """Return the output of common operations on the meta device, for which torch would import modules for seconds.

    Returns None for other operations.
    """
    first = given[0]
    window = window_of(func, args)
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
