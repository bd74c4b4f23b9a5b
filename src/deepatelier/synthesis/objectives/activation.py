"""Activation maximisation: the activation of a unit, a channel, a layer or a class."""

from __future__ import annotations

from torch import Tensor

from deepatelier.errors import OptionError
from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["activation"]


def activation(layer: str, channel: int, position: tuple[int, int] | None = None) -> Objective:
    """L = −mean of F[channel] over positions and batch, or −F[channel] at one position; minimising it maximises F.

    Args:
        layer: The layer of F: (B, N, H, W), or (B, N) for class scores S_c.
        channel: The index among the N channels.
        position: Row and column of a unit in the whole feature map. None takes the mean over all positions. Raises
            OptionError if the map has no such position.

    Source: Simonyan, Vedaldi and Zisserman (2014), 'Deep Inside Convolutional Networks', section 2, for class scores;
    Olah, Mordvintsev and Schubert (2017), 'Feature Visualization', for units and channels.
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        maps = activations[layer]
        if maps.ndim == 2:
            return {layer: at_least_float32(maps[:, channel]).mean()}
        region = regions[layer]
        if position is None:
            part = maps[:, channel][..., *region.here]
            return {layer: at_least_float32(part).sum() / (len(maps) * region.whole[0] * region.whole[1])}
        if not all(0 <= where < side for where, side in zip(position, region.whole, strict=True)):
            raise OptionError(f"{layer} has {region.whole[0]} x {region.whole[1]} positions here; received {position}.")
        return {layer: _at(maps[:, channel], position, region.here, region.there)}

    return Objective((layer,), statistic, lambda summed: -summed[layer])


def _at(maps: Tensor, position: tuple[int, int], here: tuple[slice, slice], there: tuple[slice, slice]) -> Tensor:
    """Return the mean over the batch at a position of the whole map, or 0 if the region does not contain it."""
    inside = all(part.start <= where < part.stop for where, part in zip(position, there, strict=True))
    row, column = (
        min(part.start + where - whole.start, part.stop - 1) if inside else part.start
        for where, part, whole in zip(position, here, there, strict=True)
    )
    return at_least_float32(maps[:, row, column]).mean() * inside
