"""Patches with the strongest activations of units, and their deconvolution, as in Zeiler and Fergus' figure 2."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from deepatelier import images, samples
from deepatelier.errors import ImageError, InputError
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.interpretation.figures.collection import Shown, find_pictures, opened_ahead
from deepatelier.interpretation.figures.look import Look, prepare_input, resolve_layers
from deepatelier.interpretation.look_jobs import DeconvolutionOptions, PatchOptions
from deepatelier.interpretation.methods.deconvolution import deconvolution
from deepatelier.interpretation.methods.patch_finder import PatchFinder, StrongestActivations, patch_bounds
from deepatelier.jobs import Measures, Step, numbered

__all__ = ["Deconvolution", "Patches", "Unit"]

_TOGETHER = 8
"""The maximum batch size for pictures of one size."""

_PIXELS_TOGETHER = 2**20
"""The maximum number of pixels in a batch, unless a single picture has more."""

_BLOCKS = 8
"""Patches of up to this many pixels are enlarged with nearest-neighbour interpolation."""

_LARGEST = 0.995
"""The quantile of a back-projected patch's absolute values that is drawn white or black."""

_GAP = 2
"""Pixels between the patches of a panel."""


@dataclass(frozen=True)
class Unit:
    """A channel of a layer, and its strongest activations.

    Attributes:
        layer, channel: The layer and the channel.
        values: Its strongest activations, (n,), strongest first, all above zero.
        pictures: The indices of the pictures, (n,).
        places: Rows and columns in the feature map, (n, 2).
    """

    layer: str
    channel: int
    values: Tensor
    pictures: list[int]
    places: list[tuple[int, int]]

    @property
    def dead(self) -> bool:
        """Whether no picture activates it."""
        return len(self.values) == 0


class Patches(Look):
    """A panel for each unit, with the patches of its strongest activations, cropped to its receptive field.

    Args:
        sources: Folders, files and samples. If there are none, all samples.
        options: The network, layers and channels, and the size.

    Attributes:
        units: The units that are shown; complete after `look`.
        panels: Their panels, (1, 3, size, size) each, by layer and channel.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: A layer has neither feature maps nor one value per channel, or no such channel.
        WeightsError: The weights are not available.
        ImageError: There is no picture, or none of them can be read.
    """

    options: PatchOptions
    _panels_of_a_unit = 1

    def __init__(self, sources: Sequence[str] = (), options: PatchOptions | None = None) -> None:
        super().__init__()
        self.options, self.extractor = resolve_layers(options or PatchOptions())
        self.inputs = dict(self.extractor.inputs)
        self.shown = find_pictures(sources)
        self.inputs |= numbered("picture", map(_entry, sources))
        self.units: list[Unit] = []
        self._finder = PatchFinder(self.extractor.module, self.extractor.layers, self.options.count)
        self._readable: list[Shown] = []
        self._broken = 0
        channels = len(self.options.channel or range(self.options.most))
        self.planned = len(self.shown) + len(self.extractor.layers) * channels * self._panels_of_a_unit
        self.panels: dict[tuple[str, int], list[Tensor]] = {}
        self._opened = lru_cache(maxsize=16)(self._open)

    @property
    def found_something(self) -> bool:
        """Whether at least one panel is complete."""
        return bool(self.panels)

    def look(self) -> Generator[Step, None, None]:
        """Run the network on all pictures, then crop the patches. If the search is interrupted, the crops follow."""
        interruption = None
        try:
            yield from self._search()
        except KeyboardInterrupt as interrupted:
            if not self._finder.seen:
                raise
            interruption, self.stopped = interrupted, True
            self.notes.append(f"{self._finder.seen} of {len(self.shown)} pictures were searched.")
        self.units = list(self._choose())
        for unit in self.units:
            self.panels[unit.layer, unit.channel] = yield from self._panels_of(unit)
        if interruption:
            raise interruption

    def picture(self) -> Tensor:
        """Return the sheet, (1, 3, H, W), one row per layer."""
        columns = max(sum(unit.layer == layer for unit in self.units) for layer in self.extractor.layers)
        columns *= self._panels_of_a_unit
        if len(self.extractor.layers) == 1:
            columns = self._panels_of_a_unit * math.ceil(math.sqrt(columns / self._panels_of_a_unit))
        tiles, labels = [], []
        for unit in self.units:
            tiles += self.panels.get((unit.layer, unit.channel), [])
            labels += self._labels_of(unit)
        size = self.options.size
        return images.Sheet((size, size), tuple(labels), columns).compose(tiles)

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """Return the number of pictures, and each unit's strongest activation with its picture."""
        found: Measures = {"pictures": self._finder.seen, "pictures that could not be read": self._broken}
        for unit in self.units:
            what = f"{unit.layer} #{unit.channel}"
            found[f"{what}: strongest answer"] = 0.0 if unit.dead else unit.values[0].item()
            if not unit.dead:
                found[f"{what}: in"] = self._readable[unit.pictures[0]].name[-150:]
        return found

    def patch(self, unit: Unit, number: int, image: Tensor) -> Tensor:
        """Crop a unit's receptive field at one of its locations from an array of the picture's size, (1, C, H, W)."""
        row, column = unit.places[number]
        field = self.extractor.geometry.fields(image.shape[-2:])[unit.layer]
        top, left, bottom, right = patch_bounds(field, image.shape[-2:], row, column)
        return image[..., top:bottom, left:right]

    def picture_of(self, unit: Unit, number: int) -> Tensor:
        """Return the picture of one of a unit's locations, as network input: (1, C, H, W)."""
        return self._opened(unit.pictures[number])

    def _search(self) -> Iterator[Step]:
        """Run the network on all pictures, in batches of one size."""
        together: list[Tensor] = []
        broken: list[str] = []
        try:
            for shown, ready in opened_ahead(self.shown, self._prepared):
                yield self.step()
                if isinstance(ready, InputError):
                    broken.append(f"{shown.name}: {ready}")
                    continue
                full = len(together) >= min(_TOGETHER, _PIXELS_TOGETHER // ready[0, 0].numel())
                if together and (together[0].shape != ready.shape or full):
                    self._finder.show(torch.cat(together))
                    together = []
                together.append(ready)
                self._readable.append(shown)
            if together:
                self._finder.show(torch.cat(together))
        finally:
            self._broken = len(broken)
        if not self._finder.seen:
            raise ImageError(f"None of the {len(self.shown)} pictures could be read: {broken[0]}")
        if broken:
            self.notes.append(f"{len(broken)} of {len(self.shown)} pictures could not be read: {broken[0]}")

    def _prepared(self, picture: Picture) -> Tensor:
        return prepare_input(self.extractor, picture, self.options)

    def _open(self, number: int) -> Tensor:
        return prepare_input(self.extractor, self._readable[number].open(), self.options)

    def _choose(self) -> Iterator[Unit]:
        for layer, strongest in self._finder.found().items():
            for channel in self._channels(strongest):
                active = strongest.values[channel] > 0  # values of 0 or below are no activation
                rows, columns, pictures = (
                    each[channel][active].tolist() for each in (strongest.rows, strongest.columns, strongest.pictures)
                )
                values = strongest.values[channel][active]
                yield Unit(layer, channel, values, pictures, list(zip(rows, columns, strict=True)))

    def _channels(self, strongest: StrongestActivations) -> list[int]:
        if self.options.channel:
            return list(self.options.channel)
        ranked: list[int] = strongest.selectivity().argsort(descending=True, stable=True).tolist()
        return ranked[: self.options.most]

    def _panels_of(self, unit: Unit) -> Generator[Step, None, list[Tensor]]:
        yield self.step()
        return [self._patches(unit)]

    def _labels_of(self, unit: Unit) -> list[str]:
        return [f"{unit.layer} #{unit.channel}: {images.short_number(0 if unit.dead else unit.values[0].item())}"]

    def _patches(self, unit: Unit) -> Tensor:
        if unit.dead:
            return self._dead_panel(unit)
        return self._grid(
            [self.patch(unit, number, self.picture_of(unit, number)) for number in range(len(unit.places))]
        )

    def _dead_panel(self, unit: Unit) -> Tensor:
        text = f"Dead ReLU: nothing in {self._finder.seen} pictures excites {unit.layer} #{unit.channel}."
        if text not in self.notes:
            self.notes.append(text)
        size = self.options.size
        return images.notice(torch.ones(1, 3, size, size), text)[..., :size]

    def _grid(self, patches: Sequence[Tensor]) -> Tensor:
        """Arrange patches in a square panel, (1, 3, size, size), each enlarged as far as its aspect ratio allows."""
        size, side = self.options.size, math.ceil(math.sqrt(len(patches)))
        panel = torch.ones(1, 3, size, size)
        cell = (size + _GAP) // side - _GAP
        for number, patch in enumerate(patches):
            row, column = divmod(number, side)
            scale = cell / max(patch.shape[-2:])
            height, width = (max(1, round(extent * scale)) for extent in patch.shape[-2:])
            if max(patch.shape[-2:]) <= _BLOCKS:
                fitted = torch.nn.functional.interpolate(patch, (height, width))
            else:
                fitted = images.resize(patch, (height, width))
            top, left = row * (cell + _GAP) + (cell - height) // 2, column * (cell + _GAP) + (cell - width) // 2
            panel[..., top : top + height, left : left + width] = fitted
        return panel


def _entry(source: str) -> Input:
    """Return the input entry of a folder, a file or a sample."""
    return Input.of(source) if Path(source).exists() else Input.of(samples.open_sample(source))


class Deconvolution(Patches):
    """Two panels for each unit: the deconvolution of its patches, back-projected to the pixels, and the patches.

    Middle grey is zero; each patch is scaled by its own largest values.
    """

    options: DeconvolutionOptions
    _panels_of_a_unit = 2

    def __init__(self, sources: Sequence[str] = (), options: DeconvolutionOptions | None = None) -> None:
        super().__init__(sources, options or DeconvolutionOptions())

    def look(self) -> Generator[Step, None, None]:
        """See `Patches.look`. It adds a note if the deconvolution does not depend on the picture."""
        yield from super().look()
        pools = any("MaxPool" in type(call.module).__name__ for call in self.extractor.geometry.calls)
        if not pools and not self.options.guided:
            self.notes.append(
                f"{self.options.network} has no max pooling: its deconvolution is the same for every picture. "
                "Use --guided."
            )

    def _panels_of(self, unit: Unit) -> Generator[Step, None, list[Tensor]]:
        patches = yield from super()._panels_of(unit)
        yield self.step()
        return [self._back_projected(unit), *patches]

    def _labels_of(self, unit: Unit) -> list[str]:
        return [f"{unit.layer} #{unit.channel}, back-projected", *super()._labels_of(unit)]

    def _back_projected(self, unit: Unit) -> Tensor:
        if unit.dead:
            return self._dead_panel(unit)
        carried, empty = [], 0
        for number, place in enumerate(unit.places):
            image = self.picture_of(unit, number)
            module, where = self.extractor.module, [(unit.channel, *place)]
            full = deconvolution(module, image, unit.layer, where, guided=self.options.guided).cpu()
            patch = self.patch(unit, number, full)
            largest = patch.abs().flatten().quantile(_LARGEST).clamp_min(1e-12)
            carried.append((0.5 + patch / (2 * largest)).clamp(0, 1))
            empty += not patch.any()
        if empty:
            what = f"{unit.layer} #{unit.channel}: the back-projection of {empty} of {len(carried)} patches"
            self.notes.append(f"{what} is zero; all contributions are negative.")
        return self._grid(carried)
