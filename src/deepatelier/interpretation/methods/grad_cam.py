"""Grad-CAM: where in a layer's maps the evidence for a class lies, for any network.

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

    The paper keeps its positive part; what is negative speaks against the class. Where the network ends in global
    average pooling, it is the class activation map over the number of positions.

    Args:
        network: Any module that returns class scores; it is run in evaluation mode and left as it was.
        image: (B, C, H, W), what the network takes.
        target: The class, from 0; or one for each picture.
        layer: Gives the maps A; of a module that runs several times, the last ones.
        explained: S_c, or the probability in its place.

    Raises:
        UnknownNameError: No such layer.
        OptionError: The layer gives no maps, or is not run; no class scores, or no such class.
        SurroundingsError: captum is not installed.
    """
    attr = from_extra("captum.attr", "look", "atelier look cam and occlusion go without.")
    module = network.get_submodule(module_path(network, layer))
    with torch.inference_mode(False), torch.enable_grad(), evaluating(network):
        image = as_network_input(network, image)
        maps = extract(network, image, [layer])[layer]
        if maps.ndim != 4 or module is network:
            raise OptionError(
                f"{layer} gives {tuple(maps.shape[1:])} values and no maps. Take a layer of convolutions; "
                "atelier networks lists each network's, and says which one."
            )
        targets = checked_targets(class_scores(network, image), target)
        method = attr.LayerGradCam(lambda x: class_scores(network, x, explained), module)
        found: Tensor = method.attribute(image.requires_grad_(), targets)
    return found.detach().squeeze(1).float()
