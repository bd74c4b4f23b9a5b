"""The balance of content, style and total variation in a style transfer."""

from __future__ import annotations

import math

import torch

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.features import FeatureExtractor, extract
from deepatelier.synthesis.objectives import gram_matrices, style_loss
from deepatelier.synthesis.style.style_job import BETA_PER_PIXEL, TOTAL_VARIATION, StyleOptions

__all__ = ["balanced", "style_share"]

_PROBE = 256
"""Longest side at which the scale of a network's activations is measured, in pixels."""

_OXFORD_CONTENT, _OXFORD_STYLE = 1.4229e6, 2.6702e9
"""½ Σ F² per pixel, and the mean over the style layers of Σ (G/M)² / (4N²): the reference values, from the photograph
chelsea at `_PROBE` with the weights oxford and the default layers, in float32."""

_EVEN = 1.5
"""The exponent from the strength to the interpolation between the Gram matrices of photograph and painting. With it,
equal steps look equal: the LPIPS distance to the photograph (VGG-19, unweighted) is nearly linear in the strength."""

_EVEN_SIZE, _EVEN_GROWTH = 512, 0.8
"""At a strength below 1, a large picture would keep more of its content than a small one. To compensate, β per pixel
grows with (longest side / 512), to the power of this exponent times (1 − share)."""


def style_share(options: StyleOptions) -> float:
    """Return the interpolation from the photograph's style to the painting's: strength^1.5 in [0, 1], 1 by default."""
    return 1.0 if options.strength is None else options.strength**_EVEN


@torch.no_grad()
def balanced(options: StyleOptions, extractor: FeatureExtractor, size: tuple[int, int]) -> StyleOptions:
    """Return the options with numbers for β and the total variation's weight γ. Values that the user gave are kept.

    - β = 0.1 · b · g · H·W for a style loss in the units of Gatys et al. (2015),
    - β = ratio · c · t · g · H·W for one that is relative to the painting, with its own ``ratio``,
    - γ = 50 · t.

    c is the content loss per pixel between a photograph and zero activations, with the weights oxford. b and t are 1
    for these weights, for which the defaults were chosen. The scale of the activations differs between networks; the
    content loss grows with its square and the style loss with its fourth power. For other weights, b and t keep the
    same balance on the photograph chelsea. g = (max(H, W) / 512)^(0.8 · (1 − share)) is 1 at full strength.

    Args:
        options: The options, with the preset already expanded.
        extractor: The feature extractor, with the content and style layers.
        size: Height and width of the result, in pixels.

    Raises:
        OptionError: All activations at the chosen layers are 0.
    """
    beta, tv = (1.0, 1.0) if _is_oxford(options) else _scales(options, extractor)
    growth = (max(size) / _EVEN_SIZE) ** (_EVEN_GROWTH * (1 - style_share(options)))
    ratio = style_loss(options.style_loss).ratio
    default = BETA_PER_PIXEL * beta if ratio is None else ratio * _OXFORD_CONTENT * tv
    update = {
        "beta": default * growth * math.prod(size) if options.beta is None else options.beta,
        "tv": TOTAL_VARIATION * tv if options.tv is None else options.tv,
    }
    return options.model_copy(update=update)


def _is_oxford(options: StyleOptions) -> bool:
    return ":" not in options.network and options.weights == "oxford"


def _scales(options: StyleOptions, extractor: FeatureExtractor) -> tuple[float, float]:
    """Return the factors for the default β and γ that keep the balance of the weights oxford for another network."""
    probe = samples.open_picture("chelsea")
    size = probe.fitted(_PROBE)
    layers = (*options.content_layers, *options.style_layers)
    maps = extract(extractor.module, probe.tensor(size).to(extractor.device), layers)
    content = sum(0.5 * maps[layer].float().square().sum().item() for layer in options.content_layers)
    grams = gram_matrices(maps, options.style_layers).values()
    style = sum((gram / len(gram)).square().sum().item() / 4 for gram in grams) / len(grams)
    if not (content and style):
        raise OptionError(
            f"{options.network} has no activations at the chosen layers, so there is nothing to compare. "
            "Give other --content-layers and --style-layers."
        )
    tv = content / math.prod(size) / _OXFORD_CONTENT
    return tv * _OXFORD_STYLE / style, tv
