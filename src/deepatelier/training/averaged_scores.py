"""Scores averaged over views of the pictures (test-time augmentation)."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["averaged_scores"]


def averaged_scores(network: nn.Module, images: Tensor, views: int) -> Tensor:
    """Return the scores of pictures, averaged over views of them, (B, K) float32.

    Args:
        network: A network with scores (B, K).
        images: (B, C, H, W).
        views: 1: the pictures. 2: the pictures and their mirror images. 6: these, and both of them shifted by one pixel
            up and left, and down and right, padded by reflection. The shifted views together have the same weight as
            the others.
    """
    if views == 1:
        return _scores(network, images)
    both = (_scores(network, images) + _scores(network, images.flip(-1))) / 2
    if views == 2:
        return both
    height, width = images.shape[-2:]
    around = nn.functional.pad(images, (1, 1, 1, 1), mode="reflect")
    moved = (around[..., :height, :width], around[..., 2:, 2:])
    return (both + sum(averaged_scores(network, each, 2) for each in moved) / len(moved)) / 2


def _scores(network: nn.Module, images: Tensor) -> Tensor:
    scores: Tensor = network(images)
    return scores.float()
