"""Recommended layers for each purpose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from torch import nn

from deepatelier.features import Call, ReceptiveField
from deepatelier.interpretation.methods.filters import filter_layers
from deepatelier.networks import named_layers

__all__ = ["choices", "last_maps", "one_of_each_size", "shown_by"]

_PARTS = ((1 / 14, "edges, colours"), (1 / 5, "textures"), (1 / 2, "parts"))
"""Structures that fit into a fraction of the picture's side. In VGG at 224 pixels the limits are 16, 45 and 112; the
receptive fields of relu2_2, relu3_3 and relu4_3 are 14, 40 and 92."""

_PASSING = ("Pool", "Dropout", "Identity", "Flatten", "Norm", "Pad", "Sequential")
"""Kinds of modules that detect nothing themselves."""


def shown_by(field: ReceptiveField | None, size: Sequence[int]) -> str:
    """Return what a layer can show, from the size of its receptive field relative to the picture: a rule of thumb.

    Args:
        field: Its receptive field; None if it is the whole picture.
        size: The picture's height and width.
    """
    if field is None:
        return "objects"
    seen = max(field.rows.size / size[0], field.columns.size / size[1])
    return next((what for part, what in _PARTS if seen <= part), "objects")


def last_maps(network: nn.Module, calls: Sequence[Call]) -> str | None:
    """Return the last layer whose feature maps have more than one position; None if there is none."""
    found = _last_maps(calls)
    return _name(network, found) if found else None


def one_of_each_size(network: nn.Module, calls: Sequence[Call]) -> list[str]:
    """Return the first activation of each feature map size, from fine to coarse; without one, the size's last layer."""
    return [_name(network, found[0]) for found in _by_size(calls)]


def choices(network: nn.Module, calls: Sequence[Call]) -> dict[str, list[str]]:
    """Return recommended layers, by purpose.

    Args:
        network: Any module.
        calls: Its traced calls for a picture.
    """
    by_size, last, averaged = _by_size(calls), last_maps(network, calls), _averaged(calls)
    found: dict[str, list[str]] = {
        "look filters": filter_layers(network)[:1],
        "look activations, patches, deconvolution; style, texture, dream": one_of_each_size(network, calls),
        "look gradcam": [last] if last else [],
        "look cam": [_name(network, averaged)] if averaged else [],
        # Gatys et al. (2016) use relu4_2 of VGG: the second activation of the last size but one
        "content, invert": [_name(network, layers[:2][-1]) for layers in by_size[-2:-1]],
    }
    return {purpose: layers for purpose, layers in found.items() if layers}


def _by_size(calls: Sequence[Call]) -> list[list[Call]]:
    """Return the activations of each feature map size, from fine to coarse; without one, the size's last layer."""
    sizes: dict[tuple[int, ...], list[Call]] = {}
    for call in calls:
        if call.leaf and _gives_maps(call):
            sizes.setdefault(tuple(call.output[2:]), []).append(call)
    return [[call for call in found if not list(call.module.parameters())] or found[-1:] for found in sizes.values()]


def _averaged(calls: Sequence[Call]) -> Call | None:
    """Return the call before a global average pooling, if the last linear layer has one weight per channel."""
    linear = next((call.module for call in reversed(calls) if isinstance(call.module, nn.Linear)), None)
    places = [
        index for index, call in enumerate(calls) if _has_positions(call) and not _is(call, "Sequential", "Dropout")
    ]
    if not places or linear is None or linear.in_features != calls[places[-1]].output[1]:
        return None
    return None if any(_is(call, "MaxPool") for call in calls[places[-1] + 1 :]) else calls[places[-1]]


def _has_positions(call: Call) -> bool:
    return bool(call.path) and len(call.output) == 4 and prod(call.output[2:]) > 1


def _last_maps(calls: Sequence[Call]) -> Call | None:
    """Return the last call with feature maps; of nested modules the outermost, whose output is complete."""
    return next((call for call in reversed(calls) if _gives_maps(call)), None)


def _gives_maps(call: Call) -> bool:
    return _has_positions(call) and not _is(call, *_PASSING)


def _name(network: nn.Module, call: Call) -> str:
    names: Iterable[tuple[str, str]] = named_layers(network).items()
    return next((name for name, path in names if path == call.path), call.path)


def _is(call: Call, *words: str) -> bool:
    """Return whether the name of its module's class contains one of the words."""
    return any(word in type(call.module).__name__ for word in words)
