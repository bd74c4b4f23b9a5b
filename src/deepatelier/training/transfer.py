"""Transfer learning: a new head on features that are computed once.

Source: 'Lecture 15: Deep Learning' (2022), 'Transfer learning'.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from deepatelier.data import Labelled
from deepatelier.errors import OptionError
from deepatelier.networks import Network
from deepatelier.training.prediction import outputs_of

__all__ = ["features_of", "head_of"]


@torch.no_grad()
def head_of(network: Network, path: str) -> nn.Module:
    """Return the new head of a network, whose output is the output of the network.

    Args:
        network: A network with pretrained weights, except in the head.
        path: The path of the head; empty if several modules are new.

    Raises:
        OptionError: The new module is not the end of the network, or its input is not one vector per picture.
    """
    if not path:
        raise OptionError(
            "Several parts of the network are new, so there is no head to train first. Leave --head-epochs out."
        )
    head = network.get_submodule(path)
    picture = torch.rand(2, *network.input_size)
    was_training = network.training
    network.eval()
    with _without(network, path):
        features = network(picture)
    same = features.ndim == 2 and torch.equal(head(features), network(picture))
    network.train(was_training)
    if not same:
        raise OptionError(
            "The new part is not the end of the network, so it cannot be trained first. Leave --head-epochs out."
        )
    return head


def features_of(network: Network, path: str, part: Labelled, device: torch.device, dtype: torch.dtype) -> Labelled:
    """Return the inputs of a network's head in evaluation mode, (N, D), with the targets of the pictures."""
    with _without(network, path):
        found = outputs_of(network, part, device=device, dtype=dtype)
    return Labelled(found, part.targets)


@contextmanager
def _without(network: Network, path: str) -> Iterator[None]:
    """Replace a module of a network by the identity, temporarily."""
    parent, _, name = path.rpartition(".")
    head = network.get_submodule(path)
    setattr(network.get_submodule(parent), name, nn.Identity())
    try:
        yield
    finally:
        setattr(network.get_submodule(parent), name, head)
