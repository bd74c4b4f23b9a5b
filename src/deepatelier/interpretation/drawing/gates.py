"""Tracing that also covers modules with submodules, and operations between modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from deepatelier.features import Call, trace

__all__ = ["JOINS", "POOLINGS", "Frame", "gated_trace"]

_aten = torch.ops.aten

JOINS = {
    _aten.add: "+",
    _aten.add_: "+",
    _aten.sub: "−",
    _aten.mul: "×",
    _aten.mul_: "×",
    _aten.cat: "[ ]",
    _aten.stack: "[ ]",
}
"""The operations that merge branches, and their signs."""

POOLINGS = {_aten.max_pool2d_with_indices: "max", _aten.max_pool2d: "max", _aten.avg_pool2d: "mean", _aten.mean: "mean"}
POOLINGS[_aten._adaptive_avg_pool2d] = "mean"
"""The pooling operations."""


class Frame(NamedTuple):
    """A run of a module with submodules: all calls between those of its gates belong to it."""

    path: str
    entry: int
    exit: int


def gated_trace(network: nn.Module, image: Tensor) -> tuple[list[Call], list[Frame]]:
    """Return the calls of `deepatelier.features.tracing.trace`, and the runs of modules with submodules in start order.

    The calls include gates, which are leaves without effect. There is one before and one after each module with
    submodules, so that the module's output has its own source, whatever it added inside. There is a gate after each
    operation of ``JOINS`` between modules, whose sources are the merged branches, and one after each functional
    pooling. Paths in the network start with ``network.``, those of gates with ``entries.``, ``exits.``, ``joins.`` or
    ``poolings.``.

    Args:
        network: Any module; it is not changed.
        image: The network input, (B, C, H, W).
    """
    watched = _Watched(network)
    with watched.gates():
        calls = trace(watched, image)
    opened: list[tuple[str, int]] = []
    frames = []
    for index, call in enumerate(calls):
        gate, _, number = call.path.partition(".")
        if gate == "entries":
            opened.append((number, index))
        elif gate == "exits" and any(number == other for other, _ in opened):
            while opened[-1][0] != number:  # a module whose output has no tensors has no exit
                opened.pop()
            frames.append(Frame(watched.paths[int(number)], opened.pop()[1], index))
    return calls, sorted(frames, key=lambda frame: frame.entry)


class _Gate(nn.Module):
    """A module without effect that is visible to the trace; its output is the last of its inputs."""

    def forward(self, *values: Any) -> Any:
        return values[-1]


class _Watched(nn.Module):
    """The network with its gates."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.paths = [path for path, module in network.named_modules() if any(True for _ in module.children())]
        self.entries, self.exits = (nn.ModuleList(_Gate() for _ in self.paths) for _ in range(2))
        self.joins = nn.ModuleDict({sign: _Gate() for sign in JOINS.values()})
        self.poolings = nn.ModuleDict({name: _Gate() for name in POOLINGS.values()})
        self.depth = 0  # the number of leaf modules that are running, nested

    def forward(self, image: Tensor) -> Any:
        with _Operations(self):
            return self.network(image)

    @contextmanager
    def gates(self) -> Iterator[None]:
        with ExitStack() as stack:
            for path, module in self.network.named_modules():
                if path in self.paths:
                    index = self.paths.index(path)
                    before, after = _through(self.entries[index]), _through(self.exits[index])
                else:
                    before, after = self._deeper(1), self._deeper(-1)
                stack.enter_context(module.register_forward_pre_hook(before))
                stack.enter_context(module.register_forward_hook(after))
            yield

    def _deeper(self, by: int) -> Callable[..., None]:
        def hook(*_: Any) -> None:
            self.depth += by

        return hook


def _through(gate: nn.Module) -> Callable[..., None]:
    """Return a hook that passes inputs, or the output, through a gate without changing them."""

    def hook(_module: nn.Module, *values: Any) -> None:
        gate(values[-1])

    return hook


class _Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Passes the operations between modules through their gates."""

    def __init__(self, watched: _Watched) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.watched = watched

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # torch would import dynamo first, which takes seconds

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        operation = func._overloadpacket
        if not self.watched.depth:
            if operation in JOINS:
                self.watched.joins[JOINS[operation]](args, output)
            elif operation in POOLINGS and args[0].ndim == 4 and (operation is not _aten.mean or output.ndim == 2):
                self.watched.poolings[POOLINGS[operation]](args, output)
        return output
