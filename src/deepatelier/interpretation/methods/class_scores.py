"""Class scores of a network, for the methods that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Literal

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import probabilities_of
from deepatelier.networks import Network

__all__ = ["Explained", "as_network_input", "checked_targets", "class_scores"]

Explained = Literal["score", "probability"]
"""What is explained: the class's score S_c, or its softmax probability."""


def as_network_input(network: nn.Module, image: Tensor) -> Tensor:
    """Return the image (B, C, H, W) on the network's device, and in its dtype unless it converts its input itself.

    Raises:
        OptionError: The image has an integer dtype.
    """
    if not image.is_floating_point():
        raise OptionError(f"A picture needs a floating point dtype, with values from 0 to 1; received {image.dtype}.")
    image = image.clone() if image.is_inference() else image.detach()
    some = next((each for each in network.parameters() if each.is_floating_point()), None)
    if some is None:
        return image
    return image.to(some.device, image.dtype if isinstance(network, Network) else some.dtype)


def class_scores(network: nn.Module, image: Tensor, explained: Explained = "score") -> Tensor:
    """Return the scores or probabilities of all classes, (B, N), connected to the image by autograd.

    Args:
        network: Any module that returns (B, N).
        image: The network input, (B, C, H, W).
        explained: Probabilities are the softmax of the scores. Scores that are probabilities already are not changed.

    Raises:
        OptionError: The output is not a vector of class scores, or not finite.
    """
    scores = network(image)
    if not isinstance(scores, Tensor) or scores.ndim != 2:
        returned = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
        raise OptionError(
            f"{type(network).__name__} returns {returned}, not one score for each class. "
            "Use a network or weights with a classifier at the end, such as efficientnet_lite0."
        )
    if not scores.isfinite().all():
        raise OptionError(
            f"The scores of {type(network).__name__} are not finite: its weights or the picture are invalid."
        )
    return probabilities_of(scores) if explained == "probability" else scores


def checked_targets(scores: Tensor, target: int | Sequence[int]) -> Tensor:
    """Return one class for each picture, (B,).

    Args:
        scores: (B, N).
        target: One class index for all pictures, or one for each.

    Raises:
        OptionError: There is no such class, or their number differs from that of the pictures.
    """
    count, classes = scores.shape
    try:
        chosen = [index(target)] * count  # type: ignore[arg-type]
    except TypeError:
        chosen = [index(each) for each in target]  # type: ignore[union-attr]
    if len(chosen) != count:
        raise OptionError(f"There are {count} pictures and {len(chosen)} classes; give one class, or one for each.")
    for each in chosen:
        if not 0 <= each < classes:
            raise OptionError(f"The network has {classes} classes, 0 to {classes - 1}; received {each}.")
    return torch.tensor(chosen, device=scores.device)
