"""Saliency: the magnitude of the gradient of a class's score with respect to the pixels.

Source: Simonyan, Vedaldi and Zisserman 2014, 'Deep Inside Convolutional Networks', section 3. The computation is
captum's.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from deepatelier.extras import from_extra
from deepatelier.features import evaluating
from deepatelier.interpretation.methods.class_scores import Explained, as_network_input, checked_targets, class_scores

__all__ = ["saliency"]


def saliency(
    network: nn.Module, image: Tensor, target: int | Sequence[int], *, explained: Explained = "score"
) -> Tensor:
    """M(h, w) = max over the channels of abs(∂S_c/∂I), (B, H, W), float32.

    Args:
        network: Any module that returns class scores; it is run in evaluation mode and left as it was.
        image: The network input, (B, C, H, W); the gradient is with respect to these values.
        target: The class index; or one for each picture.
        explained: S_c, or the probability instead.

    Raises:
        OptionError: No class scores, or no such class.
        SurroundingsError: captum is not installed.
    """
    attr = from_extra("captum.attr", "look", "atelier look cam and occlusion go without.")
    with torch.inference_mode(False), torch.enable_grad(), evaluating(network):
        image = as_network_input(network, image).requires_grad_()
        targets = checked_targets(class_scores(network, image), target)
        method = attr.Saliency(lambda x: class_scores(network, x, explained))
        gradient: Tensor = method.attribute(image, targets, abs=True)
    return gradient.detach().amax(dim=1).float()
