"""Which layer to choose for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from torch import nn

from deepatelier.interpretation.filters import filter_layers
from deepatelier.networks import named_layers
from deepatelier.receptive_fields import ReceptiveField
from deepatelier.tracing import Call

__all__ = ["choices", "last_maps", "one_of_each_size", "shown_by"]

_PARTS = ((1 / 14, "edges, colours"), (1 / 5, "textures"), (1 / 2, "parts"))
"""What fits into a part of the picture's side. In VGG at 224 pixels the bounds are 16, 45 and 112: its relu2_2 sees 14
pixels, its relu3_3 40, its relu4_3 92."""

_PASSING = ("Pool", "Dropout", "Identity", "Flatten", "Normalization", "Sequential")
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
    found = [call for call in calls if _gives_maps(call)]
    return _name(network, found[-1]) if found else None


def one_of_each_size(network: nn.Module, calls: Sequence[Call]) -> list[str]:
    """The first activation of each size of maps, from fine to coarse; the size's last layer where there is none."""
    by_size: dict[tuple[int, ...], list[Call]] = {}
    for call in calls:
        if _gives_maps(call):
            by_size.setdefault(tuple(call.output[2:]), []).append(call)
    return [
        _name(network, next((call for call in found if not list(call.module.parameters()) and call.path), found[-1]))
        for found in by_size.values()
    ]


def choices(network: nn.Module, calls: Sequence[Call]) -> dict[str, list[str]]:
    """Layers to begin with, by what one wants to do.

    Args:
        network: Any module.
        calls: What it ran for a picture.
    """
    sizes, last, with_filters = one_of_each_size(network, calls), last_maps(network, calls), filter_layers(network)
    linear = next((call.module for call in reversed(calls) if isinstance(call.module, nn.Linear)), None)
    channels = next((call.output[1] for call in reversed(calls) if _gives_maps(call)), 0)
    found: dict[str, list[str]] = {
        "look filters": with_filters[:1],
        "look activations, patches, deconvolution; style, texture, dream": sizes,
        "look gradcam": [last] if last else [],
        "look cam": [last] if last and linear is not None and linear.in_features == channels else [],
        "content, invert": sizes[-2:-1],
    }
    return {purpose: layers for purpose, layers in found.items() if layers}


def _gives_maps(call: Call) -> bool:
    kind = type(call.module).__name__
    return (
        call.leaf
        and bool(call.path)
        and len(call.output) == 4
        and prod(call.output[2:]) > 1
        and not any(word in kind for word in _PASSING)
    )


def _name(network: nn.Module, call: Call) -> str:
    names: Iterable[tuple[str, str]] = named_layers(network).items()
    return next((name for name, path in names if path == call.path), call.path)
