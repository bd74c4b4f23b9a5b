"""Grad-CAM: the evidence for a class in a layer's feature maps, for any network.

Source: Selvaraju et al. 2017, 'Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization'. The
computation is captum's.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.extras import from_extra
from deepatelier.features import evaluating, extract, module_path
from deepatelier.interpretation.methods.class_scores import Explained, as_network_input, checked_targets, class_scores

__all__ = ["grad_cam"]


def grad_cam(
    network: nn.Module, image: Tensor, target: int | Sequence[int], layer: str, *, explained: Explained = "score"
) -> Tensor:
    """L(h, w) = Σ_k α_k A_k(h, w), with α_k the mean over all positions of ∂S_c/∂A_k; (B, H, W), float32.

    The paper keeps the positive part; negative values are evidence against the class. If the network ends in global
    average pooling, it is the class activation map divided by the number of positions.

    Args:
        network: Any module that returns class scores; it is run in evaluation mode and left as it was.
        image: The network input, (B, C, H, W).
        target: The class index; or one for each picture.
        layer: The layer of the maps A; for a module that runs several times, the last run counts.
        explained: S_c, or the probability instead.

    Raises:
        UnknownNameError: No such layer.
        OptionError: The layer has no feature maps, or does not run; no class scores, or no such class.
        SurroundingsError: captum is not installed.
    """
    attr = from_extra("captum.attr", "look", "atelier look cam and occlusion go without.")
    module = network.get_submodule(module_path(network, layer))
    with torch.inference_mode(False), torch.enable_grad(), evaluating(network):
        image = as_network_input(network, image)
        maps = extract(network, image, [layer])[layer]
        if maps.ndim != 4 or module is network:
            raise OptionError(
                f"{layer} has no feature maps, but {tuple(maps.shape[1:])} values. Choose a convolutional layer; "
                "atelier networks lists and recommends layers."
            )
        targets = checked_targets(class_scores(network, image), target)
        method = attr.LayerGradCam(lambda x: class_scores(network, x, explained), module)
        found: Tensor = method.attribute(image.requires_grad_(), targets)
    return found.detach().squeeze(1).float()
