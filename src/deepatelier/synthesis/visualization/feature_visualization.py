"""Feature visualization: the picture that maximises the activation of a class, a unit, a channel or a layer.

Source: Simonyan, Vedaldi and Zisserman 2014, 'Deep Inside Convolutional Networks', equation 1, I* = argmax S_c(I) −
λ‖I‖²; Olah, Mordvintsev and Schubert 2017, 'Feature Visualization'.
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
"""The learning rate of Adam on the Fourier canvas, at the first and the last step; Lucid's is 0.05."""

_LEAST_SEEN = 96
"""A crop shows at least this many pixels of the canvas along each side, so that details stay sharp."""

_MOVED = 8
"""The shift in pixels, after which a finished picture is classified again."""

_SMALL, _SMALL_STATISTICS = 96, 3.0
"""Networks for pictures smaller than this, in pixels, and their default weight of the statistics. With a larger weight,
a ResNet-20 for CIFAR-10 does not recognise the class in its own picture (automobile: 0.09 with 100, 0.999 with 3)."""

_FIRST_SHARE = 1.6
"""The default ratio of the steps of the coarsest level to those of the finest."""


class FeatureVisualization(PyramidRecipe):
    """Maximise S(I) − λ‖I‖² − γ·R_2(I) over a canvas; S is the activation of a class, a unit, a channel or a layer.

    For a whole layer, S is its energy, ½ Σ f², over its size.

    Args:
        options: See `VisualizationOptions`. A preset is expanded.

    Raises:
        UnknownNameError: No such preset, network, weights, layer or class.
        OptionError: The device cannot be used, the layer has no such channel or position, or the network no classes.
        WeightsError: The weights are not available.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: at each step, the input is a batch of random crops, rotated and with noise. The
    parameters are Fourier coefficients instead of pixels. It works from coarse to fine. If the network has batch
    normalisation, its feature statistics are matched to those of the training data (`batch_statistics`), which makes
    most of the difference. The preset ``simonyan`` turns all of these off; its steps have a normalised length
    (`GradientDescent`), as the source gives no step size.
    """

    options: VisualizationOptions
    terms = ("activation",)

    def __init__(self, options: VisualizationOptions) -> None:
        super().__init__()
        if options.class_ is None and options.layer is None:
            raise OptionError("There is nothing to visualize. Give --class NAME, or --layer with or without --channel.")
        options = with_weights(options.resolved())
        self.layer = options.layer or OUTPUT
        self.extractor = FeatureExtractor(options, [self.layer], head=has_head(options))
        options = options.with_usual(size=self.extractor.usual_size(options.size))
        if (self.extractor.usual_side or _SMALL) < _SMALL:
            options = options.with_usual(statistics=_SMALL_STATISTICS)
        self.inputs: dict[str, Input] = dict(self.extractor.inputs)
        self.channel = options.channel
        if options.position is not None:  # a position in the picture, at a single size
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
        """Return smooth noise, or grey: (1, C, H, W). The seed depends on class and channel, so that layouts differ."""
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
        """Return the prediction for the picture, also after perturbations, and that of a second network."""
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
                f"{self.layer} has outputs of shape {tuple(shape[1:])}, neither maps nor scores. Choose another layer."
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
        """Return the shape of the layer's output for a picture of a level's size."""
        image = torch.full((1, self.extractor.channels, *level.size), 0.5, device=self.device)
        return extract(network, image, [self.layer])[self.layer].shape


def _falling(part: float) -> float:
    """Return the learning rate of Adam on the Fourier canvas at a fraction of the steps: half a cosine."""
    return _LAST_RATE + (_FIRST_RATE - _LAST_RATE) * (1 + math.cos(math.pi * part)) / 2
