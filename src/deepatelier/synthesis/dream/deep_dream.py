"""DeepDream: amplify the features that a network detects in a photograph.

Source: Mordvintsev, Olah and Tyka 2015, 'Inceptionism: Going Deeper into Neural Networks', and the DeepDream program.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.features import FeatureExtractor, extract, has_head, with_weights, within_memory
from deepatelier.images import Picture, resize
from deepatelier.inputs import Input
from deepatelier.jobs import Measures
from deepatelier.synthesis.dream.dream_job import DreamOptions
from deepatelier.synthesis.engine.canvas import Canvas, PixelCanvas
from deepatelier.synthesis.engine.pyramid import Level, plan_levels
from deepatelier.synthesis.engine.synthesize import optimizer_memory
from deepatelier.synthesis.engine.views import cropped
from deepatelier.synthesis.objectives import Criterion, Objective, energy, guide
from deepatelier.synthesis.objectives.objective import Region
from deepatelier.synthesis.recipe.pyramid_recipe import PyramidRecipe

__all__ = ["DeepDream"]

_OCTAVES = 4
"""The number of octaves in the original DeepDream program."""


class DeepDream(PyramidRecipe):
    """Maximise Σ_l w_l · ½ Σ f_l² over the pixels of a photograph, octave by octave.

    Each octave starts from the photograph at its size, plus the upsampled detail of the octave before. Every layer is
    normalised by its energy for the photograph, so that the weights are comparable.

    Args:
        photo: The initial image.
        options: See `DreamOptions`. With a guide, Σ_x max_y f(x) · g(y) is maximised; see `guide`.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, the photograph is too small for the network, or a layer is dead.
        ImageError: The guide cannot be read.
        WeightsError: The weights are not available.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: the jitter is a random crop of a canvas with a margin; the program rolls the picture.
    """

    options: DreamOptions
    photo: Picture
    terms = ("dream",)

    def __init__(self, photo: Picture, options: DreamOptions | None = None) -> None:
        super().__init__()
        options = with_weights((options or DreamOptions()).resolved())
        self.photo = photo
        self._guide = samples.open_picture(options.guide) if options.guide else None
        self.extractor = FeatureExtractor(options, list(options.weighted_layers), head=has_head(options))
        self.inputs = {"photo": Input.of(photo), **self.extractor.inputs}
        if self._guide:
            self.inputs["guide"] = Input.of(self._guide)
        if self.extractor.only_size or self.extractor.channels != 3:
            raise OptionError(
                f"{options.network} does not accept colour pictures of any size. Choose another --network."
            )
        self.extractor.geometry.check_maps()
        size = photo.fitted(options.size)
        border = options.margin + options.jitter
        levels = options.levels or _octaves(min(size), border, options.level_ratio)
        self.levels = plan_levels(size, options.steps, levels, options.level_ratio, options.level_shares)
        self.options = options.model_copy(update={"levels": len(self.levels)})
        advice = "raise --size, or lower --jitter, --margin or --levels"
        self.extractor.geometry.check_size("photograph", self.levels[0].size, advice, border)
        if self._guide:
            self.extractor.geometry.check_size(
                "guide", self._guide.fitted(max(self.levels[0].size)), "raise --size, or lower --levels"
            )
        remembered = optimizer_memory(options.optimizer, 3 * math.prod(size), options.steps, self.device)
        self.needs = math.prod(size), remembered
        self.extractor = within_memory(self.extractor, self.needs, max(size))

    def initial(self) -> Tensor:
        """Return the photograph at the first octave's size: (1, 3, H, W)."""
        return self._photo_at(self.levels[0].size)

    @torch.no_grad()
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: ARG002, D102
        weights = self.options.weighted_layers
        seen = extract(network, self._photo_at(level.size), list(weights))
        criterion = {}
        for layer, objective in self._objectives(level, network).items():
            region = {layer: Region.all_of(seen[layer])}
            before = abs(objective.loss(objective.statistic(seen, region)).item())
            if not before:
                raise OptionError(f"{layer} is dead for this photograph: all activations are 0. Choose another layer.")
            criterion[f"dream {layer}"] = weights[layer] / before, objective
        return criterion

    def canvas_at(self, level: Level, image: Tensor | None) -> Canvas:  # noqa: D102
        return self.octave(level, image, self._photo_at(self.levels[-1].size))

    def octave(self, level: Level, image: Tensor | None, base: Tensor) -> Canvas:
        """Return the canvas of an octave: a picture at its size, plus the detail added by the octave before.

        Args:
            level: The octave.
            image: The image of the octave before, or None for the first.
            base: The picture, (1, 3, H, W), at the finest octave's size.
        """
        base = base.to(self.device)
        start = resize(base, level.size)
        if image is not None:
            start = (start + _enlarged(image - resize(base, image.shape[-2:]), level.size)).clamp(0, 1)
        jitter = self.options.jitter
        return PixelCanvas(start, self.options.margin + jitter, cropped(jitter))

    @torch.no_grad()
    def measures(self, image: Tensor) -> Measures:
        """Return the mean activation |f| of each layer for the photograph and for the dream, and their ratio."""
        network, layers = self.extractor.in_float32, list(self.options.weighted_layers)
        before, after = (
            extract(network, picture, layers)
            for picture in (self._photo_at(self.levels[-1].size), image.to(self.device))
        )
        found: Measures = {}
        for layer in layers:
            first, last = before[layer].abs().mean().item(), after[layer].abs().mean().item()
            found |= {f"mean activation of {layer}, photograph": first, f"mean activation of {layer}": last}
            found[f"rise of {layer}"] = last / first
        return found

    def _objectives(self, level: Level, network: nn.Module) -> dict[str, Objective]:
        layers = list(self.options.weighted_layers)
        if self._guide is None:
            return {layer: energy(layer) for layer in layers}
        size = self._guide.fitted(max(level.size))
        target = extract(network, self._guide.tensor(size, self.options.resampling).to(self.device), layers)
        return {layer: guide(layer, target[layer]) for layer in layers}

    def _photo_at(self, size: tuple[int, int]) -> Tensor:
        return self.photo.tensor(size, self.options.resampling).to(self.device)


def _octaves(side: int, border: int, ratio: float) -> int:
    """Return the number of octaves, at most 4, for which the shortest side stays longer than the border around it."""
    return max(1, min(_OCTAVES, 1 + math.floor(math.log(max(1.0, side / (border + 2)), ratio))))


def _enlarged(difference: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize values between -1 and 1."""
    return 2 * resize((difference + 1) / 2, size) - 1
