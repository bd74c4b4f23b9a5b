"""The filters of a layer, as tiles that can be looked at.

Source: documents 001, 003 and 004 (the first layer's filters: edges, colours, blobs).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import module_path
from deepatelier.networks import Network, named_layers

__all__ = ["filter_layers", "filters"]


def filters(network: nn.Module, layer: str) -> Tensor:
    """The weights of a layer, one tile for each of its channels and each of what it looks at: (N, C, h, w), float32.

    A layer that looks at the picture itself has C = 3 (or 1), in the picture's own colours and range: the derivatives
    of its outputs by sRGB in [0, 1], behind the network's normalisation. So has a dense layer right behind the picture,
    whose tiles are as large as it.

    Args:
        network: Any module.
        layer: A convolution in two dimensions, or a dense layer that looks at the picture.

    Raises:
        UnknownNameError: No such layer.
        OptionError: It has no filters.
    """
    module = network.get_submodule(module_path(network, layer))
    size = network.input_size if isinstance(network, Network) else None
    weight = getattr(module, "weight", None)
    if isinstance(module, nn.Linear) and size is not None and module.in_features == size[0] * size[1] * size[2]:
        tiles = module.weight.detach().view(-1, *size)
    elif isinstance(weight, Tensor) and weight.ndim == 4:
        tiles = weight.detach()
    else:
        known = ", ".join(filter_layers(network)[:4])
        raise OptionError(
            f"{layer} is a {type(module).__name__} and has no filters. Those of this network have: {known}, …"
            if known
            else f"{type(network).__name__} has no layer with filters."
        )
    tiles = tiles.float().cpu()
    if (
        isinstance(network, Network)
        and size is not None
        and tiles.shape[1] == size[0]
        and _in_channels(module) == size[0]
    ):
        normalization = network.normalization
        order = list(normalization.channels or range(size[0]))
        seen = torch.empty_like(tiles)
        seen[:, order] = tiles * normalization.scale / torch.tensor(normalization.std).expand(size[0]).view(1, -1, 1, 1)
        tiles = seen
    return tiles


def filter_layers(network: nn.Module) -> list[str]:
    """The layers that `filters` takes, in the order in which they are defined."""
    names = {path: name for name, path in named_layers(network).items()}
    found = []
    for path, module in network.named_modules():
        size = network.input_size if isinstance(network, Network) else None
        dense = isinstance(module, nn.Linear) and size and module.in_features == size[0] * size[1] * size[2]
        if isinstance(module, nn.Conv2d) or dense:
            found.append(names.get(path, path))
    return found


def _in_channels(module: nn.Module) -> int:
    """The channels of what it looks at; a dense layer looks at all of the picture's."""
    return module.in_channels if isinstance(module, nn.Conv2d) else -1
