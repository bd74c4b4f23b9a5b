"""An objective over the inside of a picture that has a margin around it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from deepatelier.synthesis.objectives.objective import Activations, Objective, Region, Regions, Statistic

__all__ = ["cropped_maps", "inside"]


def inside(objective: Objective, strides: Mapping[str, int], margin: int) -> Objective:
    """The objective over the positions of the picture without its margin, which only is what they see around them.

    The zeros with which a network pads would otherwise count as part of the picture, and leave a frame in it.

    Args:
        objective: For a picture that is looked at as a whole.
        strides: The pixels for which a position of each of its layers stands, along one axis.
        margin: Pixels around the picture; a layer whose stride is larger keeps all of its positions.
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:  # noqa: ARG001
        kept = cropped_maps({layer: activations[layer] for layer in objective.layers}, strides, margin)
        return objective.statistic(kept, {layer: Region.all_of(maps) for layer, maps in kept.items()})

    return Objective(objective.layers, statistic, objective.loss)


def cropped_maps(activations: Activations, strides: Mapping[str, int], margin: int) -> dict[str, Tensor]:
    """Activations (B, C, H, W) without the positions that lie in a margin of so many pixels."""
    cuts = {layer: margin // strides[layer] for layer in activations}
    return {
        layer: maps[..., cuts[layer] : maps.shape[-2] - cuts[layer], cuts[layer] : maps.shape[-1] - cuts[layer]]
        for layer, maps in activations.items()
    }
