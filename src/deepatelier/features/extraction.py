"""Extraction of activations. This is the only file with hooks or partial forward passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import get_ident
from typing import Any

from torch import Tensor, nn

from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.networks import named_layers

__all__ = [
    "OUTPUT",
    "PIXELS",
    "check_layers",
    "evaluating",
    "extract",
    "listening",
    "module_path",
    "where_layers_are_listed",
]

PIXELS = "pixels"
"""The name of the image itself in `extract`."""

OUTPUT = "output"
"""The name of the network's output in `extract`."""


class _CompleteError(Exception):
    """Ends a forward pass as soon as all outputs are there."""


def extract(network: nn.Module, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
    """Return the activations of some layers for an image.

    The forward pass stops at the deepest layer requested. No hook remains on the network, even if it raises.

    Args:
        network: Any module. Layers are named as in its ``layers`` (``relu4_2``), or by module path (``features.22``).
        image: The network input, (B, C, H, W); for deepatelier's networks sRGB in [0, 1].
        layers: Names, in any order; `PIXELS` is the image itself, `OUTPUT` the network's output.

    Returns:
        The outputs by name, in the order of ``layers``, connected to the image by autograd. For a module that runs
        several times in a forward pass, it is the first output.

    Raises:
        UnknownNameError: The network has no such layer.
        OptionError: The network has the layer, but does not run it.
    """
    names = list(dict.fromkeys(layers))
    paths = {name: module_path(network, name) for name in names if name != PIXELS}
    found = _capture(network, image, set(paths.values()), frozenset())
    # an in-place layer after a captured one has overwritten its output: pass copies on to those
    overwritten = frozenset(path for path, (tensor, version) in found.items() if tensor._version != version)
    if overwritten:
        found = _capture(network, image, set(paths.values()), overwritten)
    return {name: image if name == PIXELS else found[paths[name]][0] for name in names}


def check_layers(network: nn.Module, layers: Iterable[str]) -> None:
    """Raise UnknownNameError for the first name that is not a layer of the network."""
    for name in layers:
        if name != PIXELS:
            module_path(network, name)


def where_layers_are_listed(network: str) -> str:
    """Return the sentence that says where the names of a network's layers are listed, without its full stop."""
    return f"atelier networks {network} lists them, and says which to choose for what"


def _capture(
    network: nn.Module, image: Tensor, paths: set[str], copied: frozenset[str]
) -> dict[str, tuple[Tensor, int]]:
    """Return outputs by module path, with their version counters. Modules in ``copied`` pass on a copy of their output.

    With the copy, the captured output keeps the value and the gradient of what all later layers were computed from.
    """
    found: dict[str, tuple[Tensor, int]] = {}
    if not paths:
        return found

    def keep(path: str, _inputs: Any, output: Any) -> Tensor | None:
        if not isinstance(output, Tensor):
            raise OptionError(f"The layer {path} returns {type(output).__name__}, not a tensor. Choose another layer.")
        if path not in found:
            found[path] = output, output._version
        if len(found) == len(paths):
            raise _CompleteError
        return output.clone() if path in copied else None

    with listening(network, paths, after=keep), suppress(_CompleteError):
        network(image)
        missing = sorted(paths - found.keys())
        raise OptionError(
            f"{type(network).__name__} did not run {missing[0]} in its forward pass, so it has no output. atelier "
            "networks NAME lists the layers that run, and says which to choose for what."
        )
    return found


@contextmanager
def listening(
    network: nn.Module,
    paths: Iterable[str],
    *,
    before: Callable[[str, Any], None] | None = None,
    after: Callable[[str, Any, Any], Tensor | None] | None = None,
) -> Iterator[None]:
    """Context manager: call functions when this thread runs some modules of the network. No hook remains afterwards.

    Args:
        network: Any module.
        paths: The paths of the modules; "" is the network itself.
        before: Called with a module's path and inputs (positional, keyword) before it runs.
        after: Called with its path, inputs and output after it has run. If it returns a tensor, that replaces the
            output.
    """
    with ExitStack() as stack:
        for path in paths:
            module = network.get_submodule(path)
            if before:
                stack.enter_context(module.register_forward_pre_hook(_before_hook(path, before), with_kwargs=True))
            if after:
                stack.enter_context(module.register_forward_hook(_after_hook(path, after), with_kwargs=True))
        yield


def _before_hook(path: str, call: Callable[[str, Any], None]) -> Callable[..., None]:
    mine = get_ident()  # another thread may run the same network at the same time
    return lambda _module, inputs, named: call(path, (inputs, named)) if get_ident() == mine else None


def _after_hook(path: str, call: Callable[[str, Any, Any], Tensor | None]) -> Callable[..., Any]:
    mine = get_ident()
    return lambda _module, inputs, named, output: call(path, (inputs, named), output) if get_ident() == mine else None


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Context manager: put the network in evaluation mode. Each module gets its own mode back afterwards."""
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training


def module_path(network: nn.Module, name: str) -> str:
    """Return the path of the module with a layer's name; "" is the network itself.

    Raises:
        UnknownNameError: The network has no such layer.
    """
    named = named_layers(network)
    if name == OUTPUT:
        return ""
    if name in named:
        return named[name]
    paths = [path for path, _ in network.named_modules() if path]
    if name in paths:
        return name
    raise UnknownNameError(f"layer of {type(network).__name__}", name, named or paths)
