"""Style and content distance of a result, relative to its photograph, at layers that no style loss uses."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from deepatelier import images, networks
from deepatelier.features import extract
from deepatelier.synthesis import gram_matrices

__all__ = ["Distances", "distances"]

CONTENT = "relu4_2"
STYLE = ("relu1_2", "relu2_2", "relu3_3", "relu4_4")
"""Neither the style loss of `style` nor that of a painter's training uses them by default."""


LEAST = 32
"""The least height and width, in pixels, which VGG-19 needs."""


class Distances(NamedTuple):
    """What `distances` returns."""

    style: float
    content: float


class _Known(NamedTuple):
    grams: dict[str, Tensor]
    content: Tensor


def distances(result: Path, photo: Path, painting: Path, size: int) -> Distances:
    """Return how far a result is from its painting and from its photograph, in VGG-19's activations.

    With the Gram matrices G of relu1_2, relu2_2, relu3_3 and relu4_4, each over its number of positions, and the
    activations F of relu4_2:

    - ``style``: mean over the layers of ‖G(result) − G(painting)‖ / ‖G(photo) − G(painting)‖. 0 is the painting, 1 as
      far away as the photograph.
    - ``content``: ‖F(result) − F(photo)‖² / ‖F(photo)‖². 0 is the photograph.

    Args:
        result: The picture made from the photograph and the painting.
        photo: The photograph.
        painting: The painting.
        size: The longest side of all three, in pixels; smaller ones are enlarged, to at least 32
            pixels in height and width. A result gets exactly the
            photograph's size.

    Source: Gatys, Ecker and Bethge (2015), 'A Neural Algorithm of Artistic Style', equations 1, 3 and 4. Departure: the
    distances are relative, so that they are comparable across layers, photographs and sizes.
    """
    own, wanted = _of_photo(photo, size), _of_painting(painting, size)
    found = _of(result, _fitted(photo, size))
    away = [(found.grams[layer] - wanted[layer]).norm() / (own.grams[layer] - wanted[layer]).norm() for layer in STYLE]
    content = (found.content - own.content).square().sum() / own.content.square().sum()
    return Distances(float(torch.stack(away).mean()), float(content))


@cache
def _of_photo(path: Path, size: int) -> _Known:
    return _of(path, _fitted(path, size))


@cache
def _of_painting(path: Path, size: int) -> dict[str, Tensor]:
    return _of(path, _fitted(path, size)).grams


def _fitted(path: Path, size: int) -> tuple[int, int]:
    picture = images.open_picture(path)
    return picture.fitted(max(size, -(-LEAST * max(picture.size) // min(picture.size))))


@torch.no_grad()
def _of(path: Path, size: tuple[int, int]) -> _Known:
    activations = extract(_network(), images.open_picture(path).tensor(size), (*STYLE, CONTENT))
    return _Known(gram_matrices(activations, STYLE), activations[CONTENT])


@cache
def _network() -> nn.Module:
    network = networks.build("vgg19", weights="oxford", num_classes=0)
    return network.requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
