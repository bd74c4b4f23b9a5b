"""Activations for a photograph, as feature maps."""

from __future__ import annotations

import math
from collections.abc import Generator

import torch
from torch import Tensor

from deepatelier import images
from deepatelier.features import evaluating, extract
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.interpretation.figures.look import Look, prepare_input, resolve_layers
from deepatelier.interpretation.look_jobs import ActivationOptions
from deepatelier.interpretation.methods.empty_maps import dead_layer
from deepatelier.jobs import Measures, Step

__all__ = ["Activations"]


class Activations(Look):
    """Activations of some channels for a photograph: grey maps, black at 0 and white at the map's highest value.

    If a map has negative values, middle grey is 0. The strongest channels are those with the largest maximum.

    Args:
        photo: The network input.
        options: The layers and channels, and the size.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: A layer has no maps or no such channel; the device cannot be used; the picture is too small.
        WeightsError: The weights are not available.
        MemoryLimitError: It would need more memory than is free.
    """

    options: ActivationOptions

    def __init__(self, photo: Picture, options: ActivationOptions | None = None) -> None:
        super().__init__()
        self.options, self.extractor = resolve_layers(options or ActivationOptions())
        self.extractor.geometry.check_maps()
        self.inputs = {"photo": Input.of(photo), **self.extractor.inputs}
        self._image = prepare_input(self.extractor, photo, self.options)
        self._maps: dict[str, Tensor] = {}

    @property
    def found_something(self) -> bool:
        """Whether the network has been run."""
        return bool(self._maps)

    @torch.no_grad()
    def look(self) -> Generator[Step, None, None]:
        """Run one forward pass."""
        yield self.step()
        image = self._image.to(self.extractor.device)
        with evaluating(self.extractor.module):
            found = extract(self.extractor.module, image, self.extractor.layers)
        self._maps = {layer: maps[0].float().cpu() for layer, maps in found.items()}
        for layer, maps in self._maps.items():
            dead = int((maps.flatten(1) == 0).all(dim=1).sum())
            if dead == len(maps):
                since = dead_layer(self.extractor.module, image)
                first = f" The first dead layer is {since}." if since not in (None, layer) else ""
                self.notes.append(f"Dead ReLU: every value of {layer} is zero for this picture.{first}")
            elif dead:
                self.notes.append(f"{layer}: {dead} of {len(maps)} channels are zero everywhere for this picture.")

    def picture(self) -> Tensor:
        """Return the sheet, (1, 3, H, W): one row per layer, or a square for a single layer."""
        chosen = {layer: self._channels(maps) for layer, maps in self._maps.items()}
        widest = max(len(channels) for channels in chosen.values())
        columns = widest if len(chosen) > 1 else math.ceil(math.sqrt(widest))
        size = self._tile_size
        tiles, labels = [], []
        for layer, channels in chosen.items():
            for channel in channels:
                values = self._maps[layer][channel]
                tiles.append(_in_grey(values, size))
                labels.append(f"{layer} #{channel}: {images.short_number(values.max().item())}")
            missing = -len(channels) % columns
            tiles += [torch.ones(1, 3, *size)] * missing
            labels += [""] * missing
        return images.Sheet(size, tuple(labels), columns).compose(tiles)

    @property
    def has_array(self) -> bool:
        """Whether there is a single layer."""
        return len(self.extractor.layers) == 1

    def array(self) -> Tensor:
        """Return the maps of all channels of the layer, (C, h, w)."""
        (maps,) = self._maps.values()
        return maps

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """Return the strongest channel of each layer, and the share of values that are not zero."""
        found: Measures = {}
        for layer, maps in self._maps.items():
            found[f"{layer}: strongest channel"] = int(maps.flatten(1).amax(dim=1).argmax())
            found[f"{layer}: share of values that are not zero"] = (maps != 0).float().mean().item()
        return found

    def _channels(self, maps: Tensor) -> list[int]:
        if self.options.channel:
            return list(self.options.channel)
        strongest: list[int] = maps.flatten(1).amax(dim=1).argsort(descending=True, stable=True).tolist()
        return sorted(strongest) if self.options.most == 0 else strongest[: self.options.most]

    @property
    def _tile_size(self) -> tuple[int, int]:
        height, width = self._image.shape[-2:]
        scale = self.options.size / max(height, width)
        return max(1, round(height * scale)), max(1, round(width * scale))


def _in_grey(values: Tensor, size: tuple[int, int]) -> Tensor:
    """Return a map (h, w) as a tile. When enlarged, every position is a block of pixels."""
    largest = values.abs().max().clamp_min(1e-12)
    grey = values / largest if values.min() >= 0 else 0.5 + values / (2 * largest)
    mode = "nearest" if values.shape[0] <= size[0] else "area"
    return torch.nn.functional.interpolate(grey[None, None], size, mode=mode).expand(-1, 3, -1, -1)
