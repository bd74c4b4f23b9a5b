"""Search for the patches with the strongest activations of a network's units, over any number of pictures.

Source: Zeiler and Fergus 2014, 'Visualizing and Understanding Convolutional Networks', figure 2.
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
    """The strongest activations of every channel of a layer, one per picture, strongest first.

    Attributes:
        values: (C, n).
        pictures: The indices of the pictures, (C, n).
        rows: The rows of the positions in the feature map, (C, n); 0 for a layer with one value per channel.
        columns: The columns, likewise.
        mean: The mean over all pictures of each channel's maximum in a picture, (C,).
        seen: The number of pictures.
    """

    values: Tensor
    pictures: Tensor
    rows: Tensor
    columns: Tensor
    mean: Tensor
    seen: int

    def selectivity(self) -> Tensor:
        """Return the ratio of a channel's strongest activations to its mean over all pictures, (C,).

        The strongest are those kept, but at most a quarter of all. It is 0 for a dead channel.
        """
        strongest = self.values[:, : max(1, self.seen // 4)].mean(dim=1)
        return torch.where(self.mean > 0, strongest / self.mean.clamp_min(1e-12), 0.0)


@dataclass
class PatchFinder:
    """Finds, for every channel of some layers, the positions of the strongest activations over many pictures.

    It stores numbers and no pixels: ``count`` numbers per channel, regardless of the number of pictures. Each picture
    contributes the maximum of each channel. Of equal values, that of the earlier picture is kept.

    Args:
        network: Any module; it is run in evaluation mode and left as it was.
        layers: The names of layers with feature maps (B, C, H, W) or values (B, C).
        count: The number of pictures to keep per channel, at least 1.
    """

    network: nn.Module
    layers: Sequence[str]
    count: int
    seen: int = field(default=0, init=False)
    _found: dict[str, tuple[Tensor, Tensor]] = field(default_factory=dict, init=False)
    _totals: dict[str, Tensor] = field(default_factory=dict, init=False)

    @torch.no_grad()
    def show(self, images: Tensor) -> None:
        """Run the network on pictures (B, C, H, W). Their indices continue those of earlier calls.

        Raises:
            UnknownNameError: No such layer.
            OptionError: A layer has neither feature maps nor values.
        """
        images = as_network_input(self.network, images)
        with evaluating(self.network):
            outputs = extract(self.network, images, self.layers)
        numbers = torch.arange(self.seen, self.seen + len(images))
        for layer, output in outputs.items():
            maps = _as_maps(layer, output)
            values, where = maps.flatten(2).max(dim=2)  # (B, C)
            rows, columns = where // maps.shape[3], where % maps.shape[3]
            places = torch.stack([numbers[:, None].expand_as(rows), rows.cpu(), columns.cpu()])  # (3, B, C)
            self._keep(layer, values.float().cpu().t(), places.transpose(1, 2))
        self.seen += len(images)

    def found(self) -> Mapping[str, StrongestActivations]:
        """Return the strongest activations so far, by layer."""
        return {
            layer: StrongestActivations(
                values, places[0], places[1], places[2], self._totals[layer] / self.seen, self.seen
            )
            for layer, (values, places) in self._found.items()
        }

    def _keep(self, layer: str, values: Tensor, places: Tensor) -> None:
        """Merge values (C, B) with their positions (3, C, B)."""
        total = self._totals.get(layer)
        self._totals[layer] = values.sum(dim=1) if total is None else total + values.sum(dim=1)
        if layer in self._found:
            before, placed = self._found[layer]
            values, places = torch.cat([before, values], dim=1), torch.cat([placed, places], dim=2)
        order = values.argsort(dim=1, descending=True, stable=True)[:, : self.count]
        self._found[layer] = values.gather(1, order), places.gather(2, order.expand(3, -1, -1))


def patch_bounds(field: ReceptiveField | None, size: Sequence[int], row: int, column: int) -> tuple[int, int, int, int]:
    """Return top, left, bottom, right (exclusive) of a unit's receptive field, cropped to the picture.

    Args:
        field: The receptive field of the unit's layer; None if it is the whole picture.
        size: The picture's height and width.
        row, column: The unit's position in the feature map.
    """
    if field is None:
        return 0, 0, size[0], size[1]
    top, bottom = _bounds(field.rows, size[0], row)
    left, right = _bounds(field.columns, size[1], column)
    return top, left, bottom, right


def _bounds(axis: Axis, side: int, position: int) -> tuple[int, int]:
    start = axis.start + position * axis.stride
    return max(0, min(start, side - 1)), max(1, min(start + axis.size, side))


def _as_maps(layer: str, output: Tensor) -> Tensor:
    if output.ndim not in (2, 4):
        raise OptionError(f"{layer} has outputs of shape {tuple(output.shape[1:])}, neither maps nor channel values.")
    return output if output.ndim == 4 else output[:, :, None, None]
