"""Which painting was it? The style statistics of a classifier name the painting of a result."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from deepatelier import networks
from deepatelier.features import extract

__all__ = ["ranking"]

LAYERS = ("block1", "block2", "block3", "block4", "block5")
SIZE = 256

Statistics = list[Tensor]
"""The means (N,), the standard deviations (N,) and the covariances (N, N) of the channels of each of `LAYERS`."""


def ranking(result: Path, photo: Path, paintings: tuple[Path, ...]) -> list[Path]:
    """Return the paintings, first the one towards which the result has moved most.

    That is the one with the smallest d(result, painting) / d(photo, painting), with the relative distances of all
    statistics of EfficientNet-Lite0's block1 to block5 summed:

        d(x, y) = Σ ‖S(x) − S(y)‖² / (‖S(x)‖² + ‖S(y)‖²)

    No painter is trained with this network. All pictures are grey with equalised tones, so that strokes decide and not
    colours, and their longest side has 256 pixels.

    Args:
        result: The picture made from the photograph and one of the paintings.
        photo: The photograph.
        paintings: The candidates.

    Source: the statistics are those of Huang and Belongie 2017, 'Arbitrary Style Transfer in Real-time with Adaptive
    Instance Normalization', equation 13 (means, deviations), and Gatys et al. 2015 (products of channels), centred.
    """
    found = _statistics(result)
    moved = {each: _distance(found, _known(each)) / _between(photo, each) for each in paintings}
    return sorted(paintings, key=moved.__getitem__)


@cache
def _between(photo: Path, painting: Path) -> float:
    return _distance(_known(photo), _known(painting))


@cache
def _known(path: Path) -> Statistics:
    return _statistics(path)


@cache
def _network() -> torch.nn.Module:
    return networks.build("efficientnet_lite0", weights="imagenet").eval()


@torch.no_grad()
def _statistics(path: Path) -> Statistics:
    grey = ImageOps.equalize(Image.open(path).convert("L"))
    scale = SIZE / max(grey.size)
    small = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.BICUBIC)
    image = (torch.from_numpy(np.asarray(small).copy()) / 255).expand(1, 3, -1, -1)
    found = []
    for activation in extract(_network(), image, LAYERS).values():
        rows = activation[0].flatten(1)
        mean = rows.mean(1)
        centred = rows - mean[:, None]
        found += [mean, rows.std(1), centred @ centred.T / rows.shape[1]]
    return found


def _distance(one: Statistics, other: Statistics) -> float:
    terms = [(a - b).square().sum() / (a.square().sum() + b.square().sum()) for a, b in zip(one, other, strict=True)]
    return float(torch.stack(terms).sum())
