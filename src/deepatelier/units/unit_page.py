"""One page about a unit: its strongest patches, their deconvolution, and its feature visualization.

It builds on both interpretation and synthesis, which do not import each other.

Source: Zeiler and Fergus 2014, figure 2; Olah, Mordvintsev and Schubert 2017, 'Feature Visualization'.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from torch import Tensor

from deepatelier import images
from deepatelier.interpretation import Deconvolution, DeconvolutionOptions, Look
from deepatelier.jobs import Measures, Step, mapped
from deepatelier.synthesis import FeatureVisualization, VisualizationOptions
from deepatelier.units.unit_job import UnitOptions

__all__ = ["UnitPage"]

_SHARED = {"network", "weights", "pooling", "resampling", "seed", "device", "precision"}
"""Options that both packages have, with the same meaning."""


class UnitPage(Look):
    """Three panels: the deconvolution of a unit's strongest patches, the patches, and its feature visualization.

    Args:
        sources: Folders, files and samples. If there are none, all samples.
        options: The unit, and the size.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The layer has no such channel.
        WeightsError: The weights are not available.
        ImageError: There is no picture, or none of them can be read.
    """

    options: UnitOptions

    def __init__(self, sources: Sequence[str] = (), options: UnitOptions | None = None) -> None:
        super().__init__()
        options = options or UnitOptions()
        shared = options.model_dump(include=_SHARED)
        own = {"layer": options.layer, "channel": options.channel, "steps": options.steps, "size": options.size}
        self._painting = FeatureVisualization(VisualizationOptions.complete({**shared, **own}))
        for_patches = options.model_dump(include={*_SHARED, "view_size", "count", "guided", "size"})
        unit = {"layer": (options.layer,), "channel": (options.channel,)}
        self._patches = Deconvolution(sources, DeconvolutionOptions.complete({**for_patches, **unit}))
        self.extractor, self.inputs = self._patches.extractor, self._patches.inputs
        self.options = options.model_copy(update={"weights": self._patches.options.weights})
        self.planned = self._patches.planned + self._painting.planned
        self._painted: Tensor | None = None

    @property
    def found_something(self) -> bool:
        """Whether there are patches."""
        return self._patches.found_something

    def look(self) -> Generator[Step, None, None]:
        """Find the patches, then run the feature visualization."""
        try:
            yield from mapped(self._patches.look(), lambda _step: self.step())
        except KeyboardInterrupt:
            self.taken = self._patches.taken
            raise
        finally:
            self.notes = self._patches.notes
        for step in self._painting.steps():
            self._painted = step.image
            yield replace(self.step(), values={"activation": -step.total})

    def picture(self) -> Tensor:
        """Return the page, (1, 3, H, W)."""
        (unit,) = self._patches.units
        panels = list(self._patches.panels[unit.layer, unit.channel])
        size = self.options.size
        if self._painted is not None:
            painted = self._painting.finished(self._painted).cpu().expand(-1, 3, -1, -1)
            panels.append(images.resize(painted, (size, size)))
        what = f"{unit.layer} #{unit.channel}"
        strongest = images.short_number(0 if unit.dead else unit.values[0].item())
        labels = (f"{what}, back-projected to the pixels", f"what excites it: {strongest}", "its own picture")
        return images.Sheet((size, size), labels, columns=3).compose(panels)

    def measures(self, image: Tensor) -> Measures:
        """Return the number of pictures, and the unit's strongest activation with its picture."""
        return self._patches.measures(image)
