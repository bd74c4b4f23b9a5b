"""Neural texture synthesis: a picture with the Gram matrices of a painting, and nothing of its arrangement.

Source: Gatys, Ecker and Bethge 2015, 'Texture Synthesis Using Convolutional Neural Networks', as in document 001
('Neural Texture Synthesis'); the style reconstructions (a) to (e) of documents 000 (figure 11) and 001.
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor, nn

from deepatelier.features import extract
from deepatelier.images import Picture
from deepatelier.networks import with_circular_padding
from deepatelier.runs import Input
from deepatelier.synthesis.canvas import PixelCanvas
from deepatelier.synthesis.classical_texture import ClassicalTexture
from deepatelier.synthesis.engine import optimizer_memory
from deepatelier.synthesis.loss_network import LossNetwork, with_weights
from deepatelier.synthesis.noise import white_noise
from deepatelier.synthesis.objectives import Criterion, gram_matrices, gram_style, total_variation
from deepatelier.synthesis.pyramid import Level, plan_levels
from deepatelier.synthesis.pyramid_recipe import PyramidRecipe
from deepatelier.synthesis.recipe import Measures, Recipe
from deepatelier.synthesis.sheet import SheetRecipe
from deepatelier.synthesis.style_distance import style_measures
from deepatelier.synthesis.texture_options import TextureOptions

__all__ = ["TextureSynthesis", "make_texture"]


class TextureSynthesis(PyramidRecipe):
    """Minimises Σ w_l · E_l + γ · total variation over the pixels, from white noise (document 001, L(I) = Σ α_l E_l).

    E_l compares the Gram matrices of layer l, as in `gram_style`: 1/(4N²) · Σ (G/M_x − A/M_s)².

    Args:
        painting: Gives the texture.
        options: See `TextureOptions`.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, or the picture is too thin for the network at this size.
        WeightsError: The weights are not at hand.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: it works from coarse to fine and paints a margin, as `StyleTransfer`. With ``tileable``
    every convolution goes on at the opposite border (`with_circular_padding`), there is no margin, and both sides are
    multiples of the network's stride, so that the result repeats without a seam.
    """

    options: TextureOptions
    terms = ("texture", "tv")

    def __init__(self, painting: Picture, options: TextureOptions | None = None) -> None:
        super().__init__()
        options = with_weights((options or TextureOptions()).resolved())
        self.painting = painting
        self.looking = self._plain = LossNetwork(options, options.layers)
        self.inputs = {"painting": Input.of(painting), **self.looking.inputs}
        levels = plan_levels(
            painting.fitted(options.size), options.steps, options.levels, options.level_ratio, options.level_shares
        )
        if options.tileable:
            options = options.model_copy(update={"margin": 0})
            levels = [replace(level, size=_multiples(level.size, self.looking.least_side())) for level in levels]
            self.looking = self._plain.replaced(with_circular_padding)
        self.levels = levels
        self.options = options.model_copy(update={"levels": len(levels)})
        self._check()

    def initial(self) -> Tensor:
        """White noise: (1, 3, H, W)."""
        return white_noise((1, 3, *self.levels[0].size), self.options.seed)

    @torch.no_grad()
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: ARG002, D102
        options = self.options
        # the painting itself does not repeat: it is seen with the borders that it has
        plain = self._plain.module if network is self.network else self._plain.in_float32
        grams = gram_matrices(extract(plain, self._exemplar(level), options.layers), options.layers)
        criterion = {
            "texture": (1.0, gram_style(options.layers, grams, options.layer_weights)),
            "tv": (options.tv * _scale(grams) / math.prod(level.size), total_variation()),
        }
        return {name: (weight, objective) for name, (weight, objective) in criterion.items() if weight > 0}

    def canvas_at(self, level: Level, image: Tensor | None) -> PixelCanvas:  # noqa: D102
        return PixelCanvas(self.start(level, image), self.options.margin)

    def measures(self, image: Tensor) -> Measures:
        """The style distance to the painting, and that between two halves of the painting."""
        return style_measures(self._plain, self._exemplar(self.levels[-1]), image, self.options)

    def _exemplar(self, level: Level) -> Tensor:
        longest = (self.options.style_size or self.options.size) * max(level.size) // max(self.levels[-1].size)
        return self.painting.tensor(self.painting.fitted(longest), self.options.resampling).to(self.device)

    def _check(self) -> None:
        first, finest = self.levels[0], self.levels[-1]
        self.looking.check_size("result", first.size, "raise --size or lower --margin", self.options.margin)
        self.looking.check_size("painting", self._exemplar(first).shape[-2:], "raise --style-size")
        memory = optimizer_memory(self.options.optimizer, 3 * math.prod(finest.size), finest.steps, self.device)
        exemplar = self._exemplar(finest)
        pixels = max(math.prod(finest.size), exemplar[0, 0].numel())
        self.looking.check_memory(pixels, max(*finest.size, *exemplar.shape[-2:]), memory)


def _scale(grams: dict[str, Tensor]) -> float:
    """The mean over the layers of Σ (A/M)² / (4N²): what the style distance of nothing at all would be."""
    return sum((gram / len(gram)).square().sum().item() / 4 for gram in grams.values()) / len(grams)


def _multiples(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The nearest height and width that are multiples of a side."""
    height, width = (side * max(1, round(each / side)) for each in size)
    return height, width


def make_texture(painting: Picture, options: TextureOptions) -> Recipe:
    """The recipe that the options ask for: a texture, or with ``sheet`` one for each number of layers, in a row."""
    if options.method == "wei-levoy":
        return ClassicalTexture(painting, options)
    if not options.sheet:
        return TextureSynthesis(painting, options)
    weights = options.layer_weights
    panels = {}
    for number in range(1, len(options.layers) + 1):
        part = {"layers": options.layers[:number], "layer_weights": weights and weights[:number], "sheet": False}
        label = f"({chr(ord('a') + number - 1)}) {'+ ' if number > 1 else ''}{options.layers[number - 1]}"
        panels[label] = TextureSynthesis(painting, options.model_copy(update=part))
    return SheetRecipe(panels, options)
