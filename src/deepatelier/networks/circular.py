"""A network whose convolutions go on at the opposite border."""

from __future__ import annotations

import copy

from torch import nn

from deepatelier.errors import OptionError

__all__ = ["with_circular_padding"]


def with_circular_padding(network: nn.Module) -> nn.Module:
    """A copy of a network in which every convolution sees, past a border, what lies at the opposite one.

    For a picture whose sides are multiples of the network's strides, the maps of the rolled picture are the maps,
    rolled: what such a network likes repeats without a seam.

    Raises:
        OptionError: A convolution or pooling of the network pads in a way of its own.
    """
    circular = copy.deepcopy(network)
    for path, module in circular.named_modules():
        pads = getattr(module, "padding", 0) not in (0, (0, 0))
        if type(module) is nn.Conv2d:
            if pads:
                module.padding_mode = "circular"
        elif isinstance(module, nn.Conv2d) or ("Pool" in type(module).__name__ and pads):
            raise OptionError(
                f"{type(network).__name__} cannot be made to repeat: {path} ({type(module).__name__}) pads in its own "
                "way. Use vgg19."
            )
    return circular
