"""How far a picture is from a painting's texture."""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.features import extract
from deepatelier.synthesis.loss_network import LossNetwork
from deepatelier.synthesis.objectives import gram_matrices, gram_style
from deepatelier.synthesis.recipe import Measures
from deepatelier.synthesis.texture_options import TextureOptions

__all__ = ["style_measures"]


@torch.no_grad()
def style_measures(looking: LossNetwork, painting: Tensor, image: Tensor, options: TextureOptions) -> Measures:
    """The style distance Σ w_l · E_l of an image to a painting, and that between the painting's own halves.

    Two halves of one painting differ by chance alone: an image that is as near belongs to the same texture.

    Args:
        looking: Sees the pictures, in float32.
        painting: (1, 3, H, W).
        image: (1, 3, H', W').
        options: Name the layers and their weights.
    """
    network = looking.in_float32

    def grams(picture: Tensor) -> dict[str, Tensor]:
        return gram_matrices(extract(network, picture.to(looking.device), options.layers), options.layers)

    def distance(first: dict[str, Tensor], second: dict[str, Tensor]) -> float:
        return gram_style(options.layers, second, options.layer_weights).loss(first).item()

    side = -2 if painting.shape[-2] > painting.shape[-1] else -1
    half = painting.shape[side] // 2
    own = distance(grams(painting.narrow(side, 0, half)), grams(painting.narrow(side, half, half)))
    found = distance(grams(image), grams(painting))
    measures: Measures = {"style distance": found, "style distance between two halves of the painting": own}
    if own:  # a painting of one colour has equal halves
        measures["ratio"] = found / own
    return measures
