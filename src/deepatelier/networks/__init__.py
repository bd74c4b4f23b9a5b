"""Every architecture, one paper a file, behind one registry.

A network takes sRGB in [0, 1], shape (B, C, H, W), and normalises it as its weights need. ``network.layers`` gives each
layer's module path by its paper's name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.networks import vgg
from deepatelier.networks.layers import InputNormalization

__all__ = ["build", "names", "weights_of"]


@dataclass(frozen=True)
class _Pretrained:
    """A set of weights: how to get it, its input normalisation, and the options under which it fits the network."""

    load: Callable[[], dict[str, Tensor]]
    normalization: Callable[[], InputNormalization]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Entry:
    builder: Callable[..., nn.Module]
    weights: Mapping[str, _Pretrained] = field(default_factory=dict)


_REGISTRY: dict[str, _Entry] = {}


def _register(name: str, builder: Callable[..., nn.Module], **weights: _Pretrained) -> None:
    if name in _REGISTRY:
        raise ValueError(f"the network {name!r} is registered twice")
    _REGISTRY[name] = _Entry(builder, weights)


_register("vgg11", partial(vgg.VGG, "A"))
_register("vgg13", partial(vgg.VGG, "B"))
_register("vgg16", partial(vgg.VGG, "D"))
_register(
    "vgg19",
    partial(vgg.VGG, "E"),
    oxford=_Pretrained(vgg.load_oxford, vgg.oxford_normalization, {"num_classes": 0}),
)


def names() -> list[str]:
    """The names of all networks."""
    return sorted(_REGISTRY)


def weights_of(name: str) -> list[str]:
    """The names of the pretrained weights that a network has. Raises UnknownNameError."""
    return sorted(_entry(name).weights)


def build(name: str, *, weights: str | None = None, **options: Any) -> nn.Module:
    """Build a network by name.

    Args:
        name: One of `names`.
        weights: One of `weights_of`; None initialises at random. With weights, the network is in evaluation mode, its
            parameters are frozen and its input normalisation is theirs. ``oxford`` has no dense layers.
        options: The architecture's own: ``num_classes``, ``in_channels``, ``pooling`` …

    Raises:
        UnknownNameError: No such network or weights; the nearest known names are given.
        OptionError: The network has no such option, or the weights need another value of it.
        WeightsError: The weights are not at hand.
    """
    entry = _entry(name)
    _check_options(name, entry.builder, options)
    if weights is None:
        return entry.builder(**options)
    if not entry.weights:
        trained = ", ".join(other for other in names() if _REGISTRY[other].weights)
        raise OptionError(f"There are no pretrained weights for {name}. Use a network that has some: {trained}.")
    if weights not in entry.weights:
        raise UnknownNameError(f"set of weights for {name}", weights, sorted(entry.weights))
    pretrained = entry.weights[weights]
    for key, value in pretrained.options.items():
        if options.setdefault(key, value) != value:
            raise OptionError(f"The weights {weights!r} of {name} need {key}={value}, not {options[key]}.")
    with torch.device("meta"):
        network = entry.builder(**options)
    network.load_state_dict(pretrained.load(), strict=True, assign=True)
    network.normalization = pretrained.normalization()
    return network.eval().requires_grad_(False)


def _entry(name: str) -> _Entry:
    if name not in _REGISTRY:
        raise UnknownNameError("network", name, names())
    return _REGISTRY[name]


def _check_options(name: str, builder: Callable[..., nn.Module], options: Mapping[str, Any]) -> None:
    known = list(inspect.signature(builder).parameters)
    for key in options:
        if key not in known:
            raise UnknownNameError(f"option of {name}", key, known)
