"""What the recipes have in common that paint from coarse to fine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import lru_cache

import torch
from torch import Tensor, nn

from deepatelier.features import FeatureExtractor
from deepatelier.images import Picture, resize
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, State
from deepatelier.synthesis.engine.canvas import Canvas, mirrored
from deepatelier.synthesis.engine.pyramid import Level, Schedule, coarse_to_fine
from deepatelier.synthesis.engine.synthesize import Step
from deepatelier.synthesis.objectives import Criterion, evaluate
from deepatelier.synthesis.recipe.pyramid_options import SynthesisOptions

__all__ = ["PyramidRecipe"]


class PyramidRecipe(ABC):
    """A `Recipe` that minimises a criterion over a canvas, level by level. A recipe says which, and where it starts.

    Attributes:
        options: Its options, with every value that was used.
        inputs: The pictures and files that it was given, by their part.
        levels: The sizes at which it works, from coarse to fine; the last is the result's.
        extractor: The network that looks at the pictures.
        photo: The photograph whose transparency and bit depth the result takes; None if there is none.
        border: A finished image is measured with so many pixels of its mirror image around it.
        needs: Pixels that the network looks at together, at most, and bytes that a step needs beside the network's.
        schedule: The learning rate over the steps, unless the options give one.
        criterion: `criterion_at` for its own network and margin, kept for each level.
        terms: The objectives that `losses` names in any case, in this order.
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
        """The image from which the first level starts: (1, 3, H, W)."""

    @abstractmethod
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:
        """What is minimised at a level, as a network sees it, for a canvas with a margin of so many pixels."""

    @abstractmethod
    def canvas_at(self, level: Level, image: Tensor | None) -> Canvas:
        """The canvas with which a level begins, given the image of the level before, or None for the first."""

    @abstractmethod
    def measures(self, image: Tensor) -> Measures:
        """What a finished image shows, by the words that say it."""

    @property
    def learning_rate(self) -> float | Schedule | None:
        """The size of a step: the option's, else the recipe's, else the engine's."""
        return self.options.learning_rate or self.schedule

    def start(self, level: Level, image: Tensor | None) -> Tensor:
        """The image of the level before, or what the first level starts from, at a level's size.

        Who goes on in a later level has no image of the one before; its canvas gets its pixels from the state.
        """
        image = self.initial().to(self.device) if image is None else image
        return image if image.shape[-2:] == level.size else resize(image, level.size)

    @property
    def network(self) -> nn.Module:
        """What looks at the pictures."""
        return self.extractor.module

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self.extractor.device

    @property
    def precision(self) -> torch.dtype:
        """The number format in which the network runs."""
        return self.extractor.precision

    @property
    def planned(self) -> int:
        """How many steps there will be."""
        return sum(level.steps for level in self.levels)

    @property
    def bits(self) -> int:
        """The bits of a channel that the result is worth: those of the photograph."""
        return self.photo.bits if self.photo else 8

    def alpha(self) -> Tensor | None:
        """The photograph's transparency at the result's size, (1, 1, H, W)."""
        return self.photo.alpha(self.levels[-1].size, self.options.resampling) if self.photo else None

    def steps(self, state: State | None = None, generator: torch.Generator | None = None) -> Iterator[Step]:
        """Paint, step by step; after an earlier step if its state is given.

        Args:
            state: Of an earlier step.
            generator: What random views draw from; a new one with the seed of the options if None.
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
        """An image of any level at the result's size, in colours."""
        return self.start(self.levels[-1], image).expand(-1, 3, -1, -1)

    def losses(self, image: Tensor) -> dict[str, float]:
        """The weighted losses of an image of the result's size, and their total, in float32."""
        network = self.extractor.in_float32
        seen = mirrored(image[:, : self.extractor.channels].to(self.device), self.border)
        with torch.no_grad():
            values = evaluate(network, self.criterion_at(self.levels[-1], network, margin=self.border), seen)
        losses = dict.fromkeys(self.terms, 0.0)
        for name, value in values.items():
            term = name.split()[0]  # "content relu4_2" counts as content
            losses[term] = losses.get(term, 0.0) + value.item()
        return {**losses, "total": sum(losses.values())}
