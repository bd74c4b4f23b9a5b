"""Neural texture synthesis: a picture with the Gram matrices of a painting, but not its spatial arrangement.

Source: Gatys, Ecker and Bethge 2015, 'Texture Synthesis Using Convolutional Neural Networks'; for the style
reconstructions (a) to (e), Gatys, Ecker and Bethge 2015, 'A Neural Algorithm of Artistic Style', figure 1.
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import FeatureExtractor, extract, with_weights, within_memory
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.jobs import Measures
from deepatelier.networks import with_circular_padding
from deepatelier.synthesis.engine.canvas import PixelCanvas
from deepatelier.synthesis.engine.noise import white_noise
from deepatelier.synthesis.engine.pyramid import Level, plan_levels
from deepatelier.synthesis.engine.synthesize import optimizer_memory
from deepatelier.synthesis.objectives import Criterion, inside, total_variation
from deepatelier.synthesis.recipe.pyramid_recipe import PyramidRecipe
from deepatelier.synthesis.texture.style_distance import interior_grams, relative_style, style_measures
from deepatelier.synthesis.texture.texture_job import TextureOptions

__all__ = ["TextureSynthesis"]

_MULTIPLE = 16
"""The sides of a tileable texture are multiples of this, the stride of vgg19 at relu5_1."""


class TextureSynthesis(PyramidRecipe):
    """Minimise Σ w_l · E_l + γ · R_2 / (H·W) over the pixels, from white noise.

    E_l = Σ (G/M_x − A/M_s)² / Σ (A/M_s)² compares the Gram matrices at layer l; see `relative_style`.

    Args:
        painting: The exemplar of the texture.
        options: See `TextureOptions`.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, or the picture is too small for the network at this size.
        WeightsError: The weights are not available.
        MemoryLimitError: The picture would need more memory than is free.

    Departures from the source: each layer is normalised by the painting's own Gram matrix, the source normalises the
    network's activations instead. It works from coarse to fine. Borders, which zero padding affects, are left out of
    the loss: the painting is padded by its mirror image, and the result has a margin. With ``tileable``, every
    convolution pads circularly (`with_circular_padding`), and both sides are multiples of 16 and of the network's
    stride, so that the result tiles without seams.
    """

    options: TextureOptions
    terms = ("texture", "tv")

    def __init__(self, painting: Picture, options: TextureOptions | None = None) -> None:
        super().__init__()
        options = with_weights((options or TextureOptions()).resolved())
        self.painting = painting
        self.extractor = self._plain = FeatureExtractor(options, options.layers)
        self.extractor.geometry.check_maps()
        self.inputs = {"painting": Input.of(painting), **self.extractor.inputs}
        levels = plan_levels(
            painting.fitted(options.size), options.steps, options.levels, options.level_ratio, options.level_shares
        )
        if options.tileable:
            options = options.model_copy(update={"margin": 0})
            multiple = max(_MULTIPLE, self.extractor.geometry.least_side())
            levels = [replace(level, size=_multiples(level.size, multiple)) for level in levels]
            self.extractor = self._plain.replaced(with_circular_padding)
            self._check_that_it_repeats(multiple)
        else:
            self.border = options.margin
        self._border = _MULTIPLE if options.tileable else options.margin
        self._strides = {layer: self._plain.geometry.strides()[layer] for layer in options.layers}
        self.levels = levels
        self.options = options.model_copy(update={"levels": len(levels)})
        self._check()

    def initial(self) -> Tensor:
        """Return white noise: (1, 3, H, W)."""
        return white_noise((1, 3, *self.levels[0].size), self.options.seed)

    @torch.no_grad()
    def criterion_at(self, level: Level, network: nn.Module, margin: int) -> Criterion:  # noqa: D102
        options = self.options
        # the painting itself does not tile: its features come from the network with its usual padding
        plain = self._plain.module if network is self.network else self._plain.in_float32
        grams = interior_grams(plain, self._exemplar(level), self._strides, self._border)
        criterion = {
            "texture": (1.0, inside(relative_style(options, grams), self._strides, margin)),
            "tv": (options.tv / math.prod(level.size), total_variation(circular=options.tileable)),
        }
        return {name: (weight, objective) for name, (weight, objective) in criterion.items() if weight > 0}

    def canvas_at(self, level: Level, image: Tensor | None) -> PixelCanvas:  # noqa: D102
        return PixelCanvas(self.start(level, image), self.options.margin)

    def measures(self, image: Tensor) -> Measures:
        """Return the style distance to the painting, and that between two halves of the painting."""
        return style_measures(self._plain, self._exemplar(self.levels[-1]), image, self.options, self._border)

    def _exemplar(self, level: Level) -> Tensor:
        longest = (self.options.style_size or self.options.size) * max(level.size) // max(self.levels[-1].size)
        return self.painting.tensor(self.painting.fitted(longest), self.options.resampling).to(self.device)

    @torch.no_grad()
    def _check_that_it_repeats(self, side: int) -> None:
        """Raise OptionError unless the network commutes with rolling the picture."""
        layers = list(self.extractor.layers)
        image = white_noise((1, 3, 4 * side, 4 * side), 0).to(self.device)
        maps, rolled = (extract(self.extractor.in_float32, each, layers) for each in (image, image.roll(side, -1)))
        for layer, there in rolled.items():
            here = maps[layer].roll(maps[layer].shape[-1] // 4, -1)
            if (there - here).abs().max() > 1e-2 * here.abs().max():
                raise OptionError(
                    f"{self.extractor.options.network} cannot make tileable textures: its padding before "
                    f"{layer} cannot be made circular. Use vgg19."
                )

    def _check(self) -> None:
        first, finest = self.levels[0], self.levels[-1]
        self.extractor.geometry.check_size(
            "result", first.size, "raise --size, or lower --margin or --levels", self.options.margin
        )
        self.extractor.geometry.check_size(
            "painting", self._exemplar(first).shape[-2:], "raise --style-size, or lower --levels", self._border
        )
        remembered = optimizer_memory(self.options.optimizer, 3 * math.prod(finest.size), finest.steps, self.device)
        exemplar = self._exemplar(finest)
        self.needs = max(math.prod(finest.size), exemplar[0, 0].numel()), remembered
        self.extractor = within_memory(self.extractor, self.needs, max(*finest.size, *exemplar.shape[-2:]))


def _multiples(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Round height and width to the nearest multiples of a number."""
    height, width = (side * max(1, round(each / side)) for each in size)
    return height, width
