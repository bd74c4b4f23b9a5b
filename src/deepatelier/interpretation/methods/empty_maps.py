"""Reasons for an empty class map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.features import are_probabilities, evaluating, extract, listening, probabilities_of
from deepatelier.interpretation.methods.class_scores import Explained, as_network_input, class_scores
from deepatelier.networks import named_layers

__all__ = ["dead_layer", "why_empty"]

_SATURATED = 1e-6
"""A probability this close to 0 or 1 hardly changes, whatever the pixels; the resolution of float32 is 6e-8."""


def why_empty(
    network: nn.Module,
    image: Tensor,
    target: int,
    found: Tensor,
    *,
    layer: str | None = None,
    explained: Explained = "score",
) -> str | None:
    """Return the reason why a map shows no positive evidence for a class, as a sentence; None if it does.

    Args:
        network: Any module that returns class scores.
        image: The network input, (1, C, H, W).
        target: The class index.
        found: The signed map, (H, W).
        layer: The layer of the map, if there is one.
        explained: Whether the map explains the score or the probability.
    """
    if found.max().item() > _SATURATED:
        return None
    image = as_network_input(network, image)
    with evaluating(network), torch.no_grad():
        scores = class_scores(network, image)
    probability = probabilities_of(scores.double())[0, target].item()
    own_softmax, size = are_probabilities(scores), found.abs().max().item()
    saturated = (own_softmax or explained == "probability") and not _SATURATED < probability < 1 - _SATURATED
    if found.max().item() > 0 and not (saturated and size <= _SATURATED):
        return None
    if saturated and size <= _SATURATED:
        what, remedy = "the softmax", "Explain the score in its place."
        if own_softmax:
            what, remedy = "the network's own softmax", "Have the network return the scores before it."
        return f"Saturated softmax: the probability is {probability:.3g}, and {what} lets nothing change it. {remedy}"
    if layer is not None and _is_dead(network, image, layer):
        return f"Dead ReLU: every value of {layer} is zero for this picture" + _since(network, image, layer)
    if size == 0:
        dead = dead_layer(network, image)
        if dead:
            return f"Dead ReLU: every value of {dead} is zero for this picture, so nothing comes through."
        return "The score does not change with anything here."
    return "All contributions are negative: what is found here speaks against this class."


def dead_layer(network: nn.Module, image: Tensor) -> str | None:
    """Return the first layer without submodules whose output is all zeros for an image (1, C, H, W)."""
    names = {path: name for name, path in named_layers(network).items()}
    dead: list[str] = []

    def after(path: str, _inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor) and output.numel() and not output.any():
            dead.append(names.get(path, path))

    leaves: Sequence[str] = [
        path for path, module in network.named_modules() if not any(True for _ in module.children())
    ]
    with evaluating(network), torch.no_grad(), listening(network, leaves, after=after):
        network(as_network_input(network, image))
    return dead[0] if dead else None


@torch.no_grad()
def _is_dead(network: nn.Module, image: Tensor, layer: str) -> bool:
    with evaluating(network):
        return not extract(network, image, [layer])[layer].any()


def _since(network: nn.Module, image: Tensor, layer: str) -> str:
    first = dead_layer(network, image)
    return "." if first in (None, layer) else f"; the first such layer is {first}."
