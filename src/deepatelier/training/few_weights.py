"""The weights of a very small network as text."""

from __future__ import annotations

from torch import nn

__all__ = ["few_weights"]

_FEW = 8
"""The maximum number of parameters to show."""


def few_weights(network: nn.Module) -> list[str]:
    """Return a line of text with the weights of a very small network, such as a linear fit; nothing for others."""
    if sum(each.numel() for each in network.parameters()) > _FEW:
        return []
    names = [(name.rpartition(".")[2], each.flatten().tolist()) for name, each in network.named_parameters()]
    return ["; ".join(f"{name} {', '.join(f'{value:.4g}' for value in values)}" for name, values in names)]
