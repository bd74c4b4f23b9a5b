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
from deepatelier.features import OUTPUT, extract
from deepatelier.runs import Input
from deepatelier.synthesis.canvas import Canvas, PixelCanvas
from deepatelier.synthesis.classification import at_half_size_and_back, classify, moved
from deepatelier.synthesis.engine import optimizer_memory
from deepatelier.synthesis.fourier_canvas import FourierCanvas
from deepatelier.synthesis.loss_network import LossNetwork, with_weights
from deepatelier.synthesis.noise import pink_noise
from deepatelier.synthesis.objectives import Criterion, activation, energy, intensity, total_variation
from deepatelier.synthesis.pyramid import Level, plan_levels
from deepatelier.synthesis.pyramid_recipe import PyramidRecipe
from deepatelier.synthesis.recipe import Measures
from deepatelier.synthesis.views import ViewedCanvas, transformed
from deepatelier.synthesis.visualization_options import VisualizationOptions

__all__ = ["FeatureVisualization"]

_WAVES_RATE = 0.05
"""The step size of Adam on waves, as Lucid has it."""


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

    Departures from the source: the picture is moved, turned and scaled at random at each step, its waves are moved and
    not its pixels, and it grows from coarse to fine. The preset ``documents`` is without these; its steps have one
    length (`GradientDescent`), where the documents give no step size.
    """

    options: VisualizationOptions
    terms = ("excitement",)

    def __init__(self, options: VisualizationOptions) -> None:
        super().__init__()
        if options.class_ is None and options.layer is None:
            raise OptionError("What shall be seen? Give --class NAME, or --layer with or without --channel.")
        options = with_weights(options.resolved())
        self.layer = options.layer or OUTPUT
        self.looking = LossNetwork(options, [self.layer], head=options.weights != "oxford")
        self.inputs: dict[str, Input] = dict(self.looking.inputs)
        self.channel = options.channel
        if options.class_ is not None:
            self.channel = networks.find_class(options.class_, self.looking.classes)
        size = self.looking.only_size or (options.size, options.size)
        levels = 1 if self.looking.only_size else options.levels
        self.levels = plan_levels(size, options.steps, levels, options.level_ratio, options.level_shares)
        rate = options.learning_rate
        if rate is None and options.canvas == "waves" and options.optimizer == "adam":
            rate = _WAVES_RATE
        self.options = options.model_copy(update={"levels": len(self.levels), "learning_rate": rate})
        self._check()

    def initial(self) -> Tensor:
        """Smooth noise, or grey: (1, C, H, W)."""
        shape = (1, self.looking.channels, *self.levels[0].size)
        return torch.full(shape, 0.5) if self.options.init == "grey" else pink_noise(shape, self.options.seed)

    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: ARG002, D102
        pixels = math.prod(level.size)
        if self.channel is None:
            values = self._shape(network, level)
            target = 1 / math.prod(values), energy(self.layer)
        else:
            target = 1.0, activation(self.layer, self.channel, self.options.position)
        criterion = {
            "excitement": target,
            "l2": (self.options.l2 / pixels, intensity()),
            "tv": (self.options.tv / pixels, total_variation()),
        }
        return {name: (weight, objective) for name, (weight, objective) in criterion.items() if weight > 0}

    def canvas_at(self, level: Level, image: Tensor | None) -> Canvas:  # noqa: D102
        options = self.options
        start = self.start(level, image)
        canvas = FourierCanvas(start) if options.canvas == "waves" else PixelCanvas(start, options.margin)
        if options.views == 1 and not (options.jitter or options.rotation) and options.zoom == 1:
            return canvas
        view = transformed(options.views, jitter=options.jitter, rotation=options.rotation, zoom=options.zoom)
        return ViewedCanvas(canvas, view)

    def measures(self, image: Tensor) -> Measures:
        """What the network says about the picture of a class, also at half its size and back, and when it is moved."""
        if self.options.class_ is None:
            return {}
        assert self.channel is not None
        says = classify(self.looking, image)
        return {
            "the network says": says.name,
            "confidence": says.probabilities[self.channel].item(),
            "at half size and back": classify(self.looking, at_half_size_and_back(image)).name,
            "moved by 8 pixels": classify(self.looking, moved(image)).name,
        }

    def _check(self) -> None:
        options, finest = self.options, self.levels[-1]
        self.looking.check_size("picture", self.levels[0].size, "raise --size", options.margin)
        shape = self._shape(self.network, finest)
        if self.channel is not None and self.channel >= shape[1]:
            raise OptionError(f"{self.layer} has {shape[1]} channels, 0 to {shape[1] - 1}; received {self.channel}.")
        if options.position is not None and not (
            len(shape) == 4 and all(0 <= where < side for where, side in zip(options.position, shape[2:], strict=True))
        ):
            sides = " x ".join(map(str, shape[2:])) or "no"
            raise OptionError(f"{self.layer} has {sides} positions at this size; received {options.position}.")
        memory = optimizer_memory(options.optimizer, 3 * math.prod(finest.size), finest.steps, self.device)
        self.looking.check_memory(options.views * math.prod(finest.size), max(finest.size), memory)

    @torch.no_grad()
    def _shape(self, network: nn.Module, level: Level) -> torch.Size:
        """The shape of the layer for a picture of a level's size."""
        image = torch.full((1, self.looking.channels, *level.size), 0.5, device=self.device)
        return extract(network, image, [self.layer])[self.layer].shape
