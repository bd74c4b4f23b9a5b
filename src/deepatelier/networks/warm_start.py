"""Initialise a network with another network's trained weights."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.networks.network import named_layers

__all__ = ["warm_start"]


@torch.no_grad()
def warm_start(network: nn.Module, trained: nn.Module, layers: Iterable[str] | None = None) -> tuple[str, ...]:
    """Copy weights from a trained network to another, deeper one, matching layers by their names in the papers.

    Other layers keep their weights. The authors of VGG initialised their deeper networks in this way, with the first
    four convolutions and the dense layers of net A, `deepatelier.networks.vgg.START`::

        deep, shallow = networks.build("vgg16"), networks.build("vgg11", weights="imagenet")
        networks.warm_start(deep, shallow, vgg.START)

    Sources: Simonyan and Zisserman (2014), section 3.1; Loo, 'Deep Learning' (2017), 'Weight Initialisation I'.

    Args:
        network: The network to initialise, which is modified in place.
        trained: The network to copy from.
        layers: The names of layers that both networks have with the same shapes; None copies all of these.

    Returns:
        The names of the layers that were copied and have weights.

    Raises:
        UnknownNameError: A layer is not in both networks.
        OptionError: The shapes of a layer differ, or there is nothing to copy.
    """
    here, there = named_layers(network), named_layers(trained)
    common = [name for name in here if name in there]
    copied = []
    for name in common if layers is None else layers:
        if name not in common:
            raise UnknownNameError("layer in both networks", name, common)
        target, source = network.get_submodule(here[name]).state_dict(), trained.get_submodule(there[name]).state_dict()
        if {key: value.shape for key, value in target.items()} != {key: value.shape for key, value in source.items()}:
            if layers is None:
                continue
            raise OptionError(f"The layer {name} has other shapes in the second network, so its weights do not fit.")
        for key, value in target.items():
            value.copy_(source[key])
        if target:
            copied.append(name)
    if not copied:
        raise OptionError("The two networks have no layer with weights in common.")
    return tuple(copied)
