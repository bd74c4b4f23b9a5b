"""A film that goes into a dream: each picture is the one before, a little enlarged, and dreamt on.

Source: Mordvintsev, Olah and Tyka 2015, the DeepDream program ('we need to go deeper').
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.images import Picture
from deepatelier.runs import Input, Measures
from deepatelier.synthesis.dream import DeepDream
from deepatelier.synthesis.dream_options import DreamOptions
from deepatelier.synthesis.engine import State, Step
from deepatelier.synthesis.pyramid import coarse_to_fine

__all__ = ["DreamFilm"]

_OCTAVES = 2
"""Of every picture behind the first, the finest ones of the dream's: what is larger is in it already."""


class DreamFilm:
    """A `Recipe` whose result is a film: the first picture is `DeepDream`'s, each other goes on from the one before.

    Args:
        photo: Where the dream begins.
        options: With ``frames``, ``zoom`` and ``frame_steps``; see `DreamOptions`.

    Attributes:
        frames: The pictures that are finished, (1, 3, H, W) each, in levels of 0 to 255 (uint8).
    """

    bits = 8

    def __init__(self, photo: Picture, options: DreamOptions) -> None:
        self._dream = DeepDream(photo, options)
        self.options = self._dream.options
        self.frames: list[Tensor] = []
        steps = self.options.frame_steps
        finest = self._dream.levels[-_OCTAVES:][-steps:]
        counts = [steps // len(finest)] * (len(finest) - 1)
        self._levels = [
            replace(level, steps=count) for level, count in zip(finest, [*counts, steps - sum(counts)], strict=True)
        ]

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The pictures and files that it was given, by their part."""
        return self._dream.inputs

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self._dream.device

    @property
    def precision(self) -> torch.dtype:
        """The number format in which the network runs."""
        return self._dream.precision

    @property
    def planned(self) -> int:
        """How many steps there will be, of all pictures together."""
        return self._dream.planned + (self.options.frames - 1) * self.options.frame_steps

    def alpha(self) -> None:
        """A film is opaque."""

    def initial(self) -> Tensor:
        """The photograph at the first octave's size."""
        return self._dream.initial()

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Dream, picture by picture; the level of a step is the picture's number, from 0.

        Raises:
            OptionError: A state is given: the pictures before it are not kept in it.
        """
        if state is not None:
            raise OptionError("A film cannot go on behind a step. Begin anew.")
        self.frames.clear()
        taken = 0
        dream, image = self._dream, self.initial()
        for number in range(self.options.frames):
            if number == 0:
                steps = dream.steps()
            else:
                base = _into(image, self.options.zoom)
                steps = coarse_to_fine(
                    dream.network,
                    dream.criterion,
                    lambda level, image, base=base: dream.octave(level, image, base),  # type: ignore[misc]
                    self._levels,
                    optimizer=self.options.optimizer,
                    learning_rate=self.options.learning_rate,
                )
            for step in steps:
                taken += 1
                yield replace(step, index=taken, level=number)
            image = self.finished(step.image)
            self.frames.append((255 * image).round().byte().cpu())

    def finished(self, image: Tensor) -> Tensor:
        """An image at the film's size."""
        return self._dream.finished(image)

    def losses(self, image: Tensor) -> dict[str, float]:
        """Those of a picture of the film."""
        return self._dream.losses(image)

    def measures(self, image: Tensor) -> Measures:
        """How many pictures there are, and how strongly the layers answer to one of them."""
        return {"pictures": len(self.frames), **self._dream.measures(image)}


def _into(image: Tensor, zoom: float) -> Tensor:
    """The middle of an image, enlarged to the size of the whole."""
    maps = torch.tensor([[[1 / zoom, 0.0, 0.0], [0.0, 1 / zoom, 0.0]]]).to(image)
    grid = nn.functional.affine_grid(maps, list(image.shape), align_corners=False)
    views = nn.functional.grid_sample(image, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
    return views.clamp(0, 1)
