"""Which layer to choose for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from torch import nn

from deepatelier.features import Call, ReceptiveField
from deepatelier.interpretation.methods.filters import filter_layers
from deepatelier.networks import named_layers

__all__ = ["choices", "last_maps", "one_of_each_size", "shown_by"]

_PARTS = ((1 / 14, "edges, colours"), (1 / 5, "textures"), (1 / 2, "parts"))
"""What fits into a part of the picture's side. In VGG at 224 pixels the bounds are 16, 45 and 112: its relu2_2 sees 14
pixels, its relu3_3 40, its relu4_3 92."""

_PASSING = ("Pool", "Dropout", "Identity", "Flatten", "Norm", "Pad", "Sequential")
"""Kinds of modules that find nothing themselves."""


def shown_by(field: ReceptiveField | None, size: Sequence[int]) -> str:
    """What a layer can show, by how much of a picture its positions see: a rule of thumb.

    Args:
        field: Its receptive field; None if it sees all.
        size: The picture's height and width.
    """
    if field is None:
        return "objects"
    seen = max(field.rows.size / size[0], field.columns.size / size[1])
    return next((what for part, what in _PARTS if seen <= part), "objects")


def last_maps(network: nn.Module, calls: Sequence[Call]) -> str | None:
    """The last layer that finds something and tells where: maps of more than one position; None if there is none."""
    found = _last_maps(calls)
    return _name(network, found) if found else None


def one_of_each_size(network: nn.Module, calls: Sequence[Call]) -> list[str]:
    """The first activation of each size of maps, from fine to coarse; the size's last layer where there is none."""
    return [_name(network, found[0]) for found in _by_size(calls)]


def choices(network: nn.Module, calls: Sequence[Call]) -> dict[str, list[str]]:
    """Layers to begin with, by what one wants to do.

    Args:
        network: Any module.
        calls: What it ran for a picture.
    """
    by_size, last, averaged = _by_size(calls), last_maps(network, calls), _averaged(calls)
    found: dict[str, list[str]] = {
        "look filters": filter_layers(network)[:1],
        "look activations, patches, deconvolution; style, texture, dream": one_of_each_size(network, calls),
        "look gradcam": [last] if last else [],
        "look cam": [_name(network, averaged)] if averaged else [],
        # document 002 and the papers take relu4_2 of VGG: the second activation of the last size but one
        "content, invert": [_name(network, layers[:2][-1]) for layers in by_size[-2:-1]],
    }
    return {purpose: layers for purpose, layers in found.items() if layers}


def _by_size(calls: Sequence[Call]) -> list[list[Call]]:
    """The activations of each size of maps, from fine to coarse; the size's last layer where it has none."""
    sizes: dict[tuple[int, ...], list[Call]] = {}
    for call in calls:
        if call.leaf and _gives_maps(call):
            sizes.setdefault(tuple(call.output[2:]), []).append(call)
    return [[call for call in found if not list(call.module.parameters())] or found[-1:] for found in sizes.values()]


def _averaged(calls: Sequence[Call]) -> Call | None:
    """What gives the maps that a global average pooling takes, if the last linear layer has one weight a channel."""
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
    """Of a block of modules the block, whose output is the whole of theirs."""
    return next((call for call in reversed(calls) if _gives_maps(call)), None)


def _gives_maps(call: Call) -> bool:
    return _has_positions(call) and not _is(call, *_PASSING)


def _name(network: nn.Module, call: Call) -> str:
    names: Iterable[tuple[str, str]] = named_layers(network).items()
    return next((name for name, path in names if path == call.path), call.path)


def _is(call: Call, *words: str) -> bool:
    """Whether the name of its module's class has one of the words in it."""
    return any(word in type(call.module).__name__ for word in words)
