"""A new head on features that were found once.

Source: document 004, 'Transfer learning'.
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
    """The new module of a network, whose outputs are the network's.

    Args:
        network: Has pretrained weights but for the head.
        path: Of the head.

    Raises:
        OptionError: Something comes behind what is new, or it does not take one row of values for each picture.
    """
    if not path:
        raise OptionError(
            "Several parts of the network are new, so that none can be trained first. Leave --head-epochs out."
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
            "What is new is not the end of the network, so that it cannot be trained first. Leave --head-epochs out."
        )
    return head


def features_of(network: Network, path: str, part: Labelled, device: torch.device, dtype: torch.dtype) -> Labelled:
    """What comes to the head of a network in evaluation mode, as pictures' values (N, D) with the same targets."""
    with _without(network, path):
        found = outputs_of(network, part, device=device, dtype=dtype)
    return Labelled(found, part.targets)


@contextmanager
def _without(network: Network, path: str) -> Iterator[None]:
    """The network without a module."""
    parent, _, name = path.rpartition(".")
    head = network.get_submodule(path)
    setattr(network.get_submodule(parent), name, nn.Identity())
    try:
        yield
    finally:
        setattr(network.get_submodule(parent), name, head)
