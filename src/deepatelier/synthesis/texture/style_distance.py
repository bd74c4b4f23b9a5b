"""The distance between the textures of a picture and a painting."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from deepatelier.features import FeatureExtractor, extract
from deepatelier.jobs import Measures
from deepatelier.synthesis.engine.canvas import mirrored
from deepatelier.synthesis.objectives import Objective, cropped_maps, gram_matrices, gram_style
from deepatelier.synthesis.texture.texture_job import TextureOptions

__all__ = ["interior_grams", "relative_style", "style_measures"]

_DEAD = 1e-20
"""Lower bound of a Gram matrix's squared norm, to avoid division by 0 at a layer without activations."""


def relative_style(options: TextureOptions, target: dict[str, Tensor]) -> Objective:
    """L = Σ w_l · Σ (G/M_x − A/M_s)² / Σ (A/M_s)², with Σ w_l = 1: 0 at the painting, 1 at zero activations.

    The scale of activations differs greatly between layers, and Gram matrices grow with its square. Normalised by the
    painting's own, every layer has comparable weight.

    Args:
        options: The layers and their weights.
        target: A/M_s by layer, as returned by `gram_matrices`.
    """
    given = options.layer_weights or [1.0] * len(options.layers)
    weights = [
        4 * len(target[layer]) ** 2 * weight / sum(given) / max(target[layer].square().sum().item(), _DEAD)
        for layer, weight in zip(options.layers, given, strict=True)
    ]
    return gram_style(options.layers, target, weights)


def interior_grams(network: nn.Module, picture: Tensor, strides: Mapping[str, int], border: int) -> dict[str, Tensor]:
    """Compute `gram_matrices` of a picture padded by its mirror image, leaving the padding out.

    Args:
        network: The network.
        picture: (1, 3, H, W).
        strides: The stride of each layer in pixels.
        border: The width of the padding in pixels, less than H and W.
    """
    maps = extract(network, mirrored(picture, border), strides)
    return gram_matrices(cropped_maps(maps, strides, border), list(strides))


@torch.no_grad()
def style_measures(
    extractor: FeatureExtractor, painting: Tensor, image: Tensor, options: TextureOptions, border: int
) -> Measures:
    """Return the style distance of an image to a painting (`relative_style`), and that between the painting's halves.

    Two halves of one painting differ only by chance. An image at this distance shows the same texture.

    Args:
        extractor: The feature extractor, used in float32.
        painting: (1, 3, H, W).
        image: (1, 3, H', W').
        options: The layers and their weights.
        border: Pixels of mirrored padding around each picture, as for `interior_grams`.
    """
    strides = {layer: extractor.geometry.strides()[layer] for layer in options.layers}

    def grams(picture: Tensor) -> dict[str, Tensor]:
        most = min(picture.shape[-2:]) - 1
        return interior_grams(
            extractor.in_float32, picture.to(extractor.device), strides, border if border <= most else 0
        )

    def distance(first: dict[str, Tensor], second: dict[str, Tensor]) -> float:
        return relative_style(options, second).loss(first).item()

    side = -2 if painting.shape[-2] > painting.shape[-1] else -1
    half = painting.shape[side] // 2
    own = distance(grams(painting.narrow(side, 0, half)), grams(painting.narrow(side, half, half)))
    found = distance(grams(image), grams(painting))
    measures: Measures = {"style distance": found, "style distance between two halves of the painting": own}
    if own:  # a uniform painting has equal halves
        measures["ratio"] = found / own
    return measures
