"""Predictions of a classifier, and whether they are robust to small changes of the picture."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier import networks
from deepatelier.features.extraction import OUTPUT
from deepatelier.features.feature_extractor import FeatureExtractor
from deepatelier.images import resize
from deepatelier.options import RecipeOptions
from deepatelier.weights import is_at_hand

__all__ = [
    "Answer",
    "are_probabilities",
    "at_half_size_and_back",
    "classify",
    "moved",
    "probabilities_of",
    "second_opinion",
]


class Answer(NamedTuple):
    """A prediction.

    Attributes:
        number: The index of the predicted class.
        name: Its name.
        confidence: Its probability, 0 to 1.
        probabilities: The probabilities of all classes, (N,).
    """

    number: int
    name: str
    confidence: float
    probabilities: Tensor


@torch.no_grad()
def classify(extractor: FeatureExtractor, image: Tensor) -> Answer:
    """Return the prediction of a network, in float32.

    Args:
        extractor: A network that returns class scores.
        image: (1, 3, H, W), sRGB in [0, 1]. It is resized if the network has a fixed input size.
    """
    if extractor.only_size and tuple(image.shape[-2:]) != extractor.only_size:
        image = resize(image, extractor.only_size)
    scores = extractor.in_float32(extractor.in_channels(image).to(extractor.device))
    probabilities = probabilities_of(scores.float())[0].cpu()
    index = int(probabilities.argmax())
    return Answer(index, networks.class_name(index, extractor.class_names), probabilities[index].item(), probabilities)


def are_probabilities(scores: Tensor) -> bool:
    """Return whether scores (B, N) are softmax outputs already: none is negative, and their sum is 1."""
    return bool((scores >= 0).all() and ((scores.sum(dim=1) - 1).abs() < 1e-2).all())  # 1e-2: bfloat16


def probabilities_of(scores: Tensor) -> Tensor:
    """Return softmax(scores) for scores (B, N), or the scores themselves if they are probabilities already."""
    return scores if are_probabilities(scores) else scores.softmax(dim=1)


def second_opinion(extractor: FeatureExtractor, image: Tensor) -> tuple[str, Answer] | None:
    """Return the name and the prediction of another network with the same classes; None if none is available.

    Nothing is downloaded: only weights that are on this machine are used.

    Args:
        extractor: The first network, which is not used again.
        image: (1, 3, H, W), sRGB in [0, 1].
    """
    for name in networks.names():
        source = networks.source_of(name, "imagenet") if "imagenet" in networks.weights_of(name) else None
        if source is None or name == extractor.options.network or not is_at_hand(source):
            continue
        chosen = {"network": name, "weights": "imagenet", "device": str(extractor.device), "precision": "float32"}
        other = FeatureExtractor(RecipeOptions.complete(chosen), [OUTPUT], head=True)
        if other.classes == extractor.classes:
            return name, classify(other, image)
    return None


def at_half_size_and_back(image: Tensor) -> Tensor:
    """Return an image (1, C, H, W) downscaled to half its size and upscaled again."""
    height, width = image.shape[-2:]
    return resize(resize(image, (-(-height // 2), -(-width // 2))), (height, width))


def moved(image: Tensor, pixels: int) -> Tensor:
    """Return an image (1, C, H, W) shifted right and down by a number of pixels, with mirrored padding."""
    height, width = image.shape[-2:]
    return torch.nn.functional.pad(image, (pixels, 0, pixels, 0), mode="reflect")[..., :height, :width]
