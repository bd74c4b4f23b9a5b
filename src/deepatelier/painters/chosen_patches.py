"""The choice of the paintings' patches for a photograph, from coarse to fine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from deepatelier.images import Pixels, resized
from deepatelier.painters.matching_features import FeatureMaps
from deepatelier.painters.patch_levels import level_of
from deepatelier.painters.patch_matching import SOFTNESS, Level, balanced, enlarged, improved, sampled, scores
from deepatelier.painters.patches import Places

__all__ = ["CONTENT", "Features", "block_means", "chosen_patches"]

Features = Callable[[Pixels], FeatureMaps]
"""What gives the feature maps of an image."""

CONTENT = 2.8
"""The weight c of the photograph in the score of a patch, at full strength."""

_TEXTURE, _FIRST_TEXTURE = 4.0, 2.0
"""The weight t of the neighbourhood in the score, and at half the size."""

_FIRST_DIMENSIONS = (256, 24)
_DIMENSIONS = {"coarse": (64, 24), "middle": (32, 12), "fine": (16, 6)}
"""The principal components kept of the features, and of the features in the neighbourhoods, at each level."""

_NOISE = (1.0, 0.7, 0.5, 0.3, 0.2, 0.1, 0.0, 0.0)
"""How much chance there is in the choice at half the size, in each round."""

_FIRST_BALANCE, _BALANCE = (SOFTNESS,) * 3, (1.6, 1.6, 0.8, 0.4, SOFTNESS)
"""ε in the rounds of balancing, in each round at half the size and once at full size."""

_PART = 4
"""Balancing at full size uses one in four cells of the photograph, drawn at random."""

_ROUNDS = {"coarse": 5, "middle": 3, "fine": 2}
"""The passes of the search at each level."""


def chosen_patches(
    photo: Pixels,
    paintings: Sequence[Pixels],
    weights: Sequence[float],
    *,
    content: float,
    seed: int,
    features: Features,
) -> Places:
    """Return the pixel of the paintings, side by side, that each pixel of the photograph copies.

    At half the size, all patches are compared with all cells in several rounds, at first drawn at random from the
    transport plan. At full size, that is done once; then, and on two finer levels, a search continues what the
    neighbours copy.

    Args:
        photo: The photograph in the paintings' colours, (H, W, 3), H and W multiples of 8.
        paintings: The paintings, likewise.
        weights: The share of each painting in the result; they sum to 1.
        content: The weight c of the photograph, see `deepatelier.painters.patch_matching`.
        seed: The seed of the random choices.
        features: Gives the feature maps.
    """
    random = np.random.default_rng(seed)
    of = partial(level_of, weights=weights)
    halves = [features(block_means(each, 2)).coarse for each in paintings]
    own = features(block_means(photo, 2)).coarse
    level = of(own, halves, dimensions=_FIRST_DIMENSIONS, importance=(content, _FIRST_TEXTURE))
    places, dual = _transported(level, random)
    own_maps, maps = features(photo), [features(each) for each in paintings]
    for name, dimensions in _DIMENSIONS.items():
        others: list[Pixels] = [getattr(each, name) for each in maps]
        before = level
        level = of(getattr(own_maps, name), others, dimensions=dimensions, importance=(content, _TEXTURE))
        places = enlarged(places, before, level.shape, level.grid)
        best, balance = None, np.zeros_like(level.share)
        if name == "coarse":
            best, balance = _compared_again(
                level, places, resized(dual.reshape(before.grid), level.grid).ravel(), random
            )
        places = improved(level, places, best, balance, _ROUNDS[name])
    return places


def _transported(level: Level, random: np.random.Generator) -> tuple[Places, Pixels]:
    """Choose the patches without a start; return them with the dual variables."""
    dual = np.zeros_like(level.share)
    places: Places | None = None
    for noise in _NOISE:
        found = scores(level, dual, None if places is None else level.around(places))
        dual = dual + balanced(found, level.share, _FIRST_BALANCE)
        places = sampled(found, noise, random)
    assert places is not None
    return places, dual


def _compared_again(level: Level, places: Places, dual: Pixels, random: np.random.Generator) -> tuple[Places, Pixels]:
    """Return the best patches with the neighbourhoods of the given places, and the dual variables, balanced again."""
    found = scores(level, dual, level.around(places))
    some = random.permutation(len(found))[: max(1, len(found) // _PART)]
    change = balanced(found[some], level.share, _BALANCE)
    found += change
    return sampled(found, 0, random), dual + change


def block_means(image: Pixels, side: int) -> Pixels:
    """Return the means of an image's square blocks: (H, W, 3) to (H / side, W / side, 3)."""
    height, width = image.shape[0] // side, image.shape[1] // side
    means: Pixels = image.reshape(height, side, width, side, -1).mean(axis=(1, 3))
    return means
