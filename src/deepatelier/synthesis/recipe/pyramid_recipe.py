"""The base class of recipes that work from coarse to fine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import lru_cache

import torch
from torch import Tensor, nn

from deepatelier.features import FeatureExtractor
from deepatelier.images import Picture, Pixels, resize
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, State
from deepatelier.synthesis.engine.canvas import Canvas, mirrored
from deepatelier.synthesis.engine.pyramid import Level, Schedule, coarse_to_fine
from deepatelier.synthesis.engine.synthesize import Step
from deepatelier.synthesis.objectives import Criterion, evaluate
from deepatelier.synthesis.recipe.pyramid_options import SynthesisOptions

__all__ = ["PyramidRecipe"]


class PyramidRecipe(ABC):
    """A `Recipe` that minimises a criterion over a canvas, level by level. Subclasses define these and the start.

    Attributes:
        options: The options, with every value that was used.
        inputs: The pictures and files it was given, by their role.
        levels: The sizes of the pyramid, from coarse to fine. The last one is the result's size.
        extractor: The feature extractor.
        photo: The photograph whose transparency and bit depth the result inherits, or None.
        border: The width of the mirrored border, in pixels, that is added when a finished image is measured.
        needs: The pixels of the largest network input, and the bytes that a step needs beyond the network's own.
        schedule: The learning rate schedule, used unless the options set a learning rate.
        criterion: `criterion_at` with the recipe's own network and margin, cached per level.
        terms: The objectives that `losses` always lists, in this order.
    """

    options: SynthesisOptions
    inputs: dict[str, Input]
    levels: list[Level]
    extractor: FeatureExtractor
    needs: tuple[int, int]
    photo: Picture | None = None
    terms: tuple[str, ...] = ()
    border: int = 0
    schedule: Schedule | None = None
    resumable = True

    def __init__(self) -> None:
        self.criterion = lru_cache(maxsize=None)(
            lambda level: self.criterion_at(level, self.network, self.options.margin)
        )

    @abstractmethod
    def initial(self) -> Tensor:
        """Return the initial image of the first level: (1, 3, H, W)."""

    @abstractmethod
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:
        """Return what is minimised at a level with a network, for a canvas with a margin in pixels."""

    @abstractmethod
    def canvas_at(self, level: Level, image: Tensor | None) -> Canvas:
        """Return the canvas of a level, given the image of the level before, or None for the first level."""

    @abstractmethod
    def measures(self, image: Tensor) -> Measures:
        """Return the measures of a finished image, by their names."""

    @property
    def learning_rate(self) -> float | Schedule | None:
        """The learning rate: from the options, else the recipe's schedule, else None for the engine's default."""
        return self.options.learning_rate or self.schedule

    def start(self, level: Level, image: Tensor | None) -> Tensor:
        """Return the image of the level before, or else the initial image, resized to a level.

        When a run is resumed in a later level there is no image of the level before. The canvas gets its pixels from
        the state.
        """
        image = self.initial().to(self.device) if image is None else image
        return image if image.shape[-2:] == level.size else resize(image, level.size)

    @property
    def network(self) -> nn.Module:
        """The network of the feature extractor."""
        return self.extractor.module

    @property
    def device(self) -> torch.device:
        """The device it runs on."""
        return self.extractor.device

    @property
    def precision(self) -> torch.dtype:
        """The dtype of the network."""
        return self.extractor.precision

    @property
    def planned(self) -> int:
        """The number of steps."""
        return sum(level.steps for level in self.levels)

    @property
    def bits(self) -> int:
        """The useful bit depth of the result: that of the photograph."""
        return self.photo.bits if self.photo else 8

    def alpha(self) -> Pixels | None:
        """Return the photograph's transparency at the result's size, (H, W)."""
        return self.photo.alpha(self.levels[-1].size, self.options.resampling) if self.photo else None

    def steps(self, state: State | None = None, generator: torch.Generator | None = None) -> Iterator[Step]:
        """Run step by step. If the state of an earlier step is given, resume after it.

        Args:
            state: The state of an earlier step.
            generator: The random generator for views; by default a new one, seeded by the options.
        """
        yield from coarse_to_fine(
            self.network,
            self.criterion,
            self.canvas_at,
            self.levels,
            state=state,
            optimizer=self.options.optimizer,
            learning_rate=self.learning_rate,
            generator=generator or torch.Generator().manual_seed(self.options.seed),
        )

    def finished(self, image: Tensor) -> Tensor:
        """Return the image of any level at the result's size, with three channels."""
        return self.start(self.levels[-1], image).expand(-1, 3, -1, -1)

    def losses(self, image: Tensor) -> dict[str, float]:
        """Return the weighted losses of an image of the result's size, and their total, in float32."""
        network = self.extractor.in_float32
        seen = mirrored(image[:, : self.extractor.channels].to(self.device), self.border)
        with torch.no_grad():
            values = evaluate(network, self.criterion_at(self.levels[-1], network, margin=self.border), seen)
        losses = dict.fromkeys(self.terms, 0.0)
        for name, value in values.items():
            term = name.split()[0]  # "content relu4_2" counts as content
            losses[term] = losses.get(term, 0.0) + value.item()
        return {**losses, "total": sum(losses.values())}
