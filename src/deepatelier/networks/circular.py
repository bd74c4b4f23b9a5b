"""Networks with circular padding."""

from __future__ import annotations

import copy

from torch import nn

from deepatelier.errors import OptionError

__all__ = ["with_circular_padding"]


def with_circular_padding(network: nn.Module) -> nn.Module:
    """Return a copy of a network in which every convolution pads circularly.

    If the sides of a picture are multiples of the network's strides, rolling the picture rolls the feature maps.
    Pictures that are optimised with such a network therefore tile seamlessly.

    Raises:
        OptionError: A convolution or pooling layer of the network has its own kind of padding.
    """
    circular = copy.deepcopy(network)
    for path, module in circular.named_modules():
        pads = getattr(module, "padding", 0) not in (0, (0, 0))
        if type(module) is nn.Conv2d:
            if pads:
                module.padding_mode = "circular"
        elif isinstance(module, nn.Conv2d) or ("Pool" in type(module).__name__ and pads):
            raise OptionError(
                f"{type(network).__name__} cannot be made to repeat: {path} ({type(module).__name__}) has its own "
                "kind of padding. Use vgg19."
            )
    return circular
