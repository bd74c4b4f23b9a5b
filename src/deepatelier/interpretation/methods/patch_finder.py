"""The patches that excite the units of a network most, over any number of pictures.

Source: document 004 ('we can visualize what each layer is doing by finding the image patch with highest activation
responses'); Zeiler and Fergus 2014, 'Visualizing and Understanding Convolutional Networks', figure 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import Axis, ReceptiveField, evaluating, extract
from deepatelier.interpretation.methods.class_scores import as_network_input

__all__ = ["PatchFinder", "StrongestActivations", "patch_bounds"]


@dataclass(frozen=True)
class StrongestActivations:
    """The strongest answers of every channel of a layer, one a picture, strongest first.

    Attributes:
        values: (C, n).
        pictures: The pictures' numbers, (C, n).
        rows: The positions in the layer's map, (C, n); 0 where the layer gives one value a channel.
        columns: Likewise.
        mean: Of each channel's strongest answer in a picture, over all pictures, (C,).
        seen: How many pictures there were.
    """

    values: Tensor
    pictures: Tensor
    rows: Tensor
    columns: Tensor
    mean: Tensor
    seen: int

    def selectivity(self) -> Tensor:
        """How far a channel's strongest answers stand out: their mean over that of all pictures, (C,).

        The strongest are those kept, but at most a quarter of all. 0 for a channel that answers nothing.
        """
        strongest = self.values[:, : max(1, self.seen // 4)].mean(dim=1)
        return torch.where(self.mean > 0, strongest / self.mean.clamp_min(1e-12), 0.0)


@dataclass
class PatchFinder:
    """Keeps, for every channel of some layers, the positions of the strongest answers among all pictures shown to it.

    It keeps numbers and no pixels: its memory is that of ``count`` numbers a channel, however many pictures it sees. Of
    a picture each channel gives its strongest position; of equal answers the earlier picture's stays.

    Args:
        network: Any module; it is run in evaluation mode and left as it was.
        layers: Names of layers that give maps (B, C, H, W) or values (B, C).
        count: How many pictures a channel keeps, at least 1.
    """

    network: nn.Module
    layers: Sequence[str]
    count: int
    seen: int = field(default=0, init=False)
    _found: dict[str, tuple[Tensor, Tensor]] = field(default_factory=dict, init=False)
    _totals: dict[str, Tensor] = field(default_factory=dict, init=False)

    @torch.no_grad()
    def show(self, images: Tensor) -> None:
        """Look at pictures (B, C, H, W), which are numbered on from those before.

        Raises:
            UnknownNameError: No such layer.
            OptionError: A layer gives neither maps nor values.
        """
        images = as_network_input(self.network, images)
        with evaluating(self.network):
            answers = extract(self.network, images, self.layers)
        numbers = torch.arange(self.seen, self.seen + len(images))
        for layer, answer in answers.items():
            maps = _as_maps(layer, answer)
            values, where = maps.flatten(2).max(dim=2)  # (B, C)
            rows, columns = where // maps.shape[3], where % maps.shape[3]
            places = torch.stack([numbers[:, None].expand_as(rows), rows.cpu(), columns.cpu()])  # (3, B, C)
            self._keep(layer, values.float().cpu().t(), places.transpose(1, 2))
        self.seen += len(images)

    def found(self) -> Mapping[str, StrongestActivations]:
        """The strongest answers so far, by layer."""
        return {
            layer: StrongestActivations(
                values, places[0], places[1], places[2], self._totals[layer] / self.seen, self.seen
            )
            for layer, (values, places) in self._found.items()
        }

    def _keep(self, layer: str, values: Tensor, places: Tensor) -> None:
        """Values (C, B) with their places (3, C, B)."""
        total = self._totals.get(layer)
        self._totals[layer] = values.sum(dim=1) if total is None else total + values.sum(dim=1)
        if layer in self._found:
            before, placed = self._found[layer]
            values, places = torch.cat([before, values], dim=1), torch.cat([placed, places], dim=2)
        order = values.argsort(dim=1, descending=True, stable=True)[:, : self.count]
        self._found[layer] = values.gather(1, order), places.gather(2, order.expand(3, -1, -1))


def patch_bounds(field: ReceptiveField | None, size: Sequence[int], row: int, column: int) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of what a unit sees of a picture, cut at its borders; bottom and right are outside.

    Args:
        field: The receptive field of the unit's layer; None if it sees all.
        size: The picture's height and width.
        row, column: The unit's position in the map.
    """
    if field is None:
        return 0, 0, size[0], size[1]
    top, bottom = _bounds(field.rows, size[0], row)
    left, right = _bounds(field.columns, size[1], column)
    return top, left, bottom, right


def _bounds(axis: Axis, side: int, position: int) -> tuple[int, int]:
    start = axis.start + position * axis.stride
    return max(0, min(start, side - 1)), max(1, min(start + axis.size, side))


def _as_maps(layer: str, answer: Tensor) -> Tensor:
    if answer.ndim not in (2, 4):
        raise OptionError(f"{layer} gives {tuple(answer.shape[1:])} values, neither maps nor one value a channel.")
    return answer if answer.ndim == 4 else answer[:, :, None, None]
