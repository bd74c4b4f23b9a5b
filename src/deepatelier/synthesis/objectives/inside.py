"""An objective restricted to the inside of a picture, without its margin."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from deepatelier.synthesis.objectives.objective import Activations, Objective, Region, Regions, Statistic

__all__ = ["cropped_maps", "inside"]


def inside(objective: Objective, strides: Mapping[str, int], margin: int) -> Objective:
    """Restrict an objective to the positions of the picture without its margin, which only provides context.

    Otherwise the network's zero padding would count as part of the picture, and leave a visible frame.

    Args:
        objective: An objective for a picture that is evaluated as a whole.
        strides: The stride of each of its layers in pixels.
        margin: Pixels around the picture. A layer with a larger stride keeps all of its positions.
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:  # noqa: ARG001
        kept = cropped_maps({layer: activations[layer] for layer in objective.layers}, strides, margin)
        return objective.statistic(kept, {layer: Region.all_of(maps) for layer, maps in kept.items()})

    return Objective(objective.layers, statistic, objective.loss)


def cropped_maps(activations: Activations, strides: Mapping[str, int], margin: int) -> dict[str, Tensor]:
    """Return activations (B, C, H, W) without the positions that lie in the margin, which is given in pixels."""
    cuts = {layer: margin // strides[layer] for layer in activations}
    return {
        layer: maps[..., cuts[layer] : maps.shape[-2] - cuts[layer], cuts[layer] : maps.shape[-1] - cuts[layer]]
        for layer, maps in activations.items()
    }
