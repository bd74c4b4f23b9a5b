"""Filters of a layer, as tiles for display.

Source: Krizhevsky, Sutskever and Hinton 2012, 'ImageNet Classification with Deep Convolutional Neural Networks',
figure 3 (the first layer's filters: edges, colours, blobs).
"""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import module_path
from deepatelier.networks import Network, named_layers

__all__ = ["filter_layers", "filters"]


def filters(network: nn.Module, layer: str) -> Tensor:
    """Return the weights of a layer, one tile per output and input channel: (N, C, h, w), float32.

    A layer whose input is the picture has C = 3 (or 1). Its tiles are in the picture's own colours and range: the
    derivatives of its outputs with respect to sRGB in [0, 1], through the network's normalisation. The same holds for a
    dense layer directly on the picture, whose tiles have the picture's size.

    Args:
        network: Any module.
        layer: A two-dimensional convolution, or a dense layer on the picture.

    Raises:
        UnknownNameError: No such layer.
        OptionError: The layer has no filters.
    """
    module = network.get_submodule(module_path(network, layer))
    weight = getattr(module, "weight", None)
    if isinstance(network, Network) and isinstance(module, nn.Linear) and _sees_the_picture(module, network):
        tiles = module.weight.detach().view(-1, *network.input_size)
    elif isinstance(weight, Tensor) and weight.ndim == 4:
        tiles = weight.detach()
    else:
        known = ", ".join(filter_layers(network)[:4])
        raise OptionError(
            f"{layer} is a {type(module).__name__} and has no filters. Layers of this network with filters: {known}, …"
            if known
            else f"{type(network).__name__} has no layer with filters."
        )
    tiles = tiles.float().cpu()
    if not isinstance(network, Network) or _channels_seen(module, network) != network.input_size[0]:
        return tiles
    normalization, channels = network.normalization, network.input_size[0]
    order = list(normalization.channels or range(channels))
    seen = torch.empty_like(tiles)
    seen[:, order] = tiles * normalization.scale / torch.tensor(normalization.std).expand(channels).view(1, -1, 1, 1)
    return seen


def filter_layers(network: nn.Module) -> list[str]:
    """Return the layers that `filters` accepts, in the order in which they are defined."""
    names = {path: name for name, path in named_layers(network).items()}
    found = []
    for path, module in network.named_modules():
        if isinstance(module, nn.Conv2d) or _sees_the_picture(module, network):
            found.append(names.get(path, path))
    return found


def _channels_seen(module: nn.Module, network: nn.Module) -> int:
    """Return the number of input channels of a layer with filters."""
    if isinstance(module, nn.Conv2d):
        return module.in_channels
    return network.input_size[0] if isinstance(network, Network) and _sees_the_picture(module, network) else 0


def _sees_the_picture(module: nn.Module, network: nn.Module) -> bool:
    """Return whether a dense layer has a weight for each value of the picture."""
    return (
        isinstance(module, nn.Linear)
        and isinstance(network, Network)
        and module.in_features == prod(network.input_size)
    )
