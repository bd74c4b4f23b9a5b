"""A new head on features that were found once.

Source: document 004, 'Transfer learning'.
"""

from __future__ import annotations

import torch
from torch import nn

from deepatelier.data import Labelled
from deepatelier.errors import OptionError
from deepatelier.networks import Network
from deepatelier.training.prediction import outputs_of

__all__ = ["features_of", "head_of"]


def head_of(network: Network, path: str) -> nn.Module:
    """The new module of a network, which has to be its last.

    Args:
        network: Has pretrained weights but for the head.
        path: Of the head.

    Raises:
        OptionError: What is new is not the network's last module alone.
    """
    head = network.get_submodule(path) if path else network
    rest = list(network.children())
    if not path or "." in path or head is not rest[-1]:
        raise OptionError("The new layers are not the last of the network alone, so that no head can be trained first.")
    return head


def features_of(network: Network, path: str, part: Labelled, device: torch.device, dtype: torch.dtype) -> Labelled:
    """What comes to the head of a network in evaluation mode, as pictures' values (N, D) with the same targets."""
    head = network.get_submodule(path)
    setattr(network, path, nn.Identity())
    try:
        found = outputs_of(network, part, device=device, dtype=dtype)
    finally:
        setattr(network, path, head)
    return Labelled(found, part.targets)
