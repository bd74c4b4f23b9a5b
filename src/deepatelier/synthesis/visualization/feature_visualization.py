"""Class and unit pictures: what excites a class, a unit, a channel or a layer most.

Source: document 001 ('Gradient Ascent', I* = argmax S_c(I) − λ‖I‖²) and document 002 ('Start with a random image …
modify the image to maximize the activation'); Simonyan, Vedaldi and Zisserman 2013, 'Deep Inside Convolutional
Networks'; Olah, Mordvintsev and Schubert 2017, 'Feature Visualization'.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from deepatelier import networks
from deepatelier.errors import OptionError
from deepatelier.features import (
    OUTPUT,
    FeatureExtractor,
    at_half_size_and_back,
    classify,
    extract,
    has_head,
    moved,
    second_opinion,
    with_weights,
    within_memory,
)
from deepatelier.inputs import Input
from deepatelier.jobs import Measures
from deepatelier.synthesis.engine.canvas import Canvas, PixelCanvas
from deepatelier.synthesis.engine.fourier_canvas import FourierCanvas
from deepatelier.synthesis.engine.noise import pink_noise
from deepatelier.synthesis.engine.pyramid import Level, plan_levels
from deepatelier.synthesis.engine.synthesize import optimizer_memory
from deepatelier.synthesis.engine.views import View, transformed, unchanged
from deepatelier.synthesis.objectives import (
    Criterion,
    Objective,
    activation,
    batch_statistics,
    energy,
    intensity,
    spread,
    total_variation,
)
from deepatelier.synthesis.recipe.pyramid_recipe import PyramidRecipe
from deepatelier.synthesis.visualization.visualization_job import VisualizationOptions

__all__ = ["FeatureVisualization"]

_FIRST_RATE, _LAST_RATE = 0.06, 0.006
"""The step size of Adam on waves, at the first and at the last step; Lucid's is 0.05."""

_LEAST_SEEN = 96
"""A view shows at least this many pixels of the canvas along each side, so that its parts stay sharp."""

_MOVED = 8
"""Pixels by which a finished picture is moved, to be asked about again."""

_SMALL, _SMALL_STATISTICS = 96, 3.0
"""Networks for pictures of less than so many pixels, and the usual weight of their statistics: with more, a ResNet-20
of CIFAR-10 does not see the class in its own picture (automobile: 0.09 with 100, 0.999 with 3)."""

_FIRST_SHARE = 1.6
"""The steps of the coarsest level over those of the finest, unless told otherwise."""


class FeatureVisualization(PyramidRecipe):
    """Maximises S(I) − λ‖I‖² − γ·R_2(I) over a canvas; S is what a class, a unit, a channel or a layer answers.

    A whole layer is excited by its energy, ½ Σ f² over its size.

    Args:
        options: See `VisualizationOptions`; a preset is filled in.

    Raises:
        UnknownNameError: No such preset, network, weights, layer or class.
        OptionError: The device cannot be used, the layer has no such channel or position, or the network no classes.
        WeightsError: The weights are not at hand.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: at each step the network sees several parts of the picture, turned at random and with
    noise; its waves are moved and not its pixels; it grows from coarse to fine; and where the network has batch
    normalisation, its maps are to be distributed as those of photographs (`batch_statistics`), which makes most of the
    difference. The preset ``simonyan`` is without these; its steps have one length (`GradientDescent`), where the
    documents give no step size.
    """

    options: VisualizationOptions
    terms = ("activation",)

    def __init__(self, options: VisualizationOptions) -> None:
        super().__init__()
        if options.class_ is None and options.layer is None:
            raise OptionError("What shall be seen? Give --class NAME, or --layer with or without --channel.")
        options = with_weights(options.resolved())
        self.layer = options.layer or OUTPUT
        self.extractor = FeatureExtractor(options, [self.layer], head=has_head(options))
        options = options.with_usual(size=self.extractor.usual_size(options.size))
        if (self.extractor.usual_side or _SMALL) < _SMALL:
            options = options.with_usual(statistics=_SMALL_STATISTICS)
        self.inputs: dict[str, Input] = dict(self.extractor.inputs)
        self.channel = options.channel
        if options.position is not None:  # a place in the picture, at one size
            options = options.model_copy(update={"views": 0, "levels": 1, "level_shares": None})
        if self.extractor.only_size:
            options = options.model_copy(update={"levels": 1, "level_shares": None, "margin": 0})
        if options.class_ is not None:
            self.channel = networks.find_class(options.class_, self.extractor.class_names)
        size = self.extractor.only_size or (options.size, options.size)
        shares = options.level_shares or torch.linspace(_FIRST_SHARE, 1, options.levels).tolist()
        self.levels = plan_levels(size, options.steps, options.levels, options.level_ratio, shares)
        if options.canvas == "fourier" and options.optimizer == "adam":
            self.schedule = _falling
        self.options = options.model_copy(update={"levels": len(self.levels)})
        self._check()

    def initial(self) -> Tensor:
        """Smooth noise, or grey: (1, C, H, W). Every class and channel has its own noise, so that layouts differ."""
        shape = (1, self.extractor.channels, *self.levels[0].size)
        return (
            torch.full(shape, 0.5)
            if self.options.init == "grey"
            else pink_noise(shape, self.options.seed + (self.channel or 0))
        )

    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: ARG002, D102
        pixels, layers = math.prod(level.size), spread(self.extractor.geometry.normalized_layers())
        if self.channel is None:
            target = 1.0, energy(self.layer, mean=True)
        else:
            row, column = self.options.position or (None, None)
            where = None if row is None or column is None else (row, column)
            target = 1.0, activation(self.layer, self.channel, where)
        criterion: dict[str, tuple[float, Objective | None]] = {
            "activation": target,
            "statistics": (self.options.statistics, batch_statistics(network, layers) if layers else None),
            "l2": (self.options.l2 / pixels, intensity()),
            "tv": (self.options.tv / pixels, total_variation()),
        }
        return {name: (weight, objective) for name, (weight, objective) in criterion.items() if weight and objective}

    def canvas_at(self, level: Level, image: Tensor | None) -> Canvas:  # noqa: D102
        options = self.options
        start = self.start(level, image)
        view = self._view(level) if options.views else unchanged
        return FourierCanvas(start, view) if options.canvas == "fourier" else PixelCanvas(start, options.margin, view)

    def measures(self, image: Tensor) -> Measures:
        """What the network says about the picture of a class, also when it is handled; and what another one says."""
        if self.options.class_ is None:
            return {}
        assert self.channel is not None
        says = classify(self.extractor, image)
        found: Measures = {
            "the network says": says.name,
            "confidence": says.probabilities[self.channel].item(),
            "at half size and back": classify(self.extractor, at_half_size_and_back(image)).name,
        }
        if min(image.shape[-2:]) > _MOVED:
            found["moved by 8 pixels"] = classify(self.extractor, moved(image, _MOVED)).name
        if other := second_opinion(self.extractor, image):
            found[f"{other[0]}, which took no part, says"] = other[1].name
        return found

    def _view(self, level: Level) -> View:
        options = self.options
        return transformed(
            options.views,
            self._view_size(level),
            min_scale=max(options.min_scale, min(1.0, _LEAST_SEEN / min(level.size))),
            jitter=options.jitter,
            rotation=options.rotation,
            noise=options.noise,
        )

    def _view_size(self, level: Level) -> tuple[int, int]:
        height, width = level.size
        scale = 1.0 if self.extractor.only_size else min(1.0, self.options.view_size / max(height, width))
        return round(height * scale), round(width * scale)

    def _check(self) -> None:
        options, finest = self.options, self.levels[-1]
        self.extractor.geometry.check_size(
            "picture", self.levels[0].size, "raise --size, or lower --levels", options.margin
        )
        seen = math.prod(finest.size) if options.views == 0 else options.views * math.prod(self._view_size(finest))
        self.needs = seen, optimizer_memory(options.optimizer, 3 * math.prod(finest.size), finest.steps, self.device)
        self.extractor = within_memory(self.extractor, self.needs, max(finest.size))
        shape = self._shape(self.network, finest)
        if len(shape) not in (2, 4):
            raise OptionError(
                f"{self.layer} gives {tuple(shape[1:])} values, neither maps nor scores. Take another layer."
            )
        if self.channel is not None and self.channel >= shape[1]:
            raise OptionError(f"{self.layer} has {shape[1]} channels, 0 to {shape[1] - 1}; received {self.channel}.")
        if options.position is not None and not (
            len(shape) == 4 and all(0 <= where < side for where, side in zip(options.position, shape[2:], strict=True))
        ):
            sides = " x ".join(map(str, shape[2:])) or "no"
            raise OptionError(f"{self.layer} has {sides} positions at this size; received {options.position}.")

    @torch.no_grad()
    def _shape(self, network: nn.Module, level: Level) -> torch.Size:
        """The shape of the layer for a picture of a level's size."""
        image = torch.full((1, self.extractor.channels, *level.size), 0.5, device=self.device)
        return extract(network, image, [self.layer])[self.layer].shape


def _falling(part: float) -> float:
    """The step size of Adam on waves when a part of the steps has been taken: half a cosine."""
    return _LAST_RATE + (_FIRST_RATE - _LAST_RATE) * (1 + math.cos(math.pi * part)) / 2
