"""A film that zooms into a dream: each frame is the one before, slightly enlarged, and dreamt on.

Source: Mordvintsev, Olah and Tyka 2015, the DeepDream program ('we need to go deeper').
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from deepatelier.features import FeatureExtractor
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.jobs import FilmProduct, Measures, State, Work
from deepatelier.synthesis.dream.deep_dream import DeepDream
from deepatelier.synthesis.dream.dream_job import DreamFilmOptions
from deepatelier.synthesis.engine.pyramid import Level, coarse_to_fine
from deepatelier.synthesis.engine.synthesize import Step
from deepatelier.synthesis.recipe.painted import painted

if TYPE_CHECKING:
    from deepatelier.synthesis.dream.dream_job import DreamFilmJob

__all__ = ["DreamFilm", "filmed"]

_OCTAVES = 2
"""The number of octaves for each frame after the first. Only the finest are needed: larger forms are there already."""


class DreamFilm:
    """A `Recipe` whose result is a film: the first frame is `DeepDream`'s, each other continues from the one before.

    Args:
        photo: The initial image.
        options: See `DreamFilmOptions`.

    Attributes:
        frames: The finished frames, (1, 3, H, W) each, in levels of 0 to 255 (uint8).
    """

    bits = 8
    resumable = True

    def __init__(self, photo: Picture, options: DreamFilmOptions) -> None:
        self._dream = DeepDream(photo, options)
        self.frames: list[Tensor] = []
        steps = self.options.frame_steps
        finest = self._dream.levels[-_OCTAVES:][-steps:]
        counts = [steps // len(finest)] * (len(finest) - 1)
        self._levels = [
            replace(level, steps=count) for level, count in zip(finest, [*counts, steps - sum(counts)], strict=True)
        ]

    @property
    def options(self) -> DreamFilmOptions:
        """The options, with every value that was used."""
        options = self._dream.options
        assert isinstance(options, DreamFilmOptions)
        return options

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The pictures and files it was given, by their role."""
        return self._dream.inputs

    @property
    def device(self) -> torch.device:
        """The device it runs on."""
        return self._dream.device

    @property
    def precision(self) -> torch.dtype:
        """The dtype of the network."""
        return self._dream.precision

    @property
    def extractor(self) -> FeatureExtractor:
        """The feature extractor."""
        return self._dream.extractor

    @property
    def needs(self) -> tuple[int, int]:
        """The memory needs, see `PyramidRecipe`."""
        return self._dream.needs

    @property
    def levels(self) -> list[Level]:
        """The sizes of the octaves, of all frames in turn."""
        return self._dream.levels + (self.options.frames - 1) * self._levels

    @property
    def planned(self) -> int:
        """The number of steps, over all frames together."""
        return self._dream.planned + (self.options.frames - 1) * self.options.frame_steps

    def alpha(self) -> None:
        """Return None: a film is opaque."""

    def initial(self) -> Tensor:
        """Return the photograph at the first octave's size."""
        return self._dream.initial()

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Run frame by frame. If the state of an earlier step is given, resume after it."""
        dream, generator = self._dream, torch.Generator().manual_seed(self.options.seed)
        self.frames = list(state.values["frames"]) if state else []
        base = state.values["base"] if state else None
        inner = replace(state, index=state.values["inner_index"]) if state else None
        taken, last = (state.index, state.values["image"]) if state else (0, None)
        for _ in range(len(self.frames), self.options.frames):
            if base is None:
                steps = dream.steps(inner, generator)
            else:
                steps = coarse_to_fine(
                    dream.network,
                    dream.criterion,
                    lambda level, image, base=base: dream.octave(level, image, base),  # type: ignore[misc]
                    self._levels,
                    state=inner,
                    optimizer=self.options.optimizer,
                    learning_rate=self.options.learning_rate,
                    generator=generator,
                )
            for step in steps:
                taken += 1
                last = step.image
                yield self._step(step, taken, base)
            assert last is not None
            image = self.finished(last)
            self.frames.append((255 * image).round().byte().cpu())
            base, inner, last = _into(image, self.options.zoom), None, None

    def _step(self, step: Step, taken: int, base: Tensor | None) -> Step:
        finished = tuple(self.frames)

        def snapshot() -> State:
            state = step.state
            more = {"frames": finished, "base": base, "inner_index": state.index, "image": step.image}
            return replace(state, index=taken, values={**state.values, **more})

        return replace(step, index=taken, level=len(finished), _snapshot=snapshot)

    def finished(self, image: Tensor) -> Tensor:
        """Return an image at the film's size."""
        return self._dream.finished(image)

    def losses(self, image: Tensor) -> dict[str, float]:
        """Return the losses of a frame."""
        return self._dream.losses(image)

    def measures(self, image: Tensor) -> Measures:
        """Return the number of frames, and the mean activations of the layers for one frame."""
        return {"pictures": len(self.frames), **self._dream.measures(image)}


def filmed(job: DreamFilmJob, photo: Picture, state: State | None) -> Work:
    """Adapt the steps of a film to those of a job.

    Raises:
        KeyboardInterrupt: It was interrupted before the first frame was finished.
    """
    film = DreamFilm(photo, job)
    result = yield from painted(film, job, state)
    if not film.frames:
        raise KeyboardInterrupt
    return replace(result, files={"film": FilmProduct(film.frames, job.fps)})


def _into(image: Tensor, zoom: float) -> Tensor:
    """Return the centre of an image, enlarged to the size of the whole."""
    maps = torch.tensor([[[1 / zoom, 0.0, 0.0], [0.0, 1 / zoom, 0.0]]]).to(image)
    grid = nn.functional.affine_grid(maps, list(image.shape), align_corners=False)
    views = nn.functional.grid_sample(image, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
    return views.clamp(0, 1)
