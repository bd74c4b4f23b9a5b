"""How much content, style and smoothness weigh against each other in a style transfer."""

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
"""½ Σ F² for each pixel, and the mean over the style layers of Σ (G/M)² / (4N²), of the photograph chelsea at `_PROBE`
with the weights oxford and the default layers, in float32."""

_EVEN = 1.5
"""The exponent from the strength to the way from the photograph's Gram matrices to the painting's. Equal steps of
the strength look equal: the distance to the photograph, as LPIPS has it on VGG-19 without weights, is nearly linear."""

_EVEN_SIZE, _EVEN_GROWTH = 512, 0.8
"""With less than the whole strength, a large picture would keep more of its content than a small one: β over the pixels
grows with the longest side over 512 pixels, to this power times the photograph's part."""


def style_share(options: StyleOptions) -> float:
    """How far the style goes from the photograph's to the painting's: strength^1.5, in [0, 1]; 1 without a strength."""
    return 1.0 if options.strength is None else options.strength**_EVEN


@torch.no_grad()
def balanced(options: StyleOptions, extractor: FeatureExtractor, size: tuple[int, int]) -> StyleOptions:
    """The options with β and the weight γ of the total variation as numbers; what the user gave stays.

    - β = 0.1 · b · g · H·W for a style loss in the documents' units,
    - β = ratio · c · t · g · H·W for one that is relative to the painting, with its own ``ratio``,
    - γ = 50 · t.

    c is the content loss of a photograph without activations, for each pixel, with the weights oxford. b and t are 1
    with these, for which the defaults were chosen. Activations have another scale in every network, content grows with
    its square and style with its fourth power: for others, b and t are what keeps the same balance on the photograph
    chelsea. g = (max(H, W) / 512)^(0.8 · (1 − share)) is 1 at the whole strength.

    Args:
        options: Without a preset to be filled in.
        extractor: The network, which sees up to the content and style layers.
        size: Height and width of the result, in pixels.

    Raises:
        OptionError: The network has no activations at the layers.
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
    """By what the defaults of β and γ are multiplied for a network, so that the balance is as with oxford's weights."""
    probe = samples.open_picture("chelsea")
    size = probe.fitted(_PROBE)
    layers = (*options.content_layers, *options.style_layers)
    maps = extract(extractor.module, probe.tensor(size).to(extractor.device), layers)
    content = sum(0.5 * maps[layer].float().square().sum().item() for layer in options.content_layers)
    grams = gram_matrices(maps, options.style_layers).values()
    style = sum((gram / len(gram)).square().sum().item() / 4 for gram in grams) / len(grams)
    if not (content and style):
        raise OptionError(
            f"{options.network} is silent at the chosen layers, so that nothing can be compared. "
            "Give other --content-layers and --style-layers."
        )
    tv = content / math.prod(size) / _OXFORD_CONTENT
    return tv * _OXFORD_STYLE / style, tv
