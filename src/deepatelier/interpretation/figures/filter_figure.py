"""Filters of a layer, as tiles."""

from __future__ import annotations

import math
from collections.abc import Generator

import torch
from torch import Tensor

from deepatelier import images
from deepatelier.errors import OptionError
from deepatelier.features import FeatureExtractor, has_head, with_weights
from deepatelier.interpretation.figures.look import Look
from deepatelier.interpretation.look_jobs import FilterOptions
from deepatelier.interpretation.methods.filters import filter_layers, filters
from deepatelier.jobs import Step

__all__ = ["Filters"]

_MOST = 4096
"""The maximum value of --most."""


class Filters(Look):
    """The filters of a layer. If its input is the picture, there is one tile in colours for each output channel.
    Otherwise there is a row of grey tiles for each output channel, with one tile for each input channel.

    Every filter is scaled by its largest absolute value; middle grey is zero.

    Args:
        options: The network and the layer.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The layer has no filters.
        WeightsError: The weights are not available.
    """

    options: FilterOptions

    def __init__(self, options: FilterOptions | None = None) -> None:
        super().__init__()
        options = with_weights(options or FilterOptions())
        self.extractor = FeatureExtractor(options, [], head=has_head(options))
        layers = [options.layer] if options.layer is not None else filter_layers(self.extractor.module)[:1]
        if not layers:
            raise OptionError(f"{options.network} has no layer with filters.")
        self.extractor.check_layers(layers)
        self.options = options.model_copy(update={"layer": layers[0]})
        self.inputs = dict(self.extractor.inputs)
        self._layer = layers[0]
        self._filters = filters(self.extractor.in_float32, self._layer)

    @property
    def found_something(self) -> bool:
        """Always true: filters need no forward pass."""
        return True

    def look(self) -> Generator[Step, None, None]:
        """Add a note about the filters that are left out."""
        yield self.step()
        count, inputs = self._filters.shape[:2]
        rows, columns = self._shown
        if (rows, columns) != (count, 1 if self._in_colors else inputs):
            self.notes.append(
                f"{self._layer} has {count} filters, {rows} are shown"
                + ("." if self._in_colors else f", each for {columns} of the {inputs} input channels.")
                + (" --most shows more." if self.options.most < _MOST else "")
            )

    def picture(self) -> Tensor:
        """Return the sheet, (1, 3, H, W)."""
        rows, columns = self._shown
        shown = self._filters[:rows, : self._filters.shape[1] if self._in_colors else columns]
        scaled = 0.5 + shown / (2 * shown.abs().amax(dim=(1, 2, 3), keepdim=True).clamp_min(1e-12))
        if self._in_colors:
            tiles, labels = [tile[None] for tile in scaled], [str(number) for number in range(rows)]
            in_a_row = math.ceil(math.sqrt(rows))
        else:
            tiles = [tile[None, None] for tile in scaled.flatten(0, 1)]
            labels = [f"#{row}, input {column}" for row in range(rows) for column in range(columns)]
            in_a_row = columns
        size = self._tile_size
        tiles = [torch.nn.functional.interpolate(tile, size).expand(-1, 3, -1, -1) for tile in tiles]
        return images.Sheet(size, tuple(labels), in_a_row).compose(tiles)

    @property
    def has_array(self) -> bool:
        """Always true."""
        return True

    def array(self) -> Tensor:
        """Return all filters of the layer, (N, C, h, w)."""
        return self._filters

    @property
    def _in_colors(self) -> bool:
        """Whether a filter is a single tile: its input has three channels of colour, or one channel."""
        return self._filters.shape[1] in (1, 3)

    @property
    def _shown(self) -> tuple[int, int]:
        """The number of filters that are shown, and of tiles for each."""
        count, inputs = self._filters.shape[:2]
        if self._in_colors:
            return min(count, self.options.most), 1
        columns = min(inputs, math.isqrt(self.options.most))
        return min(count, max(1, self.options.most // columns)), columns

    @property
    def _tile_size(self) -> tuple[int, int]:
        height, width = self._filters.shape[2:]
        scale = max(1, self.options.size // max(height, width))
        return height * scale, width * scale
